import numpy as np
import pytest

from auxnet_cli.documents.report import Report
from auxnet_cli.documents.section import Missing, Section
from auxnet_cli.scoring.metrics.metric import Metric
from auxnet_cli.scoring.registry import METRICS
from auxnet_cli.scoring.scores import exact_headlines, full_score, headlines, score

TASKS = ("cls", "seg", "det")
IDENTITY = {
    "schema": "auxnet/report/1",
    "tool_version": "0",
    "model": {
        "sha256": "", "tasks": [], "parameters": 1, "initial_weights": "", "dataset": {},
        "engine": "keras", "precision": "fp32",
    },
    "dataset": {"name": "made", "fingerprint": "", "groups_lost": False},
    "label_kind": "exclusive",
    "split": "test",
    "unreadable": [],
}  # fmt: skip


def report_of(split, replicates=100):
    return Report(**IDENTITY, **full_score(split, replicates))


@pytest.fixture
def images(witness, blank):
    """The evidence of twelve images in ten groups: pits found, cracks never, two false alarms."""
    pit, crack = blank((0, 0, 0, 2, 2)), blank((1, 4, 4, 2, 2))
    shift = blank((0, 0, 1, 2, 2))
    taken = []
    for number in range(12):
        kind = number % 4
        true = (pit, crack, blank(), pit)[kind]
        found = (pit, blank(), blank(), shift)[kind] if number != 10 else shift
        stopped = bool(found.any())
        taken.append(
            witness(
                true,
                f"{number}.png",
                "0.png" if number in (4, 8) else "",
                masks=found,
                scores=[0.9 - 0.01 * number if stopped else 0.01 * number, 0.02 * number],
                boxes=[(0, 0.8 - 0.01 * number, 0, 0, 2, 2)] if stopped else [],
                defective=stopped,
            )
        )
    return taken


def test_the_monitored_figures_worked_by_hand(images, split_of):
    scores = score(split_of(images, by_size=False))
    assert (scores.images, scores.defective, scores.good) == (12, 9, 3)
    # Pits: 6 called and right, one call on a good image; cracks: none called.
    assert scores.classification.f1 == pytest.approx((12 / 13 + 0) / 2)
    # Pits: 3 images of 4 px right, 3 of 2 of 4, 4 px on a good one; 18 in common.
    assert scores.segmentation.dice == pytest.approx((2 * 18 / (24 + 28) + 0) / 2)
    # All 6 boxes of pits fit, the false one comes before the last of them: up to a recall of 5/6,
    # 84 of COCO's 101 points, the precision is 1, then 6/7.
    assert scores.detection.map50 == pytest.approx(((84 + 17 * 6 / 7) / 101 + 0) / 2)
    assert scores.screening.escape_rate == pytest.approx(3 / 9)
    assert scores.screening.false_alarm_rate == pytest.approx(1 / 3)
    document = scores.document()
    assert list(document) == [
        *("images", "defective", "good", "classification", "segmentation", "detection"),
        "screening",
    ]
    assert "ci95" not in document["segmentation"]
    assert "map_small" not in document["detection"]


def test_a_full_score_is_the_same_figures_with_intervals(images, split_of):
    split = split_of(images)
    report = report_of(split, 200)
    assert _within(score(split).document(), report.document())
    for section in (report.classification, report.segmentation, report.detection, report.screening):
        for figure in section.ci95.entries():
            bounds = section.ci95[figure]
            assert (
                bounds is None or figure == "reasons" or (bounds[0] <= section[figure] <= bounds[1])
            )
    assert report.screening.ci95.escape_rate == report.screening.ci95["escape_rate"]
    assert set(report.detection.ci95.entries()) >= {"map", "map_small", "recall_100"}
    assert report.segmentation.per_class["pit"].ci95.detected_rate[1] == 1
    assert report.classification.confusion.per_class["pit"] == [[5, 1], [0, 6]]
    assert report.intervals.groups == 10
    assert "200 replicates of 10 groups" in report.intervals.method
    # Good means hide a class that is never found.
    (crack,) = report.never_found
    assert (crack.name, crack.heads) == ("crack", {"cls": 3, "seg": 3, "det": 3})
    assert report.segmentation.dice_kaggle > 0.7


