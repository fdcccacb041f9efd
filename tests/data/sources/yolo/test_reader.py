import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.source import RejectedImageError, Request
from auxnet_cli.data.sources.yolo import reader as yolo
from auxnet_cli.data.sources.yolo.reader import read
from auxnet_cli.errors import InputError
from tests.data.source_builders import findings, labels_of, put


def source(root, **texts):
    """8 x 10 images with their label files; ``None``: without."""
    (root / "data.yaml").write_text("names: [pit, crack]\n")
    (root / "labels").mkdir()
    for stem, text in texts.items():
        put(root / f"images/{stem}.png", np.zeros((8, 10, 3), np.uint8))
        if text is not None:
            put(root / f"labels/{stem}.txt", text)
    return root


def opened(root, audit=None):
    return read(Request(root), audit or Audit())


def labels(root, audit=None):
    return labels_of(opened(root, audit), 8, 10)


def test_boxes_and_good_parts(tmp_path):
    root = source(tmp_path, a="0 .5 .5 .2 .5\n1 1 1 .2 .25", b="")
    audit = Audit()
    assert opened(root).classes == ("pit", "crack")
    assert labels(root, audit=audit) == {
        "a.png": [("pit", (4, 2, 2, 4)), ("crack", (9, 7, 1, 1))],
        "b.png": [],
    }
    assert audit.counts() == {"box-past-image": 1}


def test_polygons_fill_the_pixels_whose_centre_is_inside(tmp_path):
    # A triangle of 4 x 4 pixels with its right angle at (1, 1).
    text = "1 .1 .125 .5 .125 .1 .625"
    ((name, mask),) = labels(source(tmp_path, a=text))["a.png"]
    expected = np.zeros((8, 10), bool)
    expected[1:5, 1:5] = np.triu(np.ones((4, 4), bool), 1)[:, ::-1]
    assert (name, mask.tolist()) == ("crack", expected.tolist())


def test_polygons_that_touch_stay_apart(tmp_path):
    left, right = "0 .1 .1 .5 .1 .5 .9 .1 .9\n", "0 .5 .1 .9 .1 .9 .9 .5 .9\n"
    shown = labels(source(tmp_path, a=left + right, b=left))
    assert [(name, int(mask.sum())) for name, mask in shown["a.png"]] == [("pit", 24), ("pit", 24)]
    assert len(shown["b.png"]) == 1


def test_the_same_stem_in_two_splits(tmp_path):
    for split, text in (("train", "0 .5 .5 .2 .5"), ("val", "")):
        for folder, name in (("images", "a.png"), ("labels", "a.txt")):
            put(tmp_path / folder / split / name, text)
    (tmp_path / "data.yaml").write_text("names: [pit]\n")
    read_back = [
        (image.name, image.split, len(image.labels(8, 10))) for image in opened(tmp_path).images
    ]
    assert read_back == [("images/train/a.png", "train", 1), ("images/val/a.png", "val", 0)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("0 .5 .5 .2 .5\n7 .5 .5 .2 .5", "unusable-annotation", "line 2: class '7'"),
        ("0 .5 .5 0 .5", "no-usable-annotation", "none of its labels has an area"),
        ("0 .5 .5 .5 .5 .5 .5", "no-usable-annotation", "none of its labels has an area"),
        ("0 1 1 1 1 1 1", "no-usable-annotation", "none of its labels has an area"),
    ],
)
def test_an_image_with_a_wrong_label_is_no_good_part(tmp_path, text, kind, words):
    (image,) = opened(source(tmp_path, a=text)).images
    with pytest.raises(RejectedImageError, match=f"labels/a.txt.*{words}") as caught:
        image.labels(8, 10)
    assert caught.value.kind == kind


def test_what_is_odd(tmp_path):
    audit = Audit()
    text = "0 .5 .5 .2 .5\n0 .5 .5 .5 .5 .5 .5\n0 .5 .5 0 0\n0 0 0 1.005 0 1 1\n"
    labels(source(tmp_path, a=text), audit=audit)
    assert audit.counts() == {
        "empty-shape": 1,
        "degenerate-box": 1,
        "label-outside-image": 1,
    }
    assert "labels/a.txt, line 2 (pit)" in audit.of("empty-shape")[0].detail


def test_polygons_past_all_measure(tmp_path, monkeypatch):
    monkeypatch.setattr(yolo, "_MAX_FILLED", 100)
    (image,) = opened(source(tmp_path, a="0 0 0 1 0 1 1 0 1\n" * 2)).images
    with pytest.raises(RejectedImageError, match="its 2 polygons of 1 classes are too many"):
        image.labels(8, 10)


def test_unlabelled_and_lonely(tmp_path):
    root = source(tmp_path, a="", b=None)
    (root / "labels/c.txt").touch()
    (root / "README.txt").touch()
    audit = Audit()
    assert list(labels(root, audit=audit)) == ["a.png"]
    assert findings(audit) == [
        ("annotation-without-image", "labels/c.txt"),
        ("image-without-annotation", "images/b.png"),
    ]
    assert audit.findings[1].detail == "no label file"


def test_no_label_file(tmp_path):
    with pytest.raises(InputError, match="holds no label file of the stem of an image"):
        opened(source(tmp_path, a=None))
