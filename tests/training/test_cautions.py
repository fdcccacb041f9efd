from pathlib import Path

import pytest

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.cautions import cautions

MASK = {"size": [100, 100], "counts": "x"}
BOXES = [(0, 0, 60, 10), (5, 5, 10, 70), (3, 3, 4, 4)]


def records(rle):
    shapes = tuple(Annotation(0, box, rle) for box in BOXES)
    return [Record(1, "a", Path("a"), 100, 100, shapes), Record(2, "b", Path("b"), 100, 100, ())]


def warnings(rle, *overrides):
    return cautions(records(rle), load_settings("swift", overrides=overrides))


def test_nothing_to_say():
    assert warnings(MASK) == []
    assert warnings(None, "tasks=[cls,det]") == []


@pytest.mark.parametrize(
    ("tasks", "advice"),
    [("[cls,seg,det]", "leave it out with --tasks cls,det"), ("[seg]", "add masks")],
)
def test_boxes_alone_teach_no_masks(tasks, advice):
    (text,) = warnings(None, f"tasks={tasks}")
    assert "None of the 3 defects to learn from has a mask" in text
    assert advice in text


def test_defects_larger_than_a_tile():
    (text,) = warnings(MASK, "tile.size=[64,64]")
    assert "1 of 3 defects to learn from are larger than a tile" in text
    assert warnings(MASK, "tile.size=[80,64]") == []


def test_a_weight_of_pixels_without_a_loss_of_pixels():
    (text,) = warnings(MASK, "loss.segmentation=dice", "loss.positive_weight=3")
    assert text.startswith("loss.positive_weight=3 has no effect")
    assert text.endswith("take dice+bce.")
    assert warnings(MASK, "loss.segmentation=dice+bce", "loss.positive_weight=3") == []
    assert (
        warnings(MASK, "loss.positive_weight=3", "loss.segmentation=jaccard", "tasks=[det]") == []
    )
