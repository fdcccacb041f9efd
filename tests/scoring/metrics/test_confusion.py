import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, multilabel_confusion_matrix

from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.metrics.confusion import confusion

CLASSES = ("pit", "crack")


def evidence(labels, scores):
    return Evidence(
        "a", "a", np.array(labels, bool), False, np.array(scores, float), {}, None, None,
        np.zeros((0, 5)), (),
    )  # fmt: skip


def test_exclusive_classes_worked_by_hand():
    images = [
        evidence([1, 0], [0.9, 0.05]),  # right
        evidence([1, 0], [0.2, 0.6]),  # taken for the other
        evidence([0, 1], [0.4, 0.45]),  # neither reaches the threshold: taken for good
        evidence([0, 0], [0.5, 0.5]),  # both do: the first of equals
        evidence([0, 0], [0.1, 0.1]),
    ]
    assert confusion(images, CLASSES, 0.5, exclusive=True) == {
        "kind": "exclusive",
        "labels": ["good", "pit", "crack"],
        "counts": [[1, 1, 0], [0, 1, 1], [1, 0, 0]],
    }


SCORE = st.sampled_from([0.0, 0.3, 0.5, 0.7])


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), SCORE, SCORE), min_size=1))
def test_exclusive_classes_as_scikit_learn_counts_them(images):
    taken = [evidence([true == 1, true == 2], scores) for true, *scores in images]
    called = [0 if max(own) < 0.5 else 1 + int(np.argmax(own)) for _, *own in images]
    expected = confusion_matrix([true for true, *_ in images], called, labels=[0, 1, 2])
    assert confusion(taken, CLASSES, 0.5, exclusive=True)["counts"] == expected.tolist()


@given(st.lists(st.tuples(st.booleans(), st.booleans(), SCORE, SCORE), min_size=1))
def test_other_classes_each_by_itself(images):
    taken = [evidence(image[:2], image[2:]) for image in images]
    truth = np.array([image[:2] for image in images], int)
    called = np.array([image[2:] for image in images]) >= 0.5
    expected = multilabel_confusion_matrix(truth, called.astype(int), labels=[0, 1])
    assert confusion(taken, CLASSES, 0.5, exclusive=False) == {
        "kind": "multi-label",
        "per_class": dict(zip(CLASSES, expected.tolist(), strict=True)),
    }


@pytest.mark.parametrize("exclusive", [True, False])
def test_images_that_were_not_classified_are_passed_over(witness, blank, exclusive):
    found = confusion([witness(blank(), boxes=[])], CLASSES, 0.5, exclusive)
    assert not np.array(found.get("counts", list(found.get("per_class", {}).values()))).any()
