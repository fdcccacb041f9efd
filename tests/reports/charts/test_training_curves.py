import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

from auxnet_cli.reports.charts.training_curves import save_curves, save_range_chart


def history(epochs):
    return [
        {
            "epoch": epoch,
            "loss": 3 / epoch,
            "classification": 1 / epoch,
            "learning_rate": 0.001 * epoch,
            "val_dice": None if epoch % 2 else 1 - 1 / epoch,
            "val_map50": None,
            "images_per_s": 30.0,
        }
        for epoch in range(1, epochs + 1)
    ]


@pytest.fixture
def axes(monkeypatch):
    """The panels of each figure that is saved, which takes no time here."""
    saved = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: saved.extend(figure.axes))
    return saved


def lines(axis):
    return {line.get_label(): line.get_xydata().tolist() for line in axis.get_lines()}


def test_each_line_stands_in_its_panel(tmp_path, axes):
    save_curves(history(4), tmp_path / "curves.png")
    losses, scores, rates = map(lines, axes)
    assert list(losses) == ["loss", "classification"]
    # Epochs without validation have no point; a score without any point has no line.
    assert scores == {"dice": [[2, 0.5], [4, 0.75]]}
    assert [y for _, y in rates["learning rate"]] == pytest.approx([0.001, 0.002, 0.003, 0.004])


def test_a_validation_loss_stands_beside_the_loss(tmp_path, axes):
    save_curves([{"epoch": 1, "loss": 2.0, "val_loss": 3.0}], tmp_path / "curves.png")
    assert lines(axes[0]) == {"loss": [[1, 2]], "loss, validation": [[1, 3]]}


@pytest.mark.parametrize(("lowest", "bottom"), [(0.5, 0), (-2.0, -2)])
def test_a_loss_below_0_is_seen(tmp_path, axes, lowest, bottom):
    save_curves([{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": lowest}], tmp_path / "curves.png")
    assert axes[0].get_ylim()[0] == bottom


@pytest.mark.parametrize("epochs", [0, 1, 30])
def test_the_picture_is_written_whole(tmp_path, epochs):
    save_curves(history(epochs), tmp_path / "curves.png")
    picture = cv2.imdecode(np.fromfile(tmp_path / "curves.png", np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[1] > 1000
    assert picture.std() > 5
    assert [path.name for path in tmp_path.iterdir()] == ["curves.png"]


@pytest.mark.parametrize("burst", [1.0, 1e12])
def test_a_range_test_shows_the_curve_and_the_peak(tmp_path, burst):
    rates = np.geomspace(1e-6, 1, 50)
    losses = 1 + (np.log10(rates) + 2) ** 2
    losses[-1] *= burst
    path = tmp_path / "range_test.png"
    save_range_chart(list(rates), list(losses), 1e-3, path)
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR).astype(int)
    blue = (pixels[..., 0] - pixels[..., 2] > 80).any(axis=0)
    red = (pixels[..., 2] - pixels[..., 0] > 80).any(axis=0)
    # The curve runs over most of the width, however high the last loss is; the peak is one line.
    assert blue.mean() > 0.6
    assert 0 < red.mean() < 0.2
