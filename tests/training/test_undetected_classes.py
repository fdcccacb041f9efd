import numpy as np

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.run_lengths import encode
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.image_evidence import collect_evidence
from auxnet_cli.scoring.scores import score
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.undetected_classes import undetected_warnings, unjudged

CLASSES = ("pit", "fray", "dent")


def masks(*labels):
    drawn = np.zeros((20, 20, 3), bool)
    for label in labels:
        drawn[4:10, 4:10, label] = True
    return drawn


def record(number, *labels):
    drawn = masks(*labels)
    defects = tuple(Annotation(label, (4, 4, 6, 6), encode(drawn[..., label])) for label in labels)
    return Record(number, f"{number}.png", None, 20, 20, defects)


def inspection(*labels):
    """Finds these classes and no other, by every head."""
    scores = np.isin(np.arange(3), labels).astype(np.float32)
    boxes = tuple(Box(label, 0.9, 4, 4, 6, 6) for label in labels)
    return Inspection(20, 20, CLASSES, scores, masks(*labels), boxes, bool(labels))


def report(inspections, tasks=("cls", "seg", "det")):
    """Of two images of pits, one of a pit with a fray, and a good one; of dents there is none."""
    records = [record(1, 0), record(2, 0), record(3, 0, 1), record(4)]
    evidence = [collect_evidence(*pair, 3) for pair in zip(records, inspections, strict=True)]
    return score(EvaluatedSplit(evidence, CLASSES, tasks))


BLIND = [inspection(0), inspection(), inspection(0), inspection()]


def test_a_class_that_no_head_finds():
    settings = load_settings(overrides=["training.epochs=12"])
    (text,) = undetected_warnings(report(BLIND), settings)
    assert text == (
        "Class 'fray' of the validation split was recognised on none of 1 images (cls), touched by "
        "a mask on none of 1 (seg) and boxed at none of 1 places (det): try "
        "training.sampling=balanced, loss.segmentation=focal-tversky+bce, more than 12 epochs or "
        "more labelled images of it."
    )


def test_only_the_heads_that_fail_are_named_and_only_what_is_new_is_advised():
    inspections = [inspection(0), inspection(), inspection(0, 1), inspection()]
    assert undetected_warnings(report(inspections), load_settings()) == []
    inspections[2] = Inspection(20, 20, CLASSES, np.array([1, 1, 0]), masks(0), (), True)
    settings = load_settings(
        overrides=["training.sampling=balanced", "loss.segmentation=dice+bce", "training.epochs=9"]
    )
    (text,) = undetected_warnings(report(inspections, ("cls", "seg")), settings)
    assert text == (
        "Class 'fray' of the validation split was touched by a mask on none of 1 (seg): try "
        "loss.segmentation=focal-tversky+bce, more than 9 epochs or more labelled images of it."
    )
    tversky = load_settings(overrides=["loss.segmentation=focal-tversky"])
    assert "loss.segmentation" not in undetected_warnings(report(BLIND, ("seg",)), tversky)[0]


def test_a_class_without_truth_is_unjudged_and_not_blamed():
    assert unjudged(report(BLIND)) == ["dent"]
    assert "dent" not in " ".join(undetected_warnings(report(BLIND), load_settings()))


def test_masks_unknown_do_not_make_a_class_unjudged():
    boxed = Record(1, "1.png", None, 20, 20, (Annotation(2, (4, 4, 6, 6), None),))
    evidence = [collect_evidence(boxed, inspection(2), 3)]
    scores = score(EvaluatedSplit(evidence, CLASSES, ("cls", "seg", "det")))
    assert unjudged(scores) == ["pit", "fray"]
    assert undetected_warnings(scores, load_settings()) == []
