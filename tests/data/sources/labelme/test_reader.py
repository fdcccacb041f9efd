import base64
import json
import re

import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.labelme.reader import read
from auxnet_cli.data.sources.source import RejectedImageError, Request
from auxnet_cli.errors import InputError
from tests.data.source_builders import encoded, findings, labels_of, put

HEIGHT, WIDTH = 8, 12
SQUARE = [[2, 1], [5, 1], [5, 4], [2, 4]]


def png(pixels):
    return encoded(np.asarray(pixels, np.uint8))


def in_base64(content):
    return base64.b64encode(content).decode()


EMPTY = png(np.zeros((HEIGHT, WIDTH)))


def shape(kind, points, label="pit", **more):
    return {"label": label, "points": points, "group_id": None, "shape_type": kind} | more


def document(*shapes, image="a.png", **more):
    sides = {"imageHeight": HEIGHT, "imageWidth": WIDTH}
    return {"shapes": list(shapes), "imagePath": image, "imageData": None} | sides | more


def labels_of_one(tmp_path, *shapes, audit=None):
    """The labels of a source with one image."""
    put(tmp_path / "a.png", EMPTY)
    put(tmp_path / "a.json", document(*shapes))
    (item,) = read(Request(tmp_path), audit or Audit()).images
    return list(item.labels(HEIGHT, WIDTH))


def pixels(*ranges):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for rows, columns in ranges:
        mask[rows, columns] = True
    return mask


STAMP = in_base64(png([[1, 0, 1], [255, 0, 7]]))


@pytest.mark.parametrize(
    ("kind", "points", "more", "expected"),
    [
        ("polygon", SQUARE, {}, pixels(np.s_[1:4, 2:5])),
        (None, SQUARE, {}, pixels(np.s_[1:4, 2:5])),
        ("circle", [[4, 4], [4, 6]], {}, pixels(np.s_[2:6, 3:5], np.s_[3:5, 2:6])),
        ("line", [[2.5, 3.5], [8.5, 3.5]], {}, pixels(np.s_[2:5, 1:10])),
        ("linestrip", [[2.5, 1], [2.5, 6.9]], {}, pixels(np.s_[0:8, 1:4])),
        ("mask", [[4, 2], [6, 3]], {"mask": STAMP}, pixels(np.s_[2:4, 4], np.s_[2:4, 6])),
    ],
)
def test_masks(tmp_path, kind, points, more, expected):
    ((label, mask),) = labels_of_one(tmp_path, shape(kind, points, **more))
    assert label == "pit"
    assert mask.astype(int).tolist() == expected.astype(int).tolist()


@pytest.mark.parametrize(
    "points", [[[2, 1], [5, 4.5]], [[5, 4.5], [2, 1]], [[2, 1], [5, 1], [5, 4.5], [2, 4.5]]]
)
def test_rectangles(tmp_path, points):
    assert labels_of_one(tmp_path, shape("rectangle", points)) == [("pit", (2, 1, 3, 3.5))]


def test_shapes_of_one_group_are_one_object(tmp_path):
    squares = [[[x + left, y] for left, y in SQUARE] for x in (0, 3, 6)]
    labels = labels_of_one(
        tmp_path,
        shape("polygon", squares[0], group_id=1),
        shape("polygon", squares[1], group_id=1),
        shape("polygon", squares[2], group_id=2),
        shape("polygon", squares[2], label="crack", group_id=1),
    )
    assert [(label, int(mask.sum())) for label, mask in labels] == [
        ("pit", 18),
        ("pit", 9),
        ("crack", 9),
    ]


