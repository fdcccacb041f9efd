import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from auxnet_cli.scoring.classification import ClassificationScores, average_precision

CLASSES = ("pit", "crack")


@pytest.fixture
def scores_of(truth, inspection, blank):
    def score(*images):
        """Images as (has pit, has crack, pit's score, crack's score)."""
        gatherer = ClassificationScores(CLASSES, 0.5)
        for pit, crack, *scores in images:
            masks = blank(*[(0, 0, 0, 2, 2)] * int(pit), *[(1, 4, 4, 2, 2)] * int(crack))
            gatherer.add(truth(masks), inspection(scores=scores))
        return gatherer.figures()

    return score


def test_figures_worked_by_hand(scores_of):
    figures = scores_of(
        (1, 0, 0.9, 0.1),  # pit hit
        (1, 0, 0.4, 0.5),  # pit missed, crack falsely found: the threshold itself counts
        (0, 0, 0.6, 0.2),  # pit falsely found
        (0, 1, 0.3, 0.8),  # crack hit
    )
    assert figures["per_class"]["pit"] == {
        "accuracy": 0.5,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "average_precision": pytest.approx((1 + 2 / 3) / 2),
        "support": 2,
    }
    assert figures["per_class"]["crack"] == {
        "accuracy": 0.75,
        "precision": 0.5,
        "recall": 1.0,
        "f1": pytest.approx(2 / 3),
        "average_precision": 1.0,
        "support": 1,
    }
    assert figures["accuracy"] == 0.625
    assert figures["recall"] == 0.75
    assert "reasons" not in figures


def test_figures_that_do_not_exist_say_why(scores_of):
    figures = scores_of((1, 0, 0.1, 0.1), (0, 0, 0.1, 0.1))
    pit, crack = figures["per_class"]["pit"], figures["per_class"]["crack"]
    assert pit["precision"] is None
    assert pit["reasons"] == {"precision": "no image was predicted as pit"}
    assert (pit["recall"], pit["f1"]) == (0, 0)
    assert crack["reasons"] == {
        "precision": "no image was predicted as crack",
        "recall": "no image shows crack",
        "f1": "no image shows crack and no image was predicted as crack",
        "average_precision": "no image shows crack",
    }
    assert crack["accuracy"] == 1
    # The means skip what is missing; where all is missing they are missing too.
    assert figures["f1"] == 0
    assert figures["reasons"] == {"precision": "no class has this figure"}


def test_no_image_at_all(scores_of):
    figures = scores_of()
    assert figures["accuracy"] is None
    assert figures["per_class"]["pit"]["support"] == 0


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.5, 0.5001, 0.9, 1.0])), min_size=1
    ).filter(lambda images: any(true for true, _ in images))
)
def test_average_precision_is_scikit_learns(images):
    truth, score = (np.array(column) for column in zip(*images, strict=True))
    expected = metrics.average_precision_score(truth, score)
    assert average_precision(truth, score) == pytest.approx(expected)


def test_figures_are_scikit_learns(scores_of):
    rng = np.random.default_rng(3)
    true = rng.random((60, 2)) < 0.4
    scores = np.clip(true * 0.3 + rng.random((60, 2)) * 0.7, 0, 1).astype(np.float32)
    figures = scores_of(*np.hstack([true.astype(int), scores]).tolist())
    for label, name in enumerate(CLASSES):
        said = scores[:, label] >= 0.5
        own = figures["per_class"][name]
        for key, function in {
            "accuracy": metrics.accuracy_score,
            "precision": metrics.precision_score,
            "recall": metrics.recall_score,
            "f1": metrics.f1_score,
        }.items():
            assert own[key] == pytest.approx(function(true[:, label], said)), (name, key)
    assert figures["average_precision"] == pytest.approx(
        metrics.average_precision_score(true, scores, average="macro")
    )
