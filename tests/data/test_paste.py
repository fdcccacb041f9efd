import numpy as np
import pytest

from auxnet_cli.data.paste import paste
from auxnet_cli.data.sample import Sample


def _sample(level, size=(60, 80), defect=None, label=0, contrast=-40, number=1):
    image = np.full((*size, 3), level, np.uint8)
    instances = np.zeros((*size, 2), np.uint16)
    if defect is not None:
        image[defect] = level + contrast
        instances[(*defect, label)] = number
    return Sample(image, instances, np.zeros((0, 4, 2), np.float32), np.zeros(0, np.int64))


DONOR = _sample(100, defect=np.s_[10:20, 30:45], label=1, number=7)


@pytest.mark.parametrize("seed", range(20))
def test_the_mask_lies_where_the_defect_lies(seed):
    found = paste(_sample(130), DONOR, np.random.default_rng(seed))
    assert (found.masks[:, :, 1].sum(), found.masks[:, :, 0].sum()) == (150, 0)
    # Brightness moves with the surface: 40 darker than the 130 around it.
    np.testing.assert_array_equal(found.masks[:, :, 1] > 0, found.image[:, :, 0] == 90)
    assert found.labels.tolist() == [0, 1]
    assert len(found.boxes[0]) == 1


def test_the_edge_is_soft_and_the_rest_untouched():
    found = paste(_sample(130), DONOR, np.random.default_rng(0))
    # The donor's surroundings match after the shift, so nothing but the defect differs.
    assert set(np.unique(found.image)) == {90, 130}


def test_places_are_drawn():
    places = {
        tuple(paste(_sample(130), DONOR, np.random.default_rng(seed)).boxes[0][0])
        for seed in range(10)
    }
    assert len(places) > 5


def test_a_surface_of_another_kind_is_refused():
    black = _sample(0)
    found = paste(black, DONOR, np.random.default_rng(0))
    assert found is black


def test_a_defect_that_is_there_keeps_its_own_number():
    background = _sample(110, defect=np.s_[40:50, 5:15], label=1, number=3)
    found = paste(background, DONOR, np.random.default_rng(1))
    assert len(np.unique(found.instances)) == 3


def test_a_good_donor_gives_nothing():
    background = _sample(110)
    assert paste(background, _sample(100), np.random.default_rng(0)) is background


def test_the_samples_given_stay_as_they_are():
    background, donor = _sample(130), DONOR.image.copy()
    paste(background, DONOR, np.random.default_rng(0))
    assert (background.image == 130).all()
    np.testing.assert_array_equal(DONOR.image, donor)
