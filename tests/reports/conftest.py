from functools import cache

import numpy as np
import pytest

from auxnet_cli.documents.report import Report
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.reports.evaluation.page import CHARTS, report_files
from auxnet_cli.reports.folder import write_files
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence, Flaw
from auxnet_cli.scoring.scores import full_score

SIZE = (48, 64)
SETTINGS = {"size": [32, 32], "decision": {"class_score": 0.5, "mask_score": 0.5}}


DATA = {"name": "strips", "fingerprint": "fedcba9876543210" * 4}
MODEL = {"sha256": "0123456789abcdef" * 4, "parameters": 36204567, "dataset": DATA}
SCORES = ("accuracy", "precision", "recall", "f1", "average_precision", "roc_auc")
MASKS = ("iou", "dice", "detected_rate", "dice_when_detected", "quiet_rate")


@pytest.fixture
def report():
    """A report as in report.json: crack is absent from the split, and boxes were not learned."""
    unseen = "no image shows crack"
    origin = "none: learned from scratch, because there is no network"
    pit = dict(zip(SCORES, (0.95, 0.9375, 0.875, 0.90322, 0.9612, 0.98), strict=True))
    crack = {**dict.fromkeys(SCORES), "accuracy": 1.0}
    pit_masks = dict(zip(MASKS, (0.6, 0.75, 0.875, 0.8, 0.9583), strict=True))
    crack_masks = {**dict.fromkeys(MASKS), "quiet_rate": 1.0}
    absent = dict.fromkeys(("recall", "f1", "average_precision"), unseen)
    classification = {
        **pit,
        "accuracy": 0.975,
        "precision_classes": 1,
        "ci95": {"accuracy": [0.93, 0.99], "f1": [0.8, 0.96], "recall": None},
        "confusion": {
            "kind": "multi-label",
            "per_class": {"pit": [[23, 1], [2, 14]], "crack": [[40, 0], [0, 0]]},
        },
        "per_class": {
            "pit": {**pit, "support": 16, "ci95": {"recall": [0.617, 0.984]}},
            "crack": {**crack, "support": 0, "ci95": {"recall": None}, "reasons": absent},
        },
    }
    bounds = {"dice": [0.7, 0.8], "detected_rate": [0.617, 0.984]}
    no_bounds = {"dice": None, "detected_rate": None}
    segmentation = {
        "iou": 0.6,
        "dice": 0.75,
        "dice_per_image": 0.7,
        "dice_kaggle": 0.925,
        "iou_defective": 0.61,
        "recall_defective": 0.72,
        "ci95": {"dice": [0.7, 0.8]},
        "per_class": {
            "pit": {**pit_masks, "images": 16, "ci95": bounds},
            "crack": {**crack_masks, "images": 0, "ci95": no_bounds, "reasons": {"dice": unseen}},
        },
    }
    screening = {
        "escape_rate": 0.125,
        "false_alarm_rate": 0.0417,
        "escapes": 2,
        "defective": 16,
        "false_alarms": 1,
        "good": 24,
        "cost": 0.075,
        "cost_escape": 1.0,
        "cost_false_alarm": 1.0,
        "ci95": {"escape_rate": [0.016, 0.383], "false_alarm_rate": [0.001, 0.211]},
        "threshold_rule": "a class at 0.5 or a box at 0.5",
    }
    return {
        "tool_version": "0.1.0",
        "model": {**MODEL, "tasks": ["cls", "seg"], "initial_weights": origin},
        "dataset": dict(DATA),
        "split": "test",
        **{"images": 40, "defective": 16, "good": 24},
        "classification": classification,
        "segmentation": segmentation,
        "detection": None,
        "screening": screening,
        "never_found": [],
        "intervals": {"groups": 40, "replicates": 1000, "seed": 0, "method": "95 % intervals: x"},
        **dict.fromkeys(("detectability", "agreement", "reliability")),
        "reasons": {
            "detection": "the model was trained without det",
            "detectability": "no defect has a size",
        },
        "unreadable": [],
    }


@pytest.fixture(scope="session")
def judged():
    """A report of made-up images as ``evaluate`` has it, and all else that its page is made from.

    Images 0-15 are good, 16-31 show the first class and 32-47 the second, which is never found.
    """

    @cache
    def make(classes=("pit", "crack"), tasks=("cls", "seg", "det"), exclusive=True, prefix=""):
        images = [_image(number, classes, tasks, prefix) for number in range(48)]
        evidence = [image for image, *_ in images]
        report = Report(
            schema="auxnet/report/1",
            tool_version="0.1.0",
            model={
                "sha256": "0123456789abcdef" * 4,
                "tasks": list(tasks),
                "parameters": 1234,
                "initial_weights": "none: learned from scratch, as asked",
                "dataset": {"name": "strips", "fingerprint": "fedcba9876543210" * 4},
                "engine": "keras",
                "precision": "fp32",
            },
            dataset={
                "name": "strips", "fingerprint": "fedcba9876543210" * 4, "groups_lost": False,
            },
            label_kind="exclusive" if exclusive else "multi-label",
            split="test",
            unreadable=[],
            **full_score(EvaluatedSplit(evidence, classes, tasks, exclusive=exclusive), 40),
        ).document()  # fmt: skip
        known = {image.name: rest for image, *rest in images}
        return report, evidence, lambda name: tuple(known[name]), classes, SETTINGS

    return make