def test_what_is_odd_in_shapes(tmp_path):
    audit = Audit()
    labels = labels_of_one(
        tmp_path,
        shape("rectangle", [[-3, 6], [2, 16]]),
        shape("rectangle", [[3, 3], [3, 6]]),
        shape("polygon", [[2, 2], [2.1, 2], [2.1, 2.1]]),
        shape("point", [[2, 2]]),
        shape("line", [[2, 2], [4, 4]]),
        audit=audit,
    )
    assert labels[0] == ("pit", (0, 6, 2, 2))
    assert len(labels) == 2
    assert findings(audit) == [
        ("box-past-image", "a.png"),
        ("degenerate-box", "a.png"),
        ("empty-shape", "a.png"),
        ("line-without-width", "a.png"),
        ("point-without-extent", "a.png"),
    ]


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        (shape("point", [[2, 2]]), "no-usable-annotation", "1 shapes"),
        (shape("polygon", [[2, 2], [1e308, 2], [3, 3]]), "unusable-annotation", "far from"),
        (shape("polygon", None), "unusable-annotation", r"shapes\[0\]: None is no list"),
        (shape("circle", [[2, 2]]), "unusable-annotation", "not 1 points"),
        (shape("rectangle", [[2, 2]]), "unusable-annotation", "not 1 points"),
        (shape("mask", [[2, 2]], mask=STAMP), "unusable-annotation", "not 1 points"),
        (shape("mask", [[2, 2], [4, 3]]), "unusable-annotation", "None is not in base 64"),
        (shape("mask", [[2, 2], [4, 3]], mask="?"), "unusable-annotation", "not in base 64"),
        (shape("mask", [[2, 2], [4, 3]], mask="abcd"), "unusable-annotation", "no PNG, JPEG"),
        (
            shape("mask", [[2, 2], [4, 3]], mask=in_base64(png(np.ones((2, 3)))[:-9])),
            "unusable-annotation",
            "its mask cannot be read",
        ),
        (shape("mask", [[11, 2], [14, 3]], mask=STAMP), "unusable-annotation", "past the image"),
    ],
)
def test_an_image_of_which_nothing_sure_is_known_is_rejected(tmp_path, wrong, kind, message):
    with pytest.raises(RejectedImageError) as caught:
        labels_of_one(tmp_path, wrong)
    assert caught.value.kind == kind
    assert re.search(message, caught.value.detail)


def test_size_conflict(tmp_path):
    put(tmp_path / "a.png", EMPTY)
    put(tmp_path / "a.json", document(imageWidth=HEIGHT, imageHeight=WIDTH))
    (item,) = read(Request(tmp_path), Audit()).images
    with pytest.raises(RejectedImageError) as caught:
        item.labels(HEIGHT, WIDTH)
    assert caught.value.kind == "size-conflict"


def test_good_parts_have_no_shapes_or_a_folder_that_says_so(tmp_path):
    for name in ("a.png", "sub/c.png", "good/d.png"):
        put(tmp_path / name, EMPTY)
    put(tmp_path / "a.json", document())
    put(tmp_path / "sub/c.json", document(shape("polygon", SQUARE), image="c.png"))
    put(tmp_path / "settings.json", {"colour": "red"})
    audit = Audit()
    labels = labels_of(read(Request(tmp_path), audit), HEIGHT, WIDTH)
    assert {name: len(shapes) for name, shapes in labels.items()} == {
        "a.png": 0,
        "good/d.png": 0,
        "sub/c.png": 1,
    }
    assert findings(audit) == [("json-of-another-kind", "settings.json")]


def test_which_of_two_images_of_one_stem(tmp_path):
    for name in ("a.png", "a.bmp", "b.png", "b.bmp"):
        put(tmp_path / name, EMPTY)
    put(tmp_path / "a.json", document(image="D:\\photos\\a.bmp"))
    put(tmp_path / "b.json", document(image="x.png"))
    audit = Audit()
    assert [item.name for item in read(Request(tmp_path), audit).images] == ["a.bmp"]
    assert findings(audit) == [("ambiguous-stem", "b.json"), ("image-without-annotation", "a.png")]


