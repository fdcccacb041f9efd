import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco

from auxnet_cli.data.labels.instances import components, decode, decode_union, encode, to_severstal
from auxnet_cli.data.labels.run_lengths import fill, parse_runs
from tests.shared_data import SHARED

MINI = SHARED / "severstal_mini"

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def test_coco_counts_worked_by_hand():
    # Column-first 0 0 1 | 1 0 1: two off, two on, one off, one on.
    mask = np.array([[0, 1], [0, 0], [1, 1]], bool)
    plain = {"size": [3, 2], "counts": [2, 2, 1, 1]}
    expected = coco.frPyObjects(plain, 3, 2)["counts"].decode()
    assert encode(mask) == {"size": [3, 2], "counts": expected}


def test_run_may_span_columns_and_touch_the_next():
    assert to_severstal(fill(parse_runs("2 5 7 1"), height=3, width=3)) == "2 6"


def test_no_text_is_an_empty_mask():
    mask = fill(parse_runs("  "), height=2, width=2)
    assert not mask.any()
    assert to_severstal(mask) == ""
    assert components(mask) == []


@given(masks)
def test_severstal_round_trip(mask):
    assert np.array_equal(fill(parse_runs(to_severstal(mask)), *mask.shape), mask)


@given(masks)
def test_coco_round_trip(mask):
    assert np.array_equal(decode(encode(mask), *mask.shape), mask)


@settings(deadline=None)
@given(masks)
def test_components_partition_the_mask(mask):
    instances = components(mask)
    layers = [decode(instance.rle, *instance.rle["size"]) for instance in instances]
    total = np.sum(layers, axis=0) if layers else np.zeros(mask.shape, int)
    assert np.array_equal(total, mask.astype(int))
    for instance, layer in zip(instances, layers, strict=True):
        rows, columns = np.nonzero(layer)
        assert instance.area == layer.sum()
        assert instance.box == (
            columns.min(),
            rows.min(),
            columns.max() - columns.min() + 1,
            rows.max() - rows.min() + 1,
        )
        # The text is what pycocotools itself would write.
        assert instance.rle == encode(layer)


def test_components_join_at_corners_and_not_across_column_ends():
    mask = np.array([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0]], bool)
    found = {(instance.box, instance.area) for instance in components(mask)}
    # (3, 2) and (0, 3) follow one another in column order, but lie far apart.
    assert found == {((0, 0, 2, 2), 2), ((3, 0, 1, 1), 1), ((2, 3, 1, 1), 1)}


@pytest.mark.skipif(not MINI.is_dir(), reason="needs the Severstal sample")
def test_every_severstal_mask_survives_bit_for_bit():
    with (MINI / "train.csv").open(newline="") as stream:
        texts = [row["EncodedPixels"] for row in csv.DictReader(stream) if row["EncodedPixels"]]
    assert len(texts) > 15
    for text in texts:
        mask = fill(parse_runs(text), height=256, width=1600)
        assert to_severstal(decode(encode(mask), *mask.shape)) == text
        parts = [decode(instance.rle, *instance.rle["size"]) for instance in components(mask)]
        assert to_severstal(np.any(parts, axis=0)) == text


@given(st.lists(arrays(bool, (4, 5)), max_size=4))
def test_several_defects_are_decoded_together(parts):
    expected = np.any([np.zeros((4, 5), bool), *parts], axis=0)
    assert np.array_equal(decode_union([encode(part) for part in parts], 4, 5), expected)


def test_run_lengths_of_another_image_are_refused():
    rle = encode(np.ones((4, 5), bool))
    for rles in ([rle], [encode(np.zeros((5, 4), bool)), rle]):
        with pytest.raises(ValueError, match="of size 4, 5, not 5, 4"):
            decode_union(rles, 5, 4)