@pytest.fixture(scope="session")
def written(judged, tmp_path_factory):
    """The folder of such a report, for reading only."""

    @cache
    def make(**kind):
        folder = tmp_path_factory.mktemp("report")
        write_files(folder, report_files(*judged(**kind)), CHARTS)
        return folder

    return make


def _image(number, classes, tasks, prefix):
    """Evidence, pixels, true masks and inspection of one image."""
    rng = np.random.default_rng(number)
    shown = number // 16 - 1
    masks = np.zeros((*SIZE, len(classes)), bool)
    side = 4 + number % 16 * 2
    if shown >= 0:
        masks[5 : 5 + side, 8 : 8 + side, shown] = True
    # Small defects of the first class escape, and two good images are stopped.
    caught = shown == 0 and (number % 16 > 3 or number == 17)
    found = np.zeros_like(masks)
    if caught:
        found[6 : 5 + side, 8 : 8 + side, 0] = True
    alarm = number in {3, 7}
    if alarm:
        found[20:30, 20:30, 0] = True
    sure = 0.6 + 0.3 * rng.random() if caught or alarm else 0.3 * rng.random()
    scores = np.array([sure, *(0.05 + 0.1 * rng.random() for _ in classes[1:])], np.float32)
    box = (8.0, 5.0, float(side), float(side)) if caught else (20.0, 20.0, 10.0, 10.0)
    boxes = (Box(0, float(sure), *box),)
    truth = [] if shown < 0 else [[shown, 8, 5, side, side]]
    flaw = Flaw(
        shown, side * side, side, caught if "seg" in tasks else None,
        *(2 * [caught if "det" in tasks else None]),
    )  # fmt: skip
    votes = {"cls": scores, "seg": scores, "det": np.array([sure, *[0.0] * (len(classes) - 1)])}
    image = Evidence(
        name=f"{prefix}{number:02}.png",
        group=str(number),
        labels=masks.any(axis=(0, 1)),
        stopped=caught or alarm,
        scores=scores.astype(float) if "cls" in tasks else None,
        votes={task: np.asarray(votes[task], float) for task in tasks},
        pixels=np.stack([m.sum(axis=(0, 1)) for m in (masks & found, masks, found)])
        if "seg" in tasks
        else None,
        boxes=np.array([[0, sure, *box]]) if "det" in tasks else None,
        truth=np.array(truth, float).reshape(-1, 5),
        flaws=(flaw,) if shown >= 0 else (),
    )
    inspection = Inspection(
        *SIZE,
        tuple(classes),
        scores if "cls" in tasks else None,
        found if "seg" in tasks else None,
        boxes if "det" in tasks else None,
        caught or alarm,
    )
    pixels = np.repeat(rng.integers(90, 130, (*SIZE, 1), np.uint8), 3, axis=2)
    return image, pixels, masks, inspection


@pytest.fixture
def comparison():
    """A comparison as in comparison.json: b escapes less, c cannot be told from a|1."""
    escapes, dice, lacking = "screening.escape_rate", "segmentation.dice", "no class has truth"

    def run(name, escape, dice_score):
        return {
            **MODEL,
            "name": name,
            "sha256": name[0] * 64,
            "tasks": ["cls", "seg"],
            "threshold_rule": f"defective as {name} says",
            "figures": {escapes: escape, dice: dice_score},
            "ci95": {escapes: [escape - 0.05, escape + 0.05]},
        }

    def change(name, difference, spread, better, mcnemar):
        escape = {
            "difference": difference,
            "ci95": [difference - spread, difference + spread],
            "told_apart": better is not None,
            "better": better,
            "mcnemar": mcnemar,
        }
        absent = {
            **{"difference": None, "ci95": None, "told_apart": False, "better": None},
            "reasons": {"difference": lacking, "ci95": lacking},
        }
        return {"run": name, "against": "a|1", "figures": {escapes: escape, dice: absent}}

    mcnemar = {"only_first": 18, "only_other": 2, "p_value": 0.0004}
    return {
        "schema": "auxnet/comparison/1",
        "tool_version": "0.1.0",
        "dataset": {**DATA, "groups_lost": False},
        "split": "test",
        **{"cost_escape": 1.0, "cost_false_alarm": 1.0},
        **{"images": 1200, "groups": 300, "replicates": 1000, "seed": 0},
        "runs": [run("a|1", 0.3, 0.7), run("b", 0.1, None), run("c", 0.25, 0.7)],
        "differences": [
            change("b", -0.2, 0.05, True, mcnemar),
            change("c", -0.05, 0.1, None, None),
        ],
        "unreadable": [],
    }
