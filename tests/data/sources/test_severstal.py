import csv

import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.severstal import read
from auxnet_cli.data.sources.source import Request
from auxnet_cli.errors import InputError
from tests.data.source_builders import findings

NEW = "ImageId,ClassId,EncodedPixels\n"
OLD = "ImageId_ClassId,EncodedPixels\n"


@pytest.fixture
def source(tmp_path):
    """A source of three images; the CSV's text is given to it. Pixels are not read here."""

    def write(text):
        (tmp_path / "train_images").mkdir(exist_ok=True)
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            (tmp_path / "train_images" / name).touch()
        (tmp_path / "train_images" / "notes.txt").touch()
        (tmp_path / "train.csv").write_bytes(text.encode())
        return Request(tmp_path)

    return write


def masks(opened, height=2, width=3):
    return {image.name: dict(image.labels(height, width)) for image in opened.images}


def test_new_style_where_no_row_means_good(source):
    audit = Audit()
    opened = read(source(NEW + "a.jpg,1,1 2\na.jpg,3,5 1\nb.jpg,4,\n"), audit)
    assert opened.classes == ("1", "2", "3", "4")
    assert (opened.label_kind, opened.keeps_unseen, opened.image_count) == ("multi-label", True, 3)
    labels = masks(opened)
    assert {name: list(classes) for name, classes in labels.items()} == {
        "a.jpg": ["1", "3"],
        "b.jpg": [],
        "c.jpg": [],
    }
    assert np.array_equal(labels["a.jpg"]["1"], [[1, 0, 0], [1, 0, 0]])
    assert np.array_equal(labels["a.jpg"]["3"], [[0, 0, 1], [0, 0, 0]])
    assert audit.findings == []


def test_old_style_where_no_row_means_unlabelled(source):
    audit = Audit()
    text = OLD + "a.jpg_1,1 2\na.jpg_2,\nb.jpg_1,\n\nx_y.jpg_4,1 1\nx_y.jpg_1,\n"
    labels = masks(read(source(text.replace("\n", "\r\n")), audit))
    assert {name: list(classes) for name, classes in labels.items()} == {
        "a.jpg": ["1"],
        "b.jpg": [],
    }
    assert findings(audit) == [
        ("row-without-image", "x_y.jpg"),
        ("image-without-row", "train_images/c.jpg"),
    ]
    assert "lines 6, 7 " in audit.findings[0].detail


def test_columns_may_be_in_any_order_with_others_and_a_byte_order_mark(source):
    text = "\ufeffEncodedPixels,extra,ClassId,ImageId\n1 1,?,2,a.jpg\n"
    assert list(masks(read(source(text), Audit()))["a.jpg"]) == ["2"]


def test_field_longer_than_the_csv_modules_limit(source):
    limit = csv.field_size_limit()
    runs = " ".join(f"{start} 1" for start in range(1, 60001, 2))
    opened = read(source(f"{NEW}a.jpg,1,{runs}\n"), Audit())
    assert masks(opened, 300, 200)["a.jpg"]["1"].sum() == 30000
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the columns must be"),
        ("ImageId,EncodedPixels\n", "line 1: the columns must be"),
        (NEW + "a.jpg,1,1 2 3\n", "line 2, EncodedPixels: 3 numbers"),
        (NEW + "a.jpg,1,1 1\na.jpg,2,0 3\n", "line 3, EncodedPixels: start 0 is below 1"),
        (NEW + "a.jpg,1,-1 3\n", "line 2, EncodedPixels: start -1 is below 1"),
        (NEW + "a.jpg,1,1 3 2 2\n", "line 2, EncodedPixels: the run '2 2' overlaps"),
        (NEW + "a.jpg,1,1 x\n", "line 2, EncodedPixels: 'x' is not a whole number"),
        (NEW + "a.jpg,5,1 1\n", "line 2, ClassId: class '5' is none of 1, 2, 3, 4"),
        (OLD + "a.jpg_0,1 1\n", "line 2, ImageId_ClassId: class '0' is none of"),
        (OLD + "a.jpg,1 1\n", "line 2, ImageId_ClassId: no image is named"),
        (NEW + ",1,1 1\n", "line 2, ImageId: no image is named"),
        (NEW + "a.jpg,1\n", "line 2, EncodedPixels: the row has only 2 fields"),
        (
            NEW + "a.jpg,1,1 1\na.jpg,1,3 1\n",
            "line 3, ClassId: 'a.jpg' has class 1 already in line 2",
        ),
        (OLD + "a.jpg_1,\na.jpg_1,\n", "line 3, ImageId_ClassId: 'a.jpg' has class 1 already"),
    ],
)
def test_wrong_csv_names_file_line_and_field(source, text, message):
    with pytest.raises(InputError, match=message) as caught:
        read(source(text), Audit())
    assert "train.csv" in str(caught.value)


def test_run_past_the_image_names_its_line(source):
    opened = read(source(NEW + "a.jpg,1,1 1\nb.jpg,2,6 2\n"), Audit())
    with pytest.raises(
        InputError, match=r"train.csv, line 3, EncodedPixels: the run '6 2' reaches"
    ):
        masks(opened)


def test_not_utf8(source, tmp_path):
    request = source("")
    (tmp_path / "train.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no CSV in UTF-8"):
        read(request, Audit())


def test_missing_parts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no folder severstal-steel-defect-detection here"):
        read(Request(), Audit())
    with pytest.raises(InputError, match="no folder nowhere"):
        read(Request(tmp_path.relative_to(tmp_path) / "nowhere"), Audit())
    with pytest.raises(InputError, match="no train_images"):
        read(Request(tmp_path), Audit())
    (tmp_path / "train_images").mkdir()
    with pytest.raises(InputError, match=r"no .*train.csv"):
        read(Request(tmp_path), Audit())
