import cv2
import numpy as np
import pytest

from auxnet_cli.data.labels.connectivity import pieces
from auxnet_cli.data.labels.outlines import Outline
from auxnet_cli.data.samples.paste import paste
from auxnet_cli.data.samples.sample import Sample


def surface(level, size=(60, 80), defect=None, number=7, outlines=()):
    """A plain surface, or one with a darker defect of class 1."""
    image = np.full((*size, 3), level, np.uint8)
    instances = np.zeros((*size, 2), np.uint16)
    if defect is not None:
        image[defect] = level - 40
        instances[(*defect, 1)] = number
    return Sample(image, instances, outlines)


DONOR = surface(100, defect=np.s_[10:20, 30:45])
LARGE = surface(100, defect=np.s_[10:40, 30:45])


def pasted(background, donor, count=20):
    return [paste(background, donor, np.random.default_rng(seed)) for seed in range(count)]


@pytest.mark.parametrize("donor", [DONOR, LARGE])
def test_the_mask_lies_where_the_defect_lies(donor):
    for sample in pasted(surface(130), donor):
        mask, pixels = sample.masks[:, :, 1], sample.image[:, :, 0]
        assert not sample.masks[:, :, 0].any()
        # The defect is 0.6 of its surroundings; a fainter one keeps 0.6 of that contrast. Turning
        # blurs its rim by a pixel on either side.
        core = cv2.erode(mask, np.ones((3, 3))) > 0
        beyond = cv2.dilate(mask, np.ones((3, 3))) == 0
        assert core.any()
        assert pixels[core].min() >= 0.6 * 130 - 1
        assert pixels[core].max() <= 130 - 0.6 * 0.4 * 130 + 1
        assert (pixels[beyond] >= 129).all()
        assert sample.labels.tolist() == [0, 1]
        assert len(sample.boxes[0]) == 1


def test_small_defects_are_turned_and_scaled_and_large_ones_are_not():
    small, large = (
        [int(sample.masks[:, :, 1].sum()) for sample in pasted(surface(130), donor)]
        for donor in (DONOR, LARGE)
    )
    assert set(large) == {30 * 15}
    assert len(set(small)) > 10
    assert 0.4 * 150 < min(small) < 0.7 * 150
    assert 1.4 * 150 < max(small) < 2.1 * 150


def test_strength_and_position_are_drawn():
    darkest = {int(sample.image.min()) for sample in pasted(surface(130), LARGE)}
    assert len(darkest) > 10
    assert min(darkest) < 85
    assert max(darkest) > 93
    assert len({tuple(sample.boxes[0][0]) for sample in pasted(surface(130), DONOR, 10)}) > 5


def test_brightness_scales_with_the_surface():
    """Half the light, half the contrast; the strength drawn is the same."""
    bright, dim = (int(pasted(surface(level), LARGE, 1)[0].image.min()) for level in (160, 80))
    assert 160 - bright == pytest.approx(2 * (80 - dim), abs=2)


def test_what_broke_out_of_an_edge_comes_to_lie_at_an_edge():
    """Both are dark up to column 30; at a random place one in ten would come within 3 of it."""
    donor, background = surface(100, defect=np.s_[20:32, 27:34]), surface(100)
    for sample in (donor, background):
        sample.image[:, :30] //= 2
    boxes = np.array([sample.boxes[0][0] for sample in pasted(background, donor, 40)])
    assert np.mean(np.abs(boxes[:, [0, 2]].mean(axis=1) - 30.5) <= 3) >= 0.7


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
    samples = pasted(surface(130), surface(100, defect=defect))
    boxes = [tuple(int(side) for side in sample.boxes[0][0]) for sample in samples]
    tops, lefts = {(y1, y2) for _, y1, _, y2 in boxes}, {(x1, x2) for x1, _, x2, _ in boxes}
    assert tops == {rows} if rows else len(tops) > 5
    assert lefts == {columns} if columns else len(lefts) > 5


@pytest.mark.parametrize(("background", "donor"), [(surface(0), DONOR), (DONOR, surface(100))])
def test_a_surface_of_another_kind_and_a_good_donor_change_nothing(background, donor):
    assert pasted(background, donor, 1)[0] is background


