import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.labels.connectivity import SQUARE, in_one_piece, pieces


def scribble(seed, side=24):
    """Some thin and thick strokes, how much they cover of each pixel, and what they touch."""
    rng = np.random.default_rng(seed)
    fine = np.zeros((side * 8, side * 8), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        ends = rng.integers(0, side * 8, (2, 2)).tolist()
        cv2.line(fine, *ends, color=1, thickness=int(rng.integers(1, 20)))
    cover = cv2.resize(fine.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
    return (cover >= 0.5).astype(np.uint8), (cover > 0).astype(np.uint8), cover


@given(st.integers(0, 10**6))
def test_as_many_pieces_and_as_long_as_the_defect_and_no_pixel_more(seed):
    """Without any of the pixels added, the rest is parted, or does not reach as far."""
    solid, touched, cover = scribble(seed)
    whole = in_one_piece(solid, touched, cover)
    assert (whole >= solid).all()
    assert (whole <= touched).all()
    assert pieces(whole) == pieces(touched)
    assert (touched <= cv2.dilate(whole, SQUARE)).all()
    for pixel in map(tuple, np.argwhere(whole > solid)):
        less = whole.copy()
        less[pixel] = 0
        reaches = (touched <= cv2.dilate(less, SQUARE)).all()
        holes = [
            cv2.connectedComponents(1 - np.pad(mask, 1), connectivity=4)[0]
            for mask in (less, whole)
        ]
        assert pieces(less) != pieces(whole) or not reaches or holes[0] != holes[1]


def test_a_line_is_left_along_its_middle():
    touched = np.zeros((5, 9), np.uint8)
    touched[1:4] = 1
    cover = np.zeros((5, 9), np.float32)
    cover[1:4] = [[0.1], [0.4], [0.2]]
    expected = np.zeros_like(touched)
    expected[2, 1:8] = 1  # its ends are neighbours of all that is touched there
    np.testing.assert_array_equal(in_one_piece(np.zeros_like(touched), touched, cover), expected)


def test_a_thick_defect_and_nothing_are_returned_as_they_are():
    solid = np.zeros((20, 20), np.uint8)
    assert in_one_piece(solid, solid, solid.astype(np.float32)) is solid
    cv2.circle(solid, (9, 9), 6, 1, -1)
    touched = cv2.dilate(solid, SQUARE)
    assert in_one_piece(solid, touched, touched.astype(np.float32)) is solid


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (["....", "...."], 0),
        (["#..#", ".##."], 1),
        (["#.#.", "...."], 2),
        (["#####", "#...#", "#.#.#", "#...#", "#####"], 2),  # one within the other's hole
        (["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"], 2),
    ],
)
def test_pieces(rows, number):
    mask = np.array([[letter == "#" for letter in row] for row in rows], np.uint8)
    assert pieces(mask) == number
    assert pieces(mask) == cv2.connectedComponents(mask, connectivity=8)[0] - 1
