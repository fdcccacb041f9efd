import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.inspection import Box
from auxnet_cli.verdict.decoded_heads import DecodedHeads
from auxnet_cli.verdict.votes import STRIP, kth_largest, votes

# Few distinct values: ties are the hard case.
FEW = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
SHAPES = st.tuples(st.integers(1, 2 * STRIP + 5), st.integers(1, 6), st.integers(1, 3))


@given(arrays(np.float32, SHAPES, elements=FEW), st.floats(0, 1))
def test_the_kth_largest_is_that_of_the_sorted_values(values, part):
    pixels = values.shape[0] * values.shape[1]
    rank = max(1, round(part * pixels))
    expected = np.sort(values.reshape(pixels, -1), axis=0)[-rank]
    np.testing.assert_array_equal(kth_largest(values, rank), expected)


@given(arrays(np.float32, SHAPES, elements=FEW), FEW, st.sampled_from([0, 0.001, 0.03, 0.3, 1]))
def test_a_mask_covers_the_area_exactly_where_the_vote_reaches_its_threshold(
    values, threshold, area
):
    height, width, classes = values.shape
    vote = votes(DecodedHeads(height, width, {"seg": values}), classes, area)["seg"]
    covered = np.count_nonzero(values >= threshold, axis=(0, 1))
    np.testing.assert_array_equal(
        vote >= threshold, covered >= max(1, np.ceil(area * height * width))
    )


@given(arrays(np.float32, SHAPES, elements=FEW), st.sampled_from([0, 0.03, 0.3, 1]))
def test_all_masks_together_vote_for_every_class_alike(values, area):
    height, width, classes = values.shape
    cast = votes(DecodedHeads(height, width, {"seg": values}), classes, area)
    together = np.sort(1 - np.prod(1 - values, axis=2), axis=None)
    expected = together[-max(1, int(np.ceil(area * height * width)))]
    assert cast["any"] == pytest.approx([expected] * classes)
    assert cast["any"].min() >= cast["seg"].max()


def test_two_classes_that_share_the_evidence_make_a_defect():
    values = np.full((4, 4, 2), 0.4, np.float32)
    cast = votes(DecodedHeads(4, 4, {"seg": values}), 2, 0.1)
    assert cast["seg"] == pytest.approx([0.4, 0.4])
    assert cast["any"] == pytest.approx([0.64, 0.64])


def test_each_head_that_was_built_votes():
    scores = np.array([0.2, 0.7], np.float32)
    boxes = (Box(1, 0.6, 1, 2, 3, 4), Box(1, 0.3, 1, 2, 3, 4))
    found = votes(DecodedHeads(8, 8, {"cls": scores, "det": boxes}), 2, 0.1)
    assert list(found) == ["cls", "det"]
    np.testing.assert_array_equal(found["cls"], scores)
    assert found["det"] == pytest.approx([0, 0.6])
    assert votes(DecodedHeads(8, 8, {"det": ()}), 2, 0.1)["det"].tolist() == [0, 0]


def test_the_novelty_votes_for_every_class_alike():
    scores = np.array([0.2, 0.7], np.float32)
    found = votes(DecodedHeads(8, 8, {"cls": scores}, novelty=0.25), 2, 0.1)
    assert list(found) == ["cls", "novelty"]
    assert found["novelty"].tolist() == [0.25, 0.25]
