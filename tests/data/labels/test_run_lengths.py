import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco

from auxnet_cli.data.labels.run_lengths import (
    coco_runs,
    decode,
    decode_union,
    encode,
    fill,
    parse_runs,
    to_severstal,
)

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def packed(mask):
    return coco.encode(np.asfortranarray(mask, np.uint8))["counts"].decode()


def counted(mask):
    flat = np.concatenate(([False], mask.ravel(order="F"), [not mask[-1, -1]]))
    return np.diff(np.flatnonzero(flat[1:] != flat[:-1]), prepend=0).tolist()


def drawn(counts, height, width):
    return decode({"size": [height, width], "counts": counts}, height, width)


def test_pixels_are_counted_down_the_first_column_from_1():
    # 3 rows, 2 columns: pixels 1 2 3 are column 0, pixels 4 5 6 column 1.
    mask = fill(parse_runs("3 2 6 1"), height=3, width=2)
    assert mask.tolist() == [[False, True], [False, False], [True, True]]
    # Column-first 0 0 1 | 1 0 1: two off, two on, one off, one on.
    plain = {"size": [3, 2], "counts": [2, 2, 1, 1]}
    assert encode(mask) == {
        "size": [3, 2],
        "counts": coco.frPyObjects(plain, 3, 2)["counts"].decode(),
    }
    assert to_severstal(mask) == "3 2 6 1"


@pytest.mark.parametrize(("text", "written"), [("2 5 7 1", "2 6"), ("  ", "")])
def test_a_run_may_span_columns_and_touch_the_next(text, written):
    assert to_severstal(fill(parse_runs(text), height=3, width=3)) == written


@given(masks)
def test_severstals_text_there_and_back(mask):
    assert np.array_equal(fill(parse_runs(to_severstal(mask)), *mask.shape), mask)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2 3", "3 numbers, but starts and lengths come in pairs"),
        ("0 2", "start 0 is below 1"),
        ("-4 2", "start -4 is below 1"),
        ("4 0", "length 0 is below 1"),
        ("4 -1", "length -1 is below 1"),
        ("1 5 4 2", "the run '4 2' overlaps the run '1 5'"),
        ("9 2 1 3", "the run '1 3' starts before the run '9 2'"),
        ("1 2.5", "'2.5' is not a whole number"),
        ("1 x", "'x' is not a whole number"),
        ("1 --2", "'--2' is not a whole number"),
        ("1 99999999999999999999999", "too large"),
        ("1 " + "9" * 5000, "too large"),
        ("9223372036854775807 1", "too large"),
    ],
)
def test_wrong_runs_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_runs(text)


def test_run_past_the_image_is_refused():
    assert fill(parse_runs("4 3"), height=2, width=3).sum() == 3
    with pytest.raises(ValueError, match="'4 4' reaches past the image of 3 x 2 pixels"):
        fill(parse_runs("4 4"), height=2, width=3)


@given(masks)
def test_cocos_text_and_numbers_draw_the_mask_that_pycocotools_made_them_of(mask):
    for counts in (packed(mask), packed(mask).encode(), counted(mask), encode(mask)["counts"]):
        assert np.array_equal(drawn(counts, *mask.shape), mask)


def test_a_large_mask():
    # Lengths of several letters, growing and shrinking: differences of either sign.
    mask = np.zeros((900, 1400), bool)
    mask[100:800:7, 200:1300:3] = mask[:, 700:900] = True
    for pixels in (mask, mask & False, mask | True):
        assert np.array_equal(drawn(packed(pixels), 900, 1400), pixels)
    assert len(coco_runs({"size": [900, 1400], "counts": packed(mask & False)}, 900, 1400)) == 0


@given(st.lists(arrays(bool, (4, 5)), max_size=4))
def test_several_defects_are_decoded_together(parts):
    expected = np.any([np.zeros((4, 5), bool), *parts], axis=0)
    assert np.array_equal(decode_union([encode(part) for part in parts], 4, 5), expected)


@pytest.mark.parametrize(
    ("size", "counts", "message"),
    [
        ([5, 5], "0", "do not add up to 25"),  # pycocotools would answer memory's leftovers
        ([5, 5], "", "do not add up"),
        ([5, 5], [], "do not add up"),
        ([5, 5], "zzz~~~!!!", "damaged: there are letters that stand for nothing"),
        ([5, 5], "PPPPPPPPPPPPPPPPPPPP0", "damaged: a number is too large"),
        ([5, 5], "oooooooo0", "damaged: a number is too large"),
        ([5, 5], "P", "cut off"),
        ([5, 5], b"\xe9", "other than ASCII"),
        ([5, 5], "\ud800", "other than ASCII"),
        ([5, 5], "\x00", "stand for nothing"),
        ([5, 5], "0" * 65, "more than an image of 5 x 5 has"),
        ([5, 5], [0] * 65, "more than an image of 5 x 5 has"),
        ([5, 5], [3, 1000], "do not add up"),
        ([5, 5], [-3, 28], "do not add up"),
        ([5, 5], [2**63 - 1, 2**63 - 1, 27], "do not add up"),  # 25 in 64 bits
        ([5, 5], [10**400], "do not add up"),
        ([5, 5], [2.5, 22.5], "no whole numbers"),
        ([5, 5], [True, 24], "no whole numbers"),
        ([5, 5], None, "are a NoneType, not text or numbers"),
        ([4, 5], [20], "of size 4, 5, not 5, 5"),
        ([5, 5, 1], [25], "of size 5, 5, 1, not 5, 5"),
        (None, [25], "of size a NoneType, not"),
        ([10**400, 5], [25], "of size more than 12 digits, 5, not"),
    ],
)
def test_wrong_run_lengths_are_refused(size, counts, message):
    good = {"size": [5, 5], "counts": [25]}
    with pytest.raises(ValueError, match=message):
        decode_union([good, {"size": size, "counts": counts}], 5, 5)


def test_what_is_no_object_is_refused():
    with pytest.raises(ValueError, match="are a list, not size and counts"):
        coco_runs([[1, 2, 3, 4, 5, 6]], 5, 5)


@pytest.mark.parametrize("counts", [[10**18], "0" * 10, "ooooo?" * 100, [0, 10**18]])
def test_a_size_of_a_billion_takes_no_memory(counts):
    """pycocotools ends the process with a segmentation fault."""
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="run lengths are of size 1000000000, 1000000000, not"):
            coco_runs({"size": [10**9, 10**9], "counts": counts}, 256, 1600)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
letters = st.text(st.characters(min_codepoint=47, max_codepoint=112), max_size=40)


@given(
    anything
    | st.fixed_dictionaries(
        {
            "size": st.just([5, 6]) | anything,
            "counts": letters | st.text() | st.lists(st.integers(-2, 40)) | anything,
        }
    )
)
@example({"size": [5, 6], "counts": "n0"})
def test_any_document_is_run_lengths_of_the_image_or_refused(rle):
    try:
        mask = decode(rle, 5, 6)
    except ValueError as error:
        assert "run lengths" in str(error)  # noqa: PT017 - only what is refused is asked
        return
    counts = rle["counts"]
    if isinstance(counts, list):
        assert sum(counts) == 30
        counts = coco.frPyObjects({"size": [5, 6], "counts": counts}, 5, 6)["counts"]
    expected = coco.decode({"size": [5, 6], "counts": counts}).astype(bool)
    assert np.array_equal(mask, expected)
