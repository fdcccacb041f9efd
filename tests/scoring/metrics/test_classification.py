import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.documents.section import Missing
from auxnet_cli.scoring.metrics.classification import FIGURES, Classification

CLASSES = ("pit", "crack")
# Few distinct scores, so that ties and all-equal splits come often; 0.5 is the threshold itself.
SCORES = st.sampled_from([0.0, 0.1, 0.5, 0.5001, 0.9, 1.0])
IMAGES = st.lists(st.tuples(st.booleans(), st.booleans(), SCORES, SCORES), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def scored(made_up, split_of):
    """The metric of images given as (has pit, has crack, pit's score, crack's score)."""

    def make(*images, class_score=0.5, exclusive=False):
        evidence = [
            made_up(labels=np.array(image[:2], bool), scores=np.array(image[2:], float))
            for image in images
        ]
        return Classification(split_of(evidence, class_score=class_score, exclusive=exclusive))

    return make


def test_figures_worked_by_hand(scored):
    figures = scored(
        (1, 0, 0.9, 0.1),  # pit hit
        (1, 0, 0.4, 0.5),  # pit missed, crack falsely found: the threshold itself counts
        (0, 0, 0.6, 0.2),  # pit falsely found
        (0, 1, 0.3, 0.8),  # crack hit
    ).section()
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


def test_figures_that_do_not_exist_say_why(scored):
    figures = scored((1, 0, 0.1, 0.1), (0, 0, 0.1, 0.1)).section()
    pit, crack = figures["per_class"]["pit"], figures["per_class"]["crack"]
    assert pit["precision"] == Missing("no image was predicted as pit")
    assert figures["precision_classes"] == 0
    assert (pit["recall"], pit["f1"], crack["accuracy"]) == (0, 0, 1)
    unseen = "no image shows crack"
    assert {key: own.reason for key, own in crack.items() if isinstance(own, Missing)} == {
        "precision": "no image was predicted as crack",
        "recall": unseen,
        "f1": f"{unseen} and no image was predicted as crack",
        "average_precision": unseen,
        "roc_auc": unseen,
    }
    # The means skip what is missing; where all is missing they are missing too.
    assert figures["f1"] == 0
    assert figures["precision"] == Missing("no class has this figure")
    everywhere = scored((1, 1, 0.1, 0.1), (1, 0, 0.1, 0.1)).section()["per_class"]["pit"]
    assert everywhere["roc_auc"] == Missing("every image shows pit")
    nothing = scored().section()
    assert nothing["accuracy"] == Missing("no class has this figure")
    assert nothing["per_class"]["pit"]["support"] == 0


def test_a_threshold_is_reached_in_the_networks_precision(scored):
    score = float(np.float32(0.7))  # a little less than 0.7
    metric = scored((1, 0, score, 0), class_score=0.7)
    assert metric.section()["per_class"]["pit"]["recall"] == 1


@given(IMAGES)
def test_figures_are_scikit_learns(scored, images):
    from sklearn import metrics

    metric = scored(*images)
    figures, rates = metric.section(), metric.rates()
    true = np.array([image[:2] for image in images])
    scores = np.array([image[2:] for image in images])
    called = scores >= 0.5
    for label, name in enumerate(CLASSES):
        of_class, t, s = figures["per_class"][name], true[:, label], called[:, label]
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
            assert isinstance(of_class[key], Missing) != exists[key], (name, key)
            if exists[key]:
                assert of_class[key] == pytest.approx(function(t, answer), abs=1e-9), (name, key)
            if (name, key) in rates:
                hits, counted = rates[name, key]
                assert not (hits & ~counted).any()
                assert not exists[key] or of_class[key] == hits.sum() / counted.sum()
    for key in FIGURES:
        values = [of_class[key] for of_class in figures["per_class"].values()]
        known = [value for value in values if not isinstance(value, Missing)]
        assert not known or figures[key] == pytest.approx(np.mean(known), abs=1e-9)
    for key in ("precision", "recall", "f1"):
        function = getattr(metrics, f"{key}_score")
        expected = function(true, called, average="micro", zero_division=np.nan)
        micro = figures["micro"][key]
        assert isinstance(micro, Missing) == np.isnan(expected)
        assert isinstance(micro, Missing) or micro == pytest.approx(expected, abs=1e-9)


@given(IMAGES, st.data())
def test_a_weight_counts_an_image_so_often(scored, images, data):
    number = len(images)
    weights = data.draw(st.lists(st.integers(0, 3), min_size=number, max_size=number))
    copied = [image for image, weight in zip(images, weights, strict=True) for _ in range(weight)]
    weighted, plain = scored(*images).figures(np.array(weights)), scored(*copied).figures()
    assert {key: value is None for key, value in weighted.items()} == {
        key: value is None for key, value in plain.items()
    }
    for key, value in plain.items():
        assert value is None or weighted[key] == pytest.approx(value, abs=1e-9)


def test_a_confusion_matrix_worked_by_hand(scored):
    metric = scored(
        (1, 0, 0.9, 0.05),  # right
        (1, 0, 0.2, 0.6),  # taken for the other
        (0, 1, 0.4, 0.45),  # neither reaches the threshold: taken for good
        (0, 0, 0.5, 0.5),  # both do: the first of equals
        (0, 0, 0.1, 0.1),
        exclusive=True,
    )
    assert metric.details()["confusion"] == {
        "kind": "exclusive",
        "labels": ["good", "pit", "crack"],
        "counts": [[1, 1, 0], [0, 1, 1], [1, 0, 0]],
    }


@given(IMAGES)
def test_confusion_is_scikit_learns(scored, images):
    from sklearn.metrics import confusion_matrix, multilabel_confusion_matrix

    truth = np.array([image[:2] for image in images], int)
    called = np.array([image[2:] for image in images]) >= 0.5
    expected = multilabel_confusion_matrix(truth, called.astype(int), labels=[0, 1])
    assert scored(*images).details()["confusion"] == {
        "kind": "multi-label",
        "per_class": dict(zip(CLASSES, expected.tolist(), strict=True)),
    }
    single = [(pit, crack and not pit, *scores) for pit, crack, *scores in images]
    true = [1 if pit else 2 if crack else 0 for pit, crack, *_ in single]
    called = [0 if max(scores) < 0.5 else 1 + int(np.argmax(scores)) for _, _, *scores in single]
    confusion = scored(*single, exclusive=True).details()["confusion"]
    assert confusion["counts"] == confusion_matrix(true, called, labels=[0, 1, 2]).tolist()
