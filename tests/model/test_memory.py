import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.model.memory import (
    LIMIT,
    distance_scale,
    image_distance,
    memory_axes,
    novelty,
    novelty_map,
)

CARD = MemoryCard(vectors=10, images=20, judged=10, median=np.log(0.2), spread=0.3)
positive = st.floats(1e-5, 1e3)


def test_a_place_has_sixteen_pixels_and_edges_count():
    assert memory_axes((128, 800)) == {"rows": 8, "columns": 50}
    assert memory_axes((33, 100)) == {"rows": 3, "columns": 7}


def test_the_median_good_image_has_a_novelty_of_a_hundredth_and_the_99th_percentile_half():
    limit = 0.2 * np.exp(LIMIT * 0.3)

    assert novelty(np.array([0.2, limit]), CARD) == pytest.approx([0.01, 0.5], abs=1e-6)


@given(positive, positive)
def test_what_is_farther_is_newer(first, second):
    low, high = novelty(np.array(sorted([first, second])), CARD)

    assert 0 <= low <= high <= 1


def test_distances_that_rounding_made_negative_are_none():
    assert novelty(np.array([-1e-7, 0.0]), CARD) == pytest.approx([0, 0], abs=1e-6)


def test_the_distance_of_an_image_is_the_mean_of_its_farthest_hundredth():
    distances = np.arange(400, dtype=np.float32).reshape(8, 50)

    assert image_distance(distances) == np.mean([396, 397, 398, 399])
    assert image_distance(distances[:1, :30]) == 29


@given(st.floats(-2, 2), st.floats(0.1, 1))
def test_the_scale_is_that_of_a_log_normal_distribution(median, spread):
    drawn = np.exp(np.random.default_rng(0).normal(median, spread, 20_000))

    assert distance_scale(drawn) == pytest.approx((median, spread), abs=0.05)


def test_a_few_defects_among_the_good_images_move_the_scale_little():
    good = np.exp(np.random.default_rng(0).normal(0, 0.2, 100))

    assert distance_scale([*good, 1e3, 1e4]) == pytest.approx(distance_scale(good), abs=0.1)


def test_images_that_are_all_alike_still_have_a_scale():
    median, spread = distance_scale([0.5] * 10)

    assert median == pytest.approx(np.log(0.5))
    assert spread > 0


def test_the_map_has_the_size_of_the_window_and_the_place_of_what_is_new():
    distances = np.full((4, 10), 0.2, np.float32)
    distances[1, 7] = 5

    found = novelty_map(distances, CARD, 100, 300)

    assert found.shape == (100, 300)
    assert found.dtype == np.float32
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert (row // 25, column // 30) == (1, 7)
    assert found[:, :150] == pytest.approx(0.01, abs=1e-4)