def _within(part, whole):
    if isinstance(part, dict):
        return all(key == "reasons" or _within(part[key], whole[key]) for key in part)
    return part == whole


def test_the_document_is_declared_and_can_be_read_back(images, split_of):
    report = report_of(split_of(images))
    document = report.document()
    assert Report.model_validate(document) == report
    assert Report.model_validate(document).document() == document
    assert list(_undeclared(report)) == []


def _undeclared(entry, where="report"):
    """Entries that no class declares, but for the names of figures beside intervals."""
    if isinstance(entry, Section):
        if not where.endswith(".ci95"):
            yield from (f"{where}.{name}" for name in entry.model_extra)
        entry = entry.entries()
    for name, part in entry.items() if isinstance(entry, dict) else ():
        yield from _undeclared(part, f"{where}.{name}")


def test_exclusive_classes_costs_and_the_callers_threshold(images, split_of):
    report = report_of(split_of(images, exclusive=True, cost_escape=5, cost_false_alarm=2))
    assert report.classification.confusion.counts == [[2, 1, 0], [0, 6, 0], [3, 0, 0]]
    assert report.screening.cost == pytest.approx((5 * 3 + 2 * 1) / 12)
    low, high = report.screening.ci95.cost
    assert low < report.screening.cost < high
    scores = score(split_of(images, ("cls",), class_score=0.95))
    assert scores.classification.per_class["pit"].recall == 0


def test_a_task_that_the_model_lacks_has_no_section(images, split_of):
    report = report_of(split_of(images, ("seg",)))
    assert report.classification is report.detection is report.reliability is None
    assert report.reasons == {
        "classification": "the model was trained without cls",
        "detection": "the model was trained without det",
        "reliability": "the model was trained without cls",
    }
    assert list(report.document())[-2:] == ["reasons", "unreadable"]


def test_headlines_for_a_comparison(images, split_of):
    split = split_of(images)
    figures = headlines(split)
    values = figures(None)
    assert values["segmentation.dice"] == score(split).segmentation.dice
    sections = dict.fromkeys(name.split(".")[0] for name in values)
    assert list(sections) == ["screening", "classification", "segmentation", "detection"]
    assert figures(np.array([1] * 11 + [0])) == headlines(split_of(images[:11]))(None)
    assert "detection.map" not in headlines(split_of(images, ("cls",)))(None)
    assert set(exact_headlines(split)) == {"screening.false_alarm_rate"}


def test_no_image_at_all(split_of):
    report = report_of(split_of([]))
    assert report.images == 0
    assert report.never_found == []


def test_a_registered_metric_is_in_the_report_and_in_comparisons(images, split_of, monkeypatch):
    class Brightness(Metric):
        headlines = ("bright_rate", "darkest")
        per_class = ("bright_rate",)

        def weighted_section(self, weights):
            rate = float(weights[:6].sum() / weights.sum())
            of_class = {"bright_rate": Missing("it is dark")}
            return {"bright_rate": rate, "darkest": 0.25, "per_class": {"pit": of_class}}

    monkeypatch.setitem(METRICS, "brightness", Brightness)
    report = report_of(split_of(images))
    assert report.brightness.bright_rate == 0.5
    low, high = report.brightness.ci95.bright_rate
    assert low < 0.5 < high
    document = report.document()["brightness"]
    assert list(document) == ["bright_rate", "darkest", "per_class", "ci95"]
    assert "no counter-example" in document["ci95"]["reasons"]["darkest"]
    assert document["per_class"]["pit"]["reasons"] == {"bright_rate": "it is dark"}
    assert headlines(split_of(images))(None)["brightness.bright_rate"] == 0.5
