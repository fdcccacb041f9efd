import cv2
import numpy as np
import pytest

from auxnet_cli.data.labels.connectivity import pieces
from auxnet_cli.data.labels.hull import Hull
from auxnet_cli.data.samples.paste import paste
from auxnet_cli.data.samples.sample import Sample


def _sample(level, size=(60, 80), defect=None, label=0, contrast=-40, number=1):
    image = np.full((*size, 3), level, np.uint8)
    instances = np.zeros((*size, 2), np.uint16)
    if defect is not None:
        image[defect] = level + contrast
        instances[(*defect, label)] = number
    return Sample(image, instances, np.zeros((0, 4, 2), np.float32), np.zeros(0, np.int64))


DONOR = _sample(100, defect=np.s_[10:20, 30:45], label=1, number=7)
LARGE = _sample(100, defect=np.s_[10:40, 30:45], label=1, number=7)


@pytest.mark.parametrize("donor", [DONOR, LARGE])
@pytest.mark.parametrize("seed", range(20))
def test_the_mask_lies_where_the_defect_lies(seed, donor):
    found = paste(_sample(130), donor, np.random.default_rng(seed))
    mask, pixels = found.masks[:, :, 1] > 0, found.image[:, :, 0]
    assert mask.any()
    assert not found.masks[:, :, 0].any()
    # The defect is 0.6 of its surroundings; a fainter one keeps 0.6 of that contrast. Turning
    # blurs its rim by a pixel on either side.
    core = cv2.erode(mask.astype(np.uint8), np.ones((3, 3))) > 0
    beyond = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3))) == 0
    assert core.any()
    assert pixels[core].min() >= 0.6 * 130 - 1
    assert pixels[core].max() <= 130 - 0.6 * 0.4 * 130 + 1
    assert (pixels[beyond] >= 129).all()
    assert found.labels.tolist() == [0, 1]
    assert len(found.boxes[0]) == 1


def test_small_defects_are_turned_and_scaled_and_large_ones_are_not():
    def areas(donor):
        found = [paste(_sample(130), donor, np.random.default_rng(seed)) for seed in range(20)]
        return [int(sample.masks[:, :, 1].sum()) for sample in found]

    small = areas(DONOR)
    assert set(areas(LARGE)) == {30 * 15}
    assert len(set(small)) > 10
    assert 0.4 * 150 < min(small) < 0.7 * 150
    assert 1.4 * 150 < max(small) < 2.1 * 150


def test_the_strength_is_drawn():
    darkest = {
        int(paste(_sample(130), LARGE, np.random.default_rng(seed)).image.min())
        for seed in range(20)
    }
    assert len(darkest) > 10
    assert min(darkest) < 85
    assert max(darkest) > 93


def test_brightness_scales_with_the_surface():
    """Half the light, half the contrast; the strength drawn is the same."""
    bright, dim = (
        int(paste(_sample(level), LARGE, np.random.default_rng(0)).image.min())
        for level in (160, 80)
    )
    assert 160 - bright == pytest.approx(2 * (80 - dim), abs=2)


def test_places_are_drawn():
    places = {
        tuple(paste(_sample(130), DONOR, np.random.default_rng(seed)).boxes[0][0])
        for seed in range(10)
    }
    assert len(places) > 5


def test_what_broke_out_of_an_edge_comes_to_lie_at_an_edge():
    """Both are dark up to column 30; at a random place one in ten would come within 3 of it."""

    def edged(defect=None):
        sample = _sample(100, (60, 80), defect, label=1)
        sample.image[:, :30] //= 2
        return sample

    donor = edged(np.s_[20:32, 27:34])
    far = []
    for seed in range(40):
        found = paste(edged(), donor, np.random.default_rng(seed))
        left, _, right, _ = found.boxes[0][0]
        far.append(abs((left + right) / 2 - 30.5))
    assert np.mean(np.array(far) <= 3) >= 0.7


