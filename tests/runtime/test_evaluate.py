import json
from dataclasses import dataclass, field
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import yaml

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.rle import components
from auxnet_cli.errors import InputError
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.runtime.evaluate import evaluate, report_folder, score_split
from auxnet_cli.runtime.inspector import Inspector

CLASSES = ("pit", "crack")


@dataclass
class Oracle:
    """Knows pits by their red: a stand-in for a trained model, which it answers like."""

    tasks: tuple[str, ...] = ("cls", "seg", "det")
    classes: tuple[str, ...] = CLASSES
    threshold_rule: str = "any class at 0.5"
    bits: int = 16
    batches: list[int] = field(default_factory=list)

    @property
    def card(self):
        return SimpleNamespace(
            sha256="ab" * 32,
            tasks=self.tasks,
            classes=self.classes,
            parameters=12,
            initial_weights="none: learned from scratch, as asked",
            decision=SimpleNamespace(class_score=0.5),
            bits=self.bits,
        )

    def inspect(self, images):
        self.batches.append(len(images))
        return [self._inspect(image) for image in images]

    def _inspect(self, image):
        masks = np.zeros((*image.shape[:2], 2), bool)
        masks[..., 0] = image[..., 0] > 127
        found = components(masks[..., 0])
        return Inspection(
            *image.shape[:2],
            CLASSES,
            np.array([0.9 if found else 0.1, 0.2], np.float32) if "cls" in self.tasks else None,
            masks if "seg" in self.tasks else None,
            tuple(Box(0, 0.9, *map(float, one.box)) for one in found),
            bool(found),
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
    monkeypatch.setattr(Inspector, "open", lambda run: oracle)
    return oracle


def test_the_report_has_the_contracts_keys_and_lies_in_the_run(workspace):
    report = evaluate()
    folder = report_folder(None, "test", None)
    assert folder.parts == ("runs", "first", "evaluation", "test")
    assert json.loads((folder / "report.json").read_text()) == report
    assert (folder / "report.md").read_text().startswith("# Evaluation on made, split test\n")
    assert list(report) == [
        "schema",
        "tool_version",
        "model",
        "dataset",
        "split",
        "images",
        "defective",
        "good",
        "classification",
        "segmentation",
        "detection",
        "screening",
        "unreadable",
    ]
    assert report["schema"] == "auxnet/report/1"
    assert report["model"] == {
        "sha256": "ab" * 32,
        "tasks": ["cls", "seg", "det"],
        "parameters": 12,
        "initial_weights": "none: learned from scratch, as asked",
    }
    assert report["dataset"] == {"name": "made", "fingerprint": "cd" * 32}
    assert (report["images"], report["defective"], report["good"]) == (5, 3, 2)


def test_a_model_that_is_always_right_scores_one(workspace):
    report = evaluate()
    assert report["classification"]["accuracy"] == 1
    assert report["segmentation"]["iou"] == 1
    assert report["detection"]["map"] == pytest.approx(1)
    assert report["screening"]["escape_rate"] == report["screening"]["false_alarm_rate"] == 0


def test_out_takes_the_report_elsewhere(workspace, tmp_path):
    evaluate(out=tmp_path / "elsewhere")
    written = sorted(path.name for path in (tmp_path / "elsewhere").iterdir())
    assert written == ["report.json", "report.md"]
    assert not (tmp_path / "runs" / "first" / "evaluation").exists()


def test_a_task_that_the_model_lacks_is_null_with_a_reason(workspace):
    workspace.tasks = ("det",)
    report = evaluate()
    assert report["classification"] is report["segmentation"] is None
    assert report["reasons"]["segmentation"] == "the model was trained without seg"


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
    assert report["unreadable"] == ["1.png", "3.png", "4.png"]
    assert (report["images"], report["defective"], report["good"]) == (2, 2, 0)
    said = capsys.readouterr().err
    assert "1.png is empty" in said
    assert "30 x 20 pixels, but was 30 x 23 when the data set was prepared" in said


def test_no_readable_image_at_all_is_an_error(workspace, dataset):
    for path in (dataset.root / "images").iterdir():
        path.write_bytes(b"no image")
    with pytest.raises(InputError, match="None of the 5 images can be read"):
        evaluate()


def test_scoring_for_training_writes_nothing_and_keeps_to_the_batch(dataset):
    oracle = Oracle()
    scores = score_split(oracle, dataset.split("test"), CLASSES, batch=2)
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
