from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.data.dataset import Annotation
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.truth import Truth


@pytest.fixture
def truth(record):
    return lambda masks: Truth(record(masks), masks.shape[2])


def test_masks_and_labels_are_those_of_the_image(truth, blank):
    masks = blank((1, 0, 0, 2, 3), (1, 6, 6, 1, 1))
    image = truth(masks)
    np.testing.assert_array_equal(image.masks(), masks)
    assert image.labels.tolist() == [False, True]
    assert image.has_masks


def test_a_good_image_has_empty_masks(truth, blank):
    image = truth(blank())
    assert image.has_masks
    assert not image.masks().any()


def test_a_box_without_mask_leaves_the_image_without_mask_truth(truth, blank):
    image = truth(blank((0, 0, 0, 2, 2)))
    box_only = Annotation(1, (0, 0, 2, 2), None)
    image = replace(
        image, record=replace(image.record, annotations=(*image.record.annotations, box_only))
    )
    assert not image.has_masks
    assert image.labels.tolist() == [True, True]


def test_a_mask_of_another_size_is_refused(truth, blank):
    image = truth(blank((0, 0, 0, 2, 2)))
    with pytest.raises(
        InputError, match=r"a\.png has a mask that is none: .*of size 8, 8, not 9, 8"
    ):
        replace(image, record=replace(image.record, height=9)).masks()
