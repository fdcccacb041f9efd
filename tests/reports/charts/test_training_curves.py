import cv2
import numpy as np
import pytest

from auxnet_cli.reports.charts import training_curves as curves
from auxnet_cli.reports.charts.training_curves import save_curves


def _history(epochs):
    return [
        {
            "epoch": epoch,
            "loss": 3 / epoch,
            "classification": 1 / epoch,
            "segmentation": 1 / epoch,
            "detection": 1 / epoch,
            "learning_rate": 0.001 * epoch,
            "val_dice": None if epoch % 2 else 1 - 1 / epoch,
            "val_map50": None,
            "images_per_s": 30.0,
        }
        for epoch in range(1, epochs + 1)
    ]


@pytest.fixture
def drawn(monkeypatch):
    """Title of each panel → label of each of its lines → points."""
    panels = {}
    draw = curves._draw

    def spy(axis, history, names):
        draw(axis, history, names)
        panels[names[0] if names else ""] = {
            line.get_label(): line.get_xydata().tolist() for line in axis.get_lines()
        }

    monkeypatch.setattr(curves, "_draw", spy)
    return panels


def test_each_line_stands_in_its_panel(tmp_path, drawn):
    save_curves(_history(4), tmp_path / "curves.png")
    assert list(drawn["loss"]) == ["loss", "classification", "segmentation", "detection"]
    # Epochs that were not validated have no point, and a figure that never was has no line.
    assert drawn["val_dice"] == {"dice": [[2, 0.5], [4, 0.75]]}
    assert [y for _, y in drawn["learning_rate"]["learning rate"]] == pytest.approx(
        [0.001, 0.002, 0.003, 0.004]
    )


def test_a_validation_loss_stands_beside_the_loss(tmp_path, drawn):
    save_curves([{"epoch": 1, "loss": 2.0, "val_loss": 3.0}], tmp_path / "curves.png")
    assert drawn["loss"] == {"loss": [[1, 2]], "loss, validation": [[1, 3]]}


@pytest.mark.parametrize(("lowest", "bottom"), [(0.5, 0), (-2.0, -2)])
def test_a_loss_below_0_is_seen(tmp_path, monkeypatch, lowest, bottom):
    limits = []
    monkeypatch.setattr(
        "matplotlib.figure.Figure.savefig",
        lambda figure, *_, **__: limits.append(figure.axes[0].get_ylim()[0]),
    )
    save_curves([{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": lowest}], tmp_path / "curves.png")
    assert limits == [bottom]


@pytest.mark.parametrize("epochs", [0, 1, 30])
def test_the_picture_is_written_whole(tmp_path, epochs):
    save_curves(_history(epochs), tmp_path / "curves.png")
    picture = cv2.imdecode(np.fromfile(tmp_path / "curves.png", np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[1] > 1000
    assert picture.std() > 5
    assert [path.name for path in tmp_path.iterdir()] == ["curves.png"]
