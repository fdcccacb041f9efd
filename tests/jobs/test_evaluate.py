import json
from dataclasses import dataclass, field, replace
from io import StringIO
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import yaml
from rich.console import Console

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.labels.instances import components
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.evaluate_split import score_split
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.evaluate import evaluate, report_folder
from auxnet_cli.reports.evaluation.page import report_files
from auxnet_cli.reports.evaluation.text import report_tables
from auxnet_cli.settings import AnchorSettings, DecisionSettings

CLASSES = ("pit", "crack")


@dataclass
class Oracle:
    """Knows pits by their red: a stand-in for a trained model, which it answers like."""

    tasks: tuple[str, ...] = ("cls", "seg", "det")
    classes: tuple[str, ...] = CLASSES
    bits: int = 16
    workers: int = 0
    batches: list[int] = field(default_factory=list)

    @property
    def engine(self):
        return SimpleNamespace(name="oracle", precision="fp32")

    @property
    def card(self):
        return ModelCard(
            tool_version="0",
            name="oracle",
            classes=self.classes,
            label_kind="multi-label",
            tasks=self.tasks,
            size=(32, 32),
            bits=self.bits,
            anchors=AnchorSettings(),
            decision=DecisionSettings(),
            parameters=12,
            initial_weights="none: learned from scratch, as asked",
            dataset={"name": "made", "fingerprint": "cd" * 32},
            sha256="ab" * 32,
        )

    def inspect_batch(self, images):
        self.batches.append(len(images))
        return [self._inspect(image) for image in images]

    def _inspect(self, image):
        masks = np.zeros((*image.shape[:2], 2), bool)
        masks[..., 0] = image[..., 0] > 127
        found = components(masks[..., 0])
        scores = np.array([0.9 if found else 0.1, 0.2], np.float32)
        return Inspection(
            *image.shape[:2],
            CLASSES,
            scores if "cls" in self.tasks else None,
            masks if "seg" in self.tasks else None,
            tuple(Box(0, 0.9, *map(float, one.box)) for one in found),
            bool(found),
            votes=dict.fromkeys(self.tasks, scores),
        )


@pytest.fixture
def dataset(tmp_path):
    """Five images of differing sizes in the test split, three with a pit; `val` is empty."""
    root = tmp_path / "data" / "made"
    images, annotations = [], []
    for index in range(5):
        height, width = 20 + index, 30
        pixels = np.zeros((height, width, 3), np.uint8)
        if index < 3:
            pixels[4:9, 6 : 10 + index, 2] = 255  # red, in OpenCV's order
            for one in components(pixels[..., 2] > 0):
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": index + 1,
                        "category_id": 1,
                        "bbox": list(one.box),
                        "area": one.area,
                        "segmentation": one.rle,
                        "iscrowd": 0,
                    }
                )
        path = root / "images" / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        images.append({"id": index + 1, "file_name": path.name, "height": height, "width": width})
    categories = [{"id": label + 1, "name": name} for label, name in enumerate(CLASSES)]
    (root / "annotations").mkdir()
    for split, some in (("test", images), ("val", [])):
        document = {
            "images": some,
            "annotations": annotations if some else [],
            "categories": categories,
        }
        (root / "annotations" / f"{split}.json").write_text(json.dumps(document))
    facts = {
        "name": "made",
        "kind": "masks",
        "classes": list(CLASSES),
        "label_kind": "multi-label",
        "fingerprint": "cd" * 32,
    }
    (root / "dataset.yaml").write_text(yaml.safe_dump(facts))
    return Dataset.open(root)


@pytest.fixture
def workspace(tmp_path, dataset, monkeypatch):
    """A workspace with a data set and a latest run whose model is the oracle."""
    run = tmp_path / "runs" / "first"
    run.mkdir(parents=True)
    for name in ("model.keras", "model.json"):
        (run / name).touch()
    (run.parent / "latest").write_text("first\n")
    monkeypatch.chdir(tmp_path)
    oracle = Oracle()
    monkeypatch.setattr(Inspector, "open", lambda run, engine, **_: oracle)
    monkeypatch.setattr("auxnet_cli.jobs.evaluate.report_files", lambda *_: {})
    return oracle


@pytest.fixture
def page(workspace, monkeypatch):
    """The workspace, where the page is drawn too, which takes a second."""
    monkeypatch.setattr("auxnet_cli.jobs.evaluate.report_files", report_files)
    return workspace


