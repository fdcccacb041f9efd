import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.metrics.classification import HEADLINES, Classification

CLASSES = ("pit", "crack")


def evidence(truths, scores):
    """Images with these labels, (images, classes), and these scores."""
    return [
        Evidence(
            str(number),
            str(number),
            np.array(labels, bool),
            False,
            None if own is None else np.array(own, float),
            {},
            None,
            None,
            np.zeros((0, 5)),
            (),
        )
        for number, (labels, own) in enumerate(zip(truths, scores, strict=True))
    ]


def figures_of(*images):
    """Images as (has pit, has crack, pit's score, crack's score)."""
    taken = evidence([image[:2] for image in images], [image[2:] for image in images])
    return Classification(taken, CLASSES, 0.5).section()


def test_figures_worked_by_hand():
    figures = figures_of(
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
        "roc_auc": 0.75,  # of the four pairs, 0.4 against 0.6 is the wrong way round
        "support": 2,
    }
    assert figures["per_class"]["crack"] == {
        "accuracy": 0.75,
        "precision": 0.5,
        "recall": 1.0,
        "f1": pytest.approx(2 / 3),
        "average_precision": 1.0,
        "roc_auc": 1.0,
        "support": 1,
    }
    assert figures["accuracy"] == 0.625
    assert figures["recall"] == 0.75
    # The headline is the macro average; micro pools two hits of three defects and four calls.
    assert figures["macro"] == {key: figures[key] for key in ("precision", "recall", "f1")}
    assert figures["micro"] == pytest.approx({"precision": 0.5, "recall": 2 / 3, "f1": 4 / 7})
    assert "reasons" not in figures


def test_figures_that_do_not_exist_say_why():
    figures = figures_of((1, 0, 0.1, 0.1), (0, 0, 0.1, 0.1))
    pit, crack = figures["per_class"]["pit"], figures["per_class"]["crack"]
    assert pit["precision"] is None
    assert figures["precision_classes"] == 0
    assert pit["reasons"] == {"precision": "no image was predicted as pit"}
    assert (pit["recall"], pit["f1"]) == (0, 0)
    assert crack["reasons"] == {
        "precision": "no image was predicted as crack",
        "recall": "no image shows crack",
        "f1": "no image shows crack and no image was predicted as crack",
        "average_precision": "no image shows crack",
        "roc_auc": "no image shows crack",
    }
    assert crack["accuracy"] == 1
    # The means skip what is missing; where all is missing they are missing too.
    assert figures["f1"] == 0
    assert figures["reasons"] == {"precision": "no class has this figure"}
    everywhere = figures_of((1, 1, 0.1, 0.1), (1, 0, 0.1, 0.1))["per_class"]["pit"]
    assert everywhere["reasons"]["roc_auc"] == "every image shows pit"


def test_no_image_at_all():
    for figures in (
        figures_of(),
        Classification(evidence([(1, 0)], [None]), CLASSES, 0.5).section(),
    ):
        assert figures["accuracy"] is None
        assert figures["per_class"]["pit"]["support"] == 0


def test_a_threshold_is_reached_in_the_networks_precision():
    score = float(np.float32(0.7))  # a little less than 0.7
    taken = evidence([(1, 0)], [(score, 0)])
    assert Classification(taken, CLASSES, 0.7).section()["per_class"]["pit"]["recall"] == 1


# Few distinct scores, so that ties and all-equal splits come often; 0.5 is the threshold itself.
SCORES = st.sampled_from([0.0, 0.1, 0.5, 0.5001, 0.9, 1.0])
IMAGES = st.lists(st.tuples(st.booleans(), st.booleans(), SCORES, SCORES), min_size=1, max_size=30)


@given(IMAGES)
def test_figures_are_scikit_learns(images):
    figures = figures_of(*images)
    true = np.array([image[:2] for image in images])
    scores = np.array([image[2:] for image in images])
    said = scores >= 0.5
    for label, name in enumerate(CLASSES):
        own, t, s = figures["per_class"][name], true[:, label], said[:, label]
        exists = {
            "accuracy": True,
            "precision": s.any(),
            "recall": t.any(),
            "f1": s.any() or t.any(),
            "average_precision": t.any(),
            "roc_auc": t.any() and not t.all(),
        }
        for key, function in {
            "accuracy": metrics.accuracy_score,
            "precision": metrics.precision_score,
            "recall": metrics.recall_score,
            "f1": metrics.f1_score,
            "average_precision": metrics.average_precision_score,
            "roc_auc": metrics.roc_auc_score,
        }.items():
            answer = scores[:, label] if key in ("average_precision", "roc_auc") else s
            expected = pytest.approx(function(t, answer), abs=1e-9) if exists[key] else None
            assert own[key] == expected, (name, key)
    for key in HEADLINES:
        known = [of[key] for of in figures["per_class"].values() if of[key] is not None]
        assert figures[key] == (pytest.approx(np.mean(known), abs=1e-9) if known else None)
    for key, function in {
        "precision": metrics.precision_score,
        "recall": metrics.recall_score,
        "f1": metrics.f1_score,
    }.items():
        expected = function(true, said, average="micro", zero_division=np.nan)
        own = figures["micro"][key]
        assert (own is None) == np.isnan(expected)
        assert own is None or own == pytest.approx(expected, abs=1e-9)


@given(IMAGES, st.data())
def test_a_weight_counts_an_image_so_often(images, data):
    number = len(images)
    weights = data.draw(st.lists(st.integers(0, 3), min_size=number, max_size=number))
    taken = evidence([image[:2] for image in images], [image[2:] for image in images])
    weighted = Classification(taken, CLASSES, 0.5).section(np.array(weights))
    copied = [image for image, weight in zip(images, weights, strict=True) for _ in range(weight)]
    assert _close(weighted, figures_of(*copied))


def _close(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_close(one[key], other[key]) for key in one)
    return one == (pytest.approx(other, abs=1e-9) if isinstance(other, float) else other)


@given(IMAGES)
def test_rates_are_the_figures(images):
    taken = evidence([image[:2] for image in images], [image[2:] for image in images])
    scored = Classification(taken, CLASSES, 0.5)
    per_class = scored.section()["per_class"]
    for (name, figure), (hits, counted) in scored.rates().items():
        assert not (hits & ~counted).any()
        expected = hits.sum() / counted.sum() if counted.any() else None
        assert per_class[name][figure] == expected
