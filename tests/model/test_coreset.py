from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.model.coreset import PROJECTED, coreset

points = arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.integers(1, 4)),
    elements=st.floats(-10, 10, width=16),
)


def distances(vectors, chosen):
    return np.linalg.norm(vectors[:, None] - vectors[chosen], axis=-1)


def greedy(vectors, count, first):
    """k-centre by its definition: the farthest from all that are chosen, again and again."""
    chosen = [first]
    while len(chosen) < count:
        chosen.append(int(distances(vectors, chosen).min(axis=1).argmax()))
    return chosen


def test_each_choice_is_the_farthest_from_those_before():
    vectors = np.random.default_rng(0).normal(size=(300, 16)).astype(np.float32)

    chosen = coreset(vectors, 40, seed=3)

    assert chosen == greedy(vectors, 40, chosen[0])


@given(points, st.integers(1, 4), st.integers(0, 5))
def test_the_radius_is_at_most_twice_the_least_possible(vectors, count, seed):
    chosen = coreset(vectors, count, seed)
    least = min(
        distances(vectors, list(others)).min(axis=1).max()
        for others in combinations(range(len(vectors)), min(count, len(vectors)))
    )

    assert distances(vectors, chosen).min(axis=1).max() <= 2 * least + 0.05


@given(points, st.integers(0, 12), st.integers(0, 5))
def test_no_vector_is_chosen_twice_and_the_seed_decides(vectors, count, seed):
    chosen = coreset(vectors, count, seed)

    assert len(set(chosen)) == len(chosen) <= min(count, len(vectors))
    assert chosen == coreset(vectors, count, seed)


def test_equal_vectors_are_remembered_once():
    vectors = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)

    assert len(coreset(vectors, 10, seed=0)) == 3


@pytest.mark.parametrize("dimensions", [PROJECTED, 4 * PROJECTED])
def test_of_many_dimensions_rare_vectors_are_still_found(dimensions):
    rng = np.random.default_rng(0)
    vectors = rng.normal(0, 0.1, (500, dimensions)).astype(np.float32)
    rare = [7, 70, 400]
    vectors[rare, :3] += 10 * np.eye(3)

    assert {*rare} <= {*coreset(vectors, 5, seed=1)}


def test_of_nothing_nothing_is_chosen():
    assert coreset(np.empty((0, 8), np.float32), 5, seed=0) == []