def test_the_samples_given_stay_as_they_are_and_their_defects_keep_their_numbers():
    background, image = surface(110, defect=np.s_[40:50, 5:15], number=3), DONOR.image.copy()
    before = background.image.copy()
    assert len(np.unique(pasted(background, DONOR, 1)[0].instances)) == 3
    np.testing.assert_array_equal(background.image, before)
    np.testing.assert_array_equal(DONOR.image, image)


def test_a_speck_beside_a_large_defect_is_seldom_taken():
    donor = surface(100, defect=np.s_[10:30, 20:40], number=1)
    donor.instances[50, 70, 1] = 9
    areas = [int(sample.masks[:, :, 1].sum()) for sample in pasted(surface(130), donor, 60)]
    assert 0 < sum(area < 10 for area in areas) < 12  # one in 21 is expected


def test_a_long_defect_stays_as_it_lies_where_a_strip_has_no_room_to_turn_it():
    strip = (64, 300)
    background = surface(130, strip)
    grain = np.random.default_rng(0).integers(-5, 6, background.image.shape)
    background.image[:] = background.image + grain  # on a plain one what was not turned fits best
    samples = pasted(background, surface(100, strip, np.s_[10:14, 20:90]), 40)
    masks = [sample.masks[:, :, 1] for sample in samples]
    sizes = [(mask.any(axis=1).sum(), mask.any(axis=0).sum()) for mask in masks]
    assert all(mask.any() for mask in masks)
    assert 0 < sizes.count((4, 70)) < 40


def test_a_thin_defect_is_pasted_in_one_piece_with_a_box_of_its_own():
    """Turned and made smaller, too; its box is as fine as that which it had."""
    line = np.zeros((60, 80), np.uint8)
    cv2.line(line, (30, 20), (44, 26), 1)
    ends = np.array([(30.4, 20.4), (30.6, 20.4), (44.6, 26.6), (44.4, 26.6)], np.float32)
    donor = surface(100, defect=np.nonzero(line), outlines=(Outline(1, ends, 7),))
    other = Outline(0, np.array([(1, 1), (2, 1), (2, 2)], np.float32), 9)
    lengths = set()
    for sample in pasted(surface(130, outlines=(other,)), donor, 40):
        mask = sample.masks[:, :, 1]
        assert pieces(mask) == 1
        boxes, labels = sample.boxes
        assert labels.tolist() == [0, 1]
        assert boxes[0].tolist() == [1, 1, 2, 2]
        rows, columns = np.nonzero(mask)
        shown = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        assert np.abs(boxes[1] - shown).max() <= 1.5
        lengths.add(float(np.hypot(*(boxes[1][2:] - boxes[1][:2])).round(1)))
    assert min(lengths) < 13  # of 15.4, 0.7 to 1.4 times
    assert max(lengths) > 18


def test_gradients_lay_the_defect_on_a_surface_of_another_brightness():
    donor = surface(100, defect=np.s_[25:35, 30:45])
    donor.image[:, :, 0] = np.where(donor.image[:, :, 0] == 60, 60, 115)  # redder around it
    edged, smooth = (
        paste(surface(130), donor, np.random.default_rng(3), gradients=part) for part in (0.0, 1.0)
    )
    for sample in (edged, smooth):
        assert sample.masks[:, :, 1].any()
        assert sample.image.min() < 115
    assert (edged.image != smooth.image).any()
    far = cv2.dilate(smooth.masks[:, :, 1], np.ones((25, 25))) == 0
    assert (smooth.image[far] == 130).all()


@pytest.mark.parametrize(("rows", "smooth"), [(np.s_[0:10], False), (np.s_[25:35], True)])
def test_a_defect_that_a_border_cuts_off_keeps_its_soft_edge(rows, smooth, monkeypatch):
    blended = []

    def blend(patch, mask, there, opacity, gradients):
        blended.append(gradients)
        return there

    monkeypatch.setattr("auxnet_cli.data.samples.paste.blend", blend)
    donor = surface(100, defect=(rows, np.s_[30:45]))
    for seed in range(5):
        paste(surface(130), donor, np.random.default_rng(seed), gradients=1.0)
    assert blended == [smooth] * 5
