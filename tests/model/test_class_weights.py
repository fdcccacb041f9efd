import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.model.class_weights import balanced, class_weights

images = st.lists(st.frozensets(st.integers(0, 3), max_size=3), min_size=1, max_size=50)


def test_by_hand():
    # 8 cases, of 2 classes that occur: 8 / (2 · 6) and 8 / (2 · 2).
    np.testing.assert_allclose(balanced([6, 0, 2]), [2 / 3, 1, 2], rtol=1e-6)
    np.testing.assert_allclose(balanced([0, 0]), [1, 1])


def test_a_split_by_hand():
    labels = [frozenset(own) for own in ((), (), (), {0}, {0}, {0, 1})]
    weights = class_weights(labels, labels[:-1], classes=3, exclusive=False)
    # Of 6 images 3 show class 0, 1 shows class 1, none class 2.
    np.testing.assert_allclose(weights.classification[0], [1, 0.6, 1], rtol=1e-6)
    np.testing.assert_allclose(weights.classification[1], [1, 3, 1], rtol=1e-6)
    # The image that shows both has boxes only: 2 cases of class 0, and no other class.
    np.testing.assert_allclose(weights.segmentation, [1, 1, 1])
    together = class_weights(labels, labels, classes=3, exclusive=False).segmentation
    np.testing.assert_allclose(together, [4 / (2 * 3), 4 / 2, 1], rtol=1e-6)


def scikit_learns(kinds, truth):
    from sklearn.utils.class_weight import compute_class_weight

    return compute_class_weight("balanced", classes=kinds, y=truth)


@given(images)
def test_multi_label_is_scikit_learns_for_each_class(labels):
    found = class_weights(labels, labels, 4, exclusive=False).classification
    for label in range(4):
        truth = np.array([int(label in own) for own in labels])
        kinds = np.unique(truth)
        theirs = scikit_learns(kinds, truth)
        np.testing.assert_allclose(found[kinds, label], theirs, rtol=1e-5)
        # What an image weighs is 1 on average.
        assert found[truth, label].mean() == pytest.approx(1, rel=1e-5)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=50))
def test_exclusive_is_scikit_learns(truth):
    """Output 0 is "good"."""
    labels = [frozenset({number - 1} if number else ()) for number in truth]
    found = class_weights(labels, labels, 4, exclusive=True).classification
    kinds = np.unique(truth)
    theirs = scikit_learns(kinds, truth)
    np.testing.assert_allclose(found[1, kinds], theirs, rtol=1e-5)


@given(images.filter(any))
def test_segmentation_is_scikit_learns_over_pairs(labels):
    found = class_weights(labels, labels, 4, exclusive=False).segmentation
    pairs = [label for own in labels for label in own]
    kinds = np.unique(pairs)
    theirs = scikit_learns(kinds, pairs)
    np.testing.assert_allclose(found[kinds], theirs, rtol=1e-5)
