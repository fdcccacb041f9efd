import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from auxnet_cli.scoring.metrics.curves import Ranking

IMAGES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.5, 0.9]), st.integers(0, 3)),
    min_size=1,
    max_size=20,
)


def test_points_worked_by_hand():
    truth, score = np.array([1, 0, 1, 0], bool), np.array([0.9, 0.6, 0.6, 0.1])
    ranking = Ranking.of(truth, score)
    assert ranking.thresholds.tolist() == [0.9, 0.6, 0.1]
    assert ranking.recall.tolist() == [0.5, 1, 1]
    assert ranking.precision.tolist() == [1, pytest.approx(2 / 3), 0.5]
    assert ranking.false_alarm_rate.tolist() == [0, 0.5, 1]


@given(IMAGES)
def test_points_are_scikit_learns_with_weights(images):
    truth, score, weights = (np.array(column) for column in zip(*images, strict=True))
    if not (weights[truth].any() and weights[~truth].any()):
        return
    used = weights > 0
    theirs = metrics.precision_recall_curve(truth[used], score[used], sample_weight=weights[used])
    ranking = Ranking.of(truth, score, weights)
    # Theirs rises with the threshold and ends in a point of no threshold.
    assert ranking.precision == pytest.approx(theirs[0][-2::-1], abs=1e-9)
    assert ranking.recall == pytest.approx(theirs[1][-2::-1], abs=1e-9)
    assert ranking.thresholds.tolist() == theirs[2][::-1].tolist()
    theirs = metrics.roc_curve(
        truth[used], score[used], sample_weight=weights[used], drop_intermediate=False
    )
    assert ranking.false_alarm_rate == pytest.approx(theirs[0][1:], abs=1e-9)
    assert ranking.recall == pytest.approx(theirs[1][1:], abs=1e-9)


def test_a_split_without_the_class_has_a_flat_curve():
    ranking = Ranking.of(np.zeros(3, bool), np.array([0.1, 0.2, 0.2]))
    assert ranking.recall.tolist() == ranking.precision.tolist() == [0, 0]
