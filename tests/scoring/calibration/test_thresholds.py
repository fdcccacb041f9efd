from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auxnet_cli.scoring.calibration.thresholds import alarming, catching, images_needed

LEVELS = st.sampled_from([0.5, 0.7, 0.8, 0.9, 0.95])


@st.composite
def splits(draw):
    """Scores with many ties or none, and labels: good images, one class, several classes."""
    classes = draw(st.integers(1, 4))
    images = draw(st.integers(2, 120))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = generator.random((images, classes)) < draw(st.sampled_from([0.1, 0.4, 0.9]))
    scores = np.clip(generator.random((images, classes)) + 0.3 * labels, 0.01, 1) / 1.4
    decimals = draw(st.sampled_from([1, 2, 15]))
    return np.round(scores, decimals), labels


@given(splits(), LEVELS)
def test_the_promised_recall_holds_for_all_and_for_each_class_with_images_enough(split, level):
    scores, labels = split
    defective = labels.any(axis=1)
    needed = images_needed("catch", level)
    assume(defective.sum() >= needed)
    found = catching(scores, labels, level)
    exact = Fraction(repr(level))
    stopped = found.stops(scores)
    assert int(stopped[defective].sum()) >= exact * int(defective.sum())
    for label, own in enumerate(labels.T):
        assert found.shared[label] == (own.sum() < needed)
        if not found.shared[label]:
            assert int((scores[own, label] >= found.values[label]).sum()) >= exact * int(own.sum())
    assert len(set(found.values[found.shared])) <= 1
    assert 1 <= found.resting <= labels.shape[1]


@given(splits(), LEVELS)
def test_no_threshold_could_be_higher(split, level):
    """Of one class, where no errors of classes add up."""
    scores, labels = split[0][:, :1], split[1][:, :1]
    assume(labels.sum() >= images_needed("catch", level))
    found = catching(scores, labels, level)
    own = scores[labels]
    higher = own[own > own[own >= found.values[0]].min()]
    kept = int((own >= higher.min()).sum()) if higher.size else 0
    assert kept < Fraction(repr(level)) * len(own)


@given(splits(), st.sampled_from([0.02, 0.05, 0.1, 0.3, 0.5]))
def test_no_more_good_images_are_stopped_than_promised(split, level):
    scores, labels = split
    good = ~labels.any(axis=1)
    assume(good.sum() >= images_needed("false-alarms", level))
    found = alarming(scores, labels, level)
    assert int(found.stops(scores)[good].sum()) <= Fraction(repr(level)) * int(good.sum())


def test_false_alarms_are_used_up_and_shared_out():
    generator = np.random.default_rng(0)
    scores = generator.random((200, 2)) * [0.2, 0.9]  # one class scores lower by its nature
    labels = np.zeros((200, 2), bool)
    found = alarming(scores, labels, 0.1)
    by_class = (scores >= found.values).sum(axis=0)
    assert by_class[0] == by_class[1] >= 10
    assert 19 <= found.stops(scores).sum() <= 20


def test_classes_with_few_images_share_a_threshold_found_on_all():
    labels = np.zeros((60, 3), bool)
    labels[10:40, 0] = labels[40:45, 1] = labels[45:49, 2] = True
    scores = np.random.default_rng(3).random((60, 3)) / 2 + labels / 3
    found = catching(scores, labels, 0.9)
    assert found.shared.tolist() == [False, True, True]
    assert found.values[1] == found.values[2] != found.values[0]
    assert found.resting == 2


def test_the_errors_of_the_classes_do_not_add_up_to_a_broken_promise():
    """The one error of 10 of each class would make 2 of the 11 defective images."""
    labels = np.ones((11, 2), bool)
    labels[9] = [True, False]
    labels[10] = [False, True]
    scores = np.where(labels, 0.9, 0.0)
    scores[9, 0] = scores[10, 1] = 0.2
    found = catching(scores, labels, 0.9)
    assert found.stops(scores).sum() >= 0.9 * 11


def test_a_threshold_bears_small_changes_of_the_scores():
    generator = np.random.default_rng(5)
    scores = generator.random((400, 2))
    labels = generator.random((400, 2)) < 0.3
    for found in (catching(scores, labels, 0.95), alarming(scores, labels, 0.05)):
        stopped = found.stops(scores)
        for shift in (-1e-7, 1e-7):
            np.testing.assert_array_equal(found.stops(scores + shift), stopped)


@pytest.mark.parametrize(
    ("target", "level", "images"),
    [
        ("catch", 0.9, 10),
        ("catch", 0.95, 20),
        ("catch", 0.99, 100),
        ("catch", 0.97, 34),
        ("false-alarms", 0.02, 50),
        ("false-alarms", 0.3, 4),
    ],
)
def test_how_many_images_a_promise_takes(target, level, images):
    assert images_needed(target, level) == images
