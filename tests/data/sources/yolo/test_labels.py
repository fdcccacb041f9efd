import numpy as np
import pytest

from auxnet_cli.data.sources.yolo import labels as yolo_labels
from auxnet_cli.data.sources.yolo.labels import read_lines

NAMES = {0: "pit", 3: "crack"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.txt"


def lines(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_lines(path, NAMES)


def test_boxes_and_polygons(path):
    box, polygon = lines(path, "\ufeff0 0.5 .5 2e-1 0.4\r\n\r\n 3 0 0 1 0 1 1 \n")
    assert (box.line, box.name, box.is_box, box.clipped) == (1, "pit", True, 0)
    np.testing.assert_allclose(box.points, [[0.4, 0.3], [0.6, 0.7]])
    assert (polygon.line, polygon.name, polygon.is_box) == (3, "crack", False)
    assert polygon.points.tolist() == [[0, 0], [1, 0], [1, 1]]


def test_empty(path):
    assert lines(path, "") == lines(path, " \n\r\n") == []


def test_a_small_overshoot_is_cut(path):
    (label,) = lines(path, "0 -0.01 0 1.004 0 1 1")
    assert label.points.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert label.clipped == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("0 .5 .5 .1 .1\n1 .5 .5 .1 .1", "line 2: class '1' is none of 0 to 3"),
        ("-1 .5 .5 .1 .1", "line 1: class '-1'"),
        ("0.0 .5 .5 .1 .1", "line 1: class '0.0'"),
        (f"{'9' * 5000} .5 .5 .1 .1", "line 1: class '999"),
        ("0", "line 1: 0 numbers behind the class"),
        ("0 .5 .5 .1", "line 1: 3 numbers"),
        ("0 .5 .5 .1 .1 .9", "line 1: 5 numbers"),
        ("0 0 0 1 0 1 1 .5", "line 1: 7 numbers"),
        ("0 nan .5 .1 .1", "line 1: 'nan' is no finite number"),
        ("0 1e999 .5 .1 .1", "line 1: '1e999' is no finite number"),
        ("0 a .5 .1 .1", "line 1: 'a' is no finite number"),
        ("0 50 60 10 10", "line 1: 60 lies outside 0-1"),
        ("0 .5 .5 -.1 .1", "line 1: -0.1 lies outside 0-1"),
        (b"\xff\xfe", "no UTF-8 text"),
    ],
)
def test_wrong_lines(path, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        lines(path, content)
    assert len(str(caught.value)) < 150


def test_too_large_and_missing(path, monkeypatch):
    monkeypatch.setattr(yolo_labels, "MAX_BYTES", 2**20)
    with pytest.raises(ValueError, match="larger than 1 MiB"):
        lines(path, b" " * (2**20 + 1))
    with pytest.raises(ValueError, match="20001 lines, more than the 20000"):
        lines(path, "\n" * 20001)
    path.unlink()
    with pytest.raises(ValueError, match="cannot be read"):
        read_lines(path, NAMES)