@pytest.mark.parametrize(
    ("defect", "rows", "columns"),
    [
        (np.s_[:9, 30:45], (0, 9), None),
        (np.s_[52:, 30:45], (52, 60), None),
        (np.s_[20:29, :7], None, (0, 7)),
        (np.s_[50:, 75:], (50, 60), (75, 80)),
        (np.s_[20:29, :], None, (0, 80)),
    ],
)
def test_what_the_border_cuts_off_stays_at_that_border(defect, rows, columns):
    donor = _sample(100, defect=defect, label=1)
    found = [paste(_sample(130), donor, np.random.default_rng(seed)) for seed in range(20)]
    boxes = [tuple(int(side) for side in sample.boxes[0][0]) for sample in found]
    tops, lefts = {(y1, y2) for _, y1, _, y2 in boxes}, {(x1, x2) for x1, _, x2, _ in boxes}
    assert tops == {rows} if rows else len(tops) > 5
    assert lefts == {columns} if columns else len(lefts) > 5


def test_a_surface_of_another_kind_is_refused():
    black = _sample(0)
    found = paste(black, DONOR, np.random.default_rng(0))
    assert found is black


def test_a_defect_that_is_there_keeps_its_own_number():
    background = _sample(110, defect=np.s_[40:50, 5:15], label=1, number=3)
    found = paste(background, DONOR, np.random.default_rng(1))
    assert len(np.unique(found.instances)) == 3


def test_a_speck_beside_a_large_defect_is_seldom_taken():
    donor = _sample(100, defect=np.s_[10:30, 20:40], label=1)
    donor.instances[50, 70, 1] = 9
    areas = [
        int(paste(_sample(130), donor, np.random.default_rng(seed)).masks[:, :, 1].sum())
        for seed in range(60)
    ]
    assert 0 < sum(area < 10 for area in areas) < 12  # one in 21 is expected


def test_a_good_donor_gives_nothing():
    background = _sample(110)
    assert paste(background, _sample(100), np.random.default_rng(0)) is background


def test_the_samples_given_stay_as_they_are():
    background, donor = _sample(130), DONOR.image.copy()
    paste(background, DONOR, np.random.default_rng(0))
    assert (background.image == 130).all()
    np.testing.assert_array_equal(DONOR.image, donor)


def test_a_long_defect_stays_as_it_lies_where_a_strip_has_no_room_to_turn_it():
    strip, long = (64, 300), np.s_[10:14, 20:90]
    donor = _sample(100, strip, long, label=1, number=7)
    background = _sample(130, strip)
    grain = np.random.default_rng(0).integers(-5, 6, background.image.shape)
    background.image[:] = background.image + grain  # on a plain one what was not turned fits best
    masks = [
        paste(background, donor, np.random.default_rng(seed)).masks[:, :, 1] for seed in range(40)
    ]
    as_it_was = [
        bool((mask.any(axis=1).sum(), mask.any(axis=0).sum()) == (4, 70)) for mask in masks
    ]
    assert all(mask.any() for mask in masks)
    assert 0 < sum(as_it_was) < 40


def test_a_thin_defect_is_pasted_in_one_piece_with_its_own_box():
    """Turned and made smaller, too; its box is as fine as that which it had."""
    line = np.zeros((60, 80), np.uint8)
    cv2.line(line, (30, 20), (44, 26), 1)
    donor = _sample(100, defect=np.nonzero(line), label=1, number=7)
    ends = [(30.4, 20.4), (30.6, 20.4), (44.6, 26.6), (44.4, 26.6)]
    donor = Sample(
        donor.image, donor.instances, donor.outlines, donor.outline_labels,
        (Hull(7, 1, np.array(ends, np.float32)),),
    )  # fmt: skip
    background = Sample(
        _sample(130).image, _sample(130).instances, donor.outlines, donor.outline_labels,
        (Hull(9, 0, np.array([(1, 1), (2, 1), (2, 2)], np.float32)),),
    )  # fmt: skip
    lengths = set()
    for seed in range(40):
        found = paste(background, donor, np.random.default_rng(seed))
        mask = found.masks[:, :, 1]
        assert pieces(mask) == 1
        boxes, labels = found.boxes
        assert labels.tolist() == [0, 1]
        assert boxes[0].tolist() == [1, 1, 2, 2]
        rows, columns = np.nonzero(mask)
        shown = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        assert np.abs(boxes[1] - shown).max() <= 1.5
        lengths.add(float(np.hypot(*(boxes[1][2:] - boxes[1][:2])).round(1)))
    assert min(lengths) < 13  # of 15.4, 0.7 to 1.4 times
    assert max(lengths) > 18
