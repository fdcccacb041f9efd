from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.inspection import Inspection
from auxnet_cli.training.logging.gallery import Gallery, choose


def record(name, *labels, path=None):
    defects = tuple(Annotation(label, (8, 4, 10, 6), None) for label in labels)
    return Record(0, name, path or Path(name), 24, 40, defects)


def test_every_class_comes_in_the_rarest_first_and_good_ones_after():
    records = [record("good 1"), *(record(f"pit {n}", 0) for n in range(5)), record("both", 0, 1)]
    records += [record("dent", 2), record("dent 2", 2), record("good 2"), record("good 3")]
    # Fray is on one image, dents on two, and pits have come with the fray.
    assert [chosen.name for chosen in choose(records)] == [
        "both", "dent", "pit 0", "pit 1", "good 1", "good 2",
    ]  # fmt: skip
    assert choose(records) == choose(records)
    assert choose([]) == []


class Inspector:
    """Finds nothing."""

    class card:  # noqa: N801 - an attribute
        bits = 16
        classes = ("pit", "fray")

    def inspect_batch(self, images):
        return [
            Inspection(*image.shape[:2], self.card.classes, np.zeros(2), None, (), False)
            for image in images
        ]


def test_truth_stands_beside_the_prediction(tmp_path):
    cv2 = pytest.importorskip("cv2")
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((24, 40, 3), 90, np.uint8))
    records = [record("a.png", 1, path=path), record("gone.png", 0, path=tmp_path / "gone.png")]
    pictures = Gallery(Inspector(), records)()
    assert list(pictures) == ["a.png"]
    bare = Gallery(Inspector(), [record("a.png", path=path)])()["a.png"]
    # They differ by the truth alone: the box, filled, as there is no mask.
    assert pictures["a.png"].shape == bare.shape
    rows, columns = np.nonzero((pictures["a.png"] != bare).any(axis=2))
    scale = 16  # 640 pixels for 40
    assert np.ptp(columns) == pytest.approx(10 * scale, abs=scale)
    assert np.ptp(rows) == pytest.approx(6 * scale, abs=scale)