def test_images_elsewhere_inside_and_nowhere(tmp_path):
    root = tmp_path / "source"
    put(tmp_path / "secret.png", EMPTY)
    put(root / "images/a.png", EMPTY)
    put(root / "json/x.json", document(image="..\\images\\a.png"))
    put(root / "json/y.json", document(image="../../secret.png"))
    put(root / "json/z.json", document(image="gone.png", imageData=in_base64(EMPTY)))
    audit = Audit()
    items = list(read(Request(root), audit).images)
    assert [(item.name, item.content) for item in items] == [
        ("images/a.png", root / "images/a.png"),
        ("json/z.png", EMPTY),
    ]
    assert list(items[1].labels(HEIGHT, WIDTH)) == []
    assert findings(audit) == [("annotation-without-image", "json/y.json")]


def test_what_may_be_annotated_is_never_good(tmp_path):
    for name in ("x/a.png", "y/a.png", "b.png"):
        put(tmp_path / name, EMPTY)
    put(tmp_path / "json/a.json", document(shape("polygon", SQUARE), image="../a.png"))
    put(tmp_path / "b.json", document(image="b.png"))
    put(tmp_path / "old/z.json", document(shape("polygon", SQUARE), image="../b.png"))
    audit = Audit()
    opened = read(Request(tmp_path, unlabelled="good"), audit)
    assert [item.name for item in opened.images] == ["b.png"]
    assert findings(audit) == [
        ("annotation-without-image", "json/a.json"),
        ("annotation-without-image", "old/z.json"),
        ("image-without-annotation", "x/a.png"),
        ("image-without-annotation", "y/a.png"),
    ]


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        (("train", "val"), [("a.png", "train"), ("sub/b.png", "val")]),
        (("train", "extra"), [("extra/sub/b.png", None), ("train/a.png", None)]),
    ],
)
def test_folders_of_splits(tmp_path, folders, expected):
    for folder, name in zip(folders, ("a.png", "sub/b.png"), strict=True):
        put(tmp_path / folder / name, EMPTY)
        put((tmp_path / folder / name).with_suffix(".json"), document(image=name))
    assert [(item.name, item.split) for item in read(Request(tmp_path), Audit()).images] == expected


def test_order_of_the_classes(tmp_path):
    with pytest.raises(InputError, match="holds no LabelMe JSON"):
        read(Request(tmp_path), Audit())
    labels = [shape("polygon", SQUARE, label=label) for label in ("c", "a ", "d", "b")]
    labels_of_one(tmp_path, *labels)
    assert read(Request(tmp_path), Audit()).classes == ("a", "b", "c", "d")
    (tmp_path / "labels.txt").write_text("__ignore__\n_background_\nd\nunseen\nb\n")
    assert read(Request(tmp_path), Audit()).classes == ("d", "b", "a", "c")
    (tmp_path / "labels.txt").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"labels\.txt is no UTF-8"):
        read(Request(tmp_path), Audit())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1, column 2: it is no JSON"),
        (json.dumps({"shapes": [3]}), r"shapes\[0\]: it is 3, not an object"),
        (json.dumps({"shapes": [shape("blob", SQUARE)]}), r"shapes\[0\]: the shape_type 'blob'"),
        (json.dumps({"shapes": [shape("polygon", SQUARE, label="")]}), "no printable text"),
        (json.dumps({"shapes": [], "imageWidth": 0}), "0 is no number of pixels"),
    ],
)
def test_a_json_that_is_wrong_costs_its_image(tmp_path, content, message):
    put(tmp_path / "a.png", EMPTY)
    put(tmp_path / "b.png", EMPTY)
    (tmp_path / "a.json").write_text(content)
    put(tmp_path / "b.json", document(image="b.png"))
    audit = Audit()
    opened = read(Request(tmp_path, unlabelled="good"), audit)
    assert [item.name for item in opened.images] == ["b.png"]
    assert findings(audit) == [("unreadable-annotation", "a.json")]
    assert re.search(message, audit.findings[0].detail)