def test_the_report_has_the_contracts_keys_and_lies_in_the_run(workspace):
    report = evaluate()
    folder = report_folder(None, "test", None)
    assert folder.parts == ("runs", "first", "evaluation", "test")
    assert json.loads((folder / "report.json").read_text()) == report.document()
    assert (folder / "report.md").read_text().startswith("# Evaluation on made, split test\n")
    assert list(report.document()) == [
        *("schema", "tool_version", "model", "dataset", "label_kind", "split"),
        *("images", "defective", "good"),
        *("classification", "segmentation", "detection", "screening"),
        *("never_found", "intervals", "detectability", "agreement", "reliability", "unreadable"),
    ]
    assert report.model.document() == {
        "sha256": "ab" * 32,
        "tasks": ["cls", "seg", "det"],
        "parameters": 12,
        "initial_weights": "none: learned from scratch, as asked",
        "dataset": {"name": "made", "fingerprint": "cd" * 32},
        "engine": "oracle",
        "precision": "fp32",
    }
    identity = {"name": "made", "fingerprint": "cd" * 32, "groups_lost": False}
    assert report.dataset.document() == identity
    assert (report.images, report.defective, report.good) == (5, 3, 2)


def test_a_model_that_is_always_right_scores_one(workspace):
    report = evaluate()
    assert report.classification.accuracy == 1
    assert report.segmentation.iou == 1
    assert report.detection.map == pytest.approx(1)
    assert report.screening.escape_rate == report.screening.false_alarm_rate == 0
    # Three defective images, none of which escaped: by Clopper and Pearson up to 1 - 0.025^(1/3).
    assert report.screening.ci95.escape_rate == pytest.approx((0, 1 - 0.025 ** (1 / 3)))
    assert report.segmentation.ci95.iou is None
    assert "replicate" in report.segmentation.ci95.reasons["iou"]


def test_out_takes_the_report_elsewhere_where_the_users_own_files_stay(page, tmp_path):
    figures = tmp_path / "mine" / "figures"
    figures.mkdir(parents=True)
    for name in ("paper.svg", "pod-cls-area.svg"):  # the user's own, and a stale drawing of ours
        (figures / name).write_text("x")
    evaluate(out=tmp_path / "mine")
    written = sorted(path.name for path in (tmp_path / "mine").iterdir())
    assert written == ["figures", "images.jsonl", "report.html", "report.json", "report.md"]
    drawn = {path.name for path in figures.iterdir()}
    assert {"paper.svg", "roc.svg"} < drawn
    assert "pod-cls-area.svg" not in drawn
    assert not (tmp_path / "runs" / "first" / "evaluation").exists()


def test_nothing_is_written_before_all_is_drawn_and_the_figures_come_last(
    workspace, tmp_path, monkeypatch
):
    def broken(*_):
        raise OSError("no")

    monkeypatch.setattr("auxnet_cli.jobs.evaluate.report_files", broken)
    with pytest.raises(OSError, match="no"):
        evaluate(out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    seen = []
    monkeypatch.setattr("auxnet_cli.jobs.evaluate.report_files", lambda *_: {})
    monkeypatch.setattr("auxnet_cli.jobs.evaluate.write_files", lambda *a: seen.extend(a[1]))
    evaluate(out=tmp_path / "out")
    assert seen[-1] == "report.json"


@pytest.mark.parametrize("below", ["", "deep"])
def test_a_file_as_out_is_refused_before_the_work(workspace, tmp_path, below, monkeypatch):
    monkeypatch.setattr(Inspector, "open", lambda *_: pytest.fail("opened"))
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file is a file: name a folder with `out`"):
        evaluate(out=tmp_path / "file" / below)


def test_a_task_that_the_model_lacks_is_null_with_a_reason(page):
    page.tasks = ("det",)
    report = evaluate()
    assert report.classification is report.segmentation is None
    assert report.reasons["segmentation"] == "the model was trained without seg"
    assert report.reliability is None
    assert report.reasons["reliability"] == "the model was trained without cls"


def test_other_classes_are_refused_naming_both(workspace):
    workspace.classes = ("crack", "pit")
    with pytest.raises(InputError, match=r"first knows .*crack, pit, .*made has pit, crack"):
        evaluate()


def test_an_empty_split_is_refused(workspace):
    with pytest.raises(InputError, match=r"'val' of .*made holds no image"):
        evaluate(split="val")


def test_images_that_became_unreadable_are_passed_over_and_named(workspace, dataset, capsys):
    images = dataset.root / "images"
    (images / "1.png").write_bytes(b"")
    (images / "4.png").unlink()
    (images / "3.png").write_bytes((images / "0.png").read_bytes())  # of another size now
    report = evaluate()
    assert report.unreadable == ["1.png", "3.png", "4.png"]
    assert (report.images, report.defective, report.good) == (2, 2, 0)
    said = capsys.readouterr().err
    assert "1.png is empty" in said
    assert "30 x 20 pixels, but was 30 x 23 when the data set was prepared" in said


def test_no_readable_image_at_all_is_an_error(workspace, dataset):
    for path in (dataset.root / "images").iterdir():
        path.write_bytes(b"no image")
    with pytest.raises(InputError, match="None of the 5 images can be read"):
        evaluate()


def test_a_line_for_each_image(workspace):
    evaluate()
    text = (report_folder(None, "test", None) / "images.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["name"] for line in lines] == [f"{number}.png" for number in range(5)]
    assert [line["verdict"] for line in lines] == ["defective"] * 3 + ["good"] * 2
    assert lines[0] == {
        "name": "0.png",
        "group": "0.png",
        "labels": ["pit"],
        "verdict": "defective",
        "scores": {"pit": 0.9, "crack": 0.2},
        "votes": {head: {"pit": 0.9, "crack": 0.2} for head in ("cls", "seg", "det")},
        "pixels": {
            "pit": {"common": 20, "truth": 20, "answer": 20},
            "crack": {"common": 0, "truth": 0, "answer": 0},
        },
        "defects": 1,
        "boxes": 1,
    }


def blind(inspection):
    """The inspection as a model gives it that finds nothing."""
    return replace(
        inspection,
        scores=inspection.scores * 0,
        masks=inspection.masks & False,
        boxes=(),
        defective=False,
        votes={head: vote * 0 for head, vote in inspection.votes.items()},
    )


def test_a_class_that_is_never_found_is_told_first(workspace, monkeypatch):
    monkeypatch.setattr(
        workspace, "_inspect", lambda image: blind(Oracle._inspect(workspace, image))
    )
    report = evaluate(cost_escape=10, cost_false_alarm=2)
    (pit,) = report.never_found
    assert (pit.name, pit.heads) == ("pit", {"cls": 3, "seg": 3, "det": 3})
    assert report.segmentation.dice_kaggle == pytest.approx(0.7)
    assert report.screening.cost == pytest.approx(10 * 3 / 5)
    folder = report_folder(None, "test", None)
    start = "\n".join((folder / "report.md").read_text().splitlines()[:8])
    assert "pit is never found" in start
    screen = Console(width=80, record=True, file=StringIO())
    screen.print(report_tables(report.document()))
    assert "pit is never found" in "\n".join(screen.export_text().splitlines()[:8])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cost_escape": -1}, "`cost_escape` is -1, but a cost is 0 or more"),
        ({"cost_false_alarm": float("nan")}, "`cost_false_alarm` is nan"),
        ({"mm_per_pixel": 0}, "`mm_per_pixel` is 0, but a pixel is larger than 0 mm"),
    ],
)
def test_numbers_out_of_range_are_refused(workspace, given, said):
    with pytest.raises(InputError, match=said):
        evaluate(**given)


def test_scoring_for_training_writes_nothing_and_keeps_to_the_batch(dataset, monkeypatch):
    monkeypatch.setattr("auxnet_cli.inference.evaluate_split.BATCH", 2)
    oracle = Oracle()
    scores = score_split(oracle, dataset.split("test"), CLASSES)
    assert oracle.batches == [2, 2, 1]
    assert scores["images"] == 5
    assert score_split(oracle, [], CLASSES)["images"] == 0


def test_samples_are_scaled_as_the_model_learned_them(dataset):
    for record in dataset.split("test"):
        deep = cv2.imread(str(record.path)).astype(np.uint16) * 16  # 12 bits in 16
        record.path.write_bytes(cv2.imencode(".png", deep)[1].tobytes())
    escaped = {
        bits: score_split(Oracle(bits=bits), dataset.split("test"), CLASSES)["screening"][
            "escape_rate"
        ]
        for bits in (12, 16)
    }
    assert escaped == {12: 0, 16: 1}


def test_an_acceptance_set(workspace, dataset):
    """A whole source, prepared as test split: as good as a split of a set to learn from."""
    from auxnet_cli.jobs.prepare import prepare

    prepare("coco", dataset.root, test=1, out="acceptance")
    report = evaluate(data="acceptance")
    assert (report.images, report.defective, report.split) == (5, 3, "test")
    with pytest.raises(InputError, match="split 'train' of acceptance holds no image"):
        evaluate(data="acceptance", split="train")
