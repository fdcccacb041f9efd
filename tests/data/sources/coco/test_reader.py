import re
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.collect import collect
from auxnet_cli.data.sources.coco.reader import read
from auxnet_cli.data.sources.source import RejectedImageError, Request
from auxnet_cli.errors import InputError
from tests.data.source_builders import findings, put

HEIGHT, WIDTH = 8, 12
EMPTY = np.zeros((HEIGHT, WIDTH), np.uint8)
SQUARE = [2, 1, 5, 1, 5, 4, 2, 4]
PIT = {"id": 4, "name": "pit"}


def image(number, name, **more):
    return {"id": number, "file_name": name, "height": HEIGHT, "width": WIDTH} | more


def mark(number, of, category=4, **more):
    return {"id": number, "image_id": of, "category_id": category, "iscrowd": 0} | more


def document(images, annotations=(), categories=(PIT,)):
    lists = {"images": images, "annotations": annotations, "categories": categories}
    return {name: list(entries) for name, entries in lists.items()}


def labels_of_one(tmp_path, *annotations, audit=None, **more):
    """The labels of a source with one image."""
    put(tmp_path / "images/a.png", EMPTY)
    put(tmp_path / "annotations/all.json", document([image(1, "a.png")], annotations, **more))
    opened = read(Request(tmp_path), audit or Audit())
    (item,) = opened.images
    return list(item.labels(HEIGHT, WIDTH))


def rejection(tmp_path, *annotations, **more):
    with pytest.raises(RejectedImageError) as caught:
        labels_of_one(tmp_path, *annotations, **more)
    return caught.value.kind, caught.value.detail


def test_polygons_run_lengths_and_boxes(tmp_path):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[1:4, 2:5] = True
    packed = coco.encode(np.asfortranarray(mask, np.uint8))["counts"].decode()
    plain = [2 * HEIGHT + 1, 3, 5, 3, 5, 3, HEIGHT * (WIDTH - 5) + 4]
    shapes = [
        {"segmentation": [SQUARE]},
        {"segmentation": SQUARE},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": packed}},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": plain}},
        {"segmentation": [], "bbox": [2, 1, 3, 3]},
        {"bbox": [2, 1.5, 3, 3]},
        {"segmentation": [SQUARE, [8, 0, 12, 0, 12, 8, 8, 8]]},
    ]
    audit = Audit()
    labels = labels_of_one(
        tmp_path, *(mark(n, 1, **shape) for n, shape in enumerate(shapes)), audit=audit
    )
    assert [name for name, _ in labels] == ["pit"] * 7
    for _, shown in labels[:4]:
        assert (shown == mask).all()
    assert labels[6][1].sum() == 9 + 32
    assert [box for _, box in labels[4:6]] == [(2, 1, 3, 3), (2, 1.5, 3, 3)]
    assert findings(audit) == []


def test_what_is_odd_in_annotations(tmp_path):
    audit = Audit()
    labels = labels_of_one(
        tmp_path,
        mark(1, 1, bbox=[-3, 6, 5, 20]),
        mark(1, 1, bbox=[3, 3, 0, 4]),
        mark(3, 1, bbox=[30, 3, 2, 2]),
        mark(4, 1, segmentation=[[2, 2, 2.1, 2, 2.1, 2.1]]),
        mark(5, 1, iscrowd=1, segmentation={"size": [HEIGHT, WIDTH], "counts": [96]}),
        mark(6, 77, bbox=[0, 0, 1, 1]),
        audit=audit,
        categories=[PIT, {"id": 5, "name": " pit "}],
    )
    assert labels == [("pit", (0, 6, 2, 2))]
    assert findings(audit) == [
        ("repeated-category", "annotations/all.json"),
        ("repeated-annotation-id", "annotations/all.json"),
        ("annotation-without-image", "annotations/all.json"),
        ("box-past-image", "images/a.png"),
        ("degenerate-box", "images/a.png"),
        ("degenerate-box", "images/a.png"),
        ("empty-shape", "images/a.png"),
        ("crowd-annotation", "images/a.png"),
    ]


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        ({"bbox": [3, 3, 0, 4]}, "no-usable-annotation", "1 annotations"),
        ({"bbox": [3, 3, 2, 2], "iscrowd": 1}, "no-usable-annotation", "1 annotations"),
        ({"bbox": [3, 3, 2, 2], "category_id": 9}, "unknown-category", r"annotations\[0\]"),
        ({}, "unusable-annotation", "neither a segmentation nor a box"),
        ({"bbox": [3, 3, 2]}, "unusable-annotation", r"annotations\[0\]: its box is a list of 3"),
        ({"bbox": [0, 0, 1e999, 1]}, "unusable-annotation", "inf is no finite number"),
        ({"segmentation": [[0, 0, 1e308, 0, 3, 5]]}, "unusable-annotation", "far from an image"),
        ({"segmentation": [[0, 0, 3, 0, 3]]}, "unusable-annotation", "5 coordinates"),
        ({"segmentation": "none"}, "unusable-annotation", "its segmentation is 'none'"),
        (
            {"segmentation": {"size": [4, 4], "counts": [16]}},
            "unusable-annotation",
            "of size 4, 4, not 8, 12",
        ),
    ],
)
def test_an_image_of_which_nothing_sure_is_known_is_rejected(tmp_path, wrong, kind, message):
    rejected_as, detail = rejection(tmp_path, mark(1, 1, **wrong))
    assert rejected_as == kind
    assert re.search(message, detail)


def test_size_conflict(tmp_path):
    put(tmp_path / "a.png", EMPTY)
    put(tmp_path / "b.png", EMPTY)
    unknown = {"id": 2, "file_name": "b.png", "height": None}
    put(tmp_path / "a.json", document([image(1, "a.png", height=9), unknown]))
    wrong, unsized = read(Request(tmp_path), Audit()).images
    assert list(unsized.labels(HEIGHT, WIDTH)) == []
    with pytest.raises(RejectedImageError) as caught:
        wrong.labels(HEIGHT, WIDTH)
    assert caught.value.kind == "size-conflict"
    assert caught.value.detail == "the image has 12 x 8 pixels, a.json says 12 x 9"


def test_names_of_missing_and_unlisted_images(tmp_path):
    for name in ("a.png", "b.png"):
        put(tmp_path / "images" / name, EMPTY)
    put(tmp_path / "annotations/all.json", document([image(1, "b.png"), image(2, "gone.png")]))
    audit = Audit()
    opened = read(Request(tmp_path, unlabelled="good"), audit)
    assert [item.name for item in opened.images] == ["b.png", "images/a.png"]
    assert findings(audit) == [
        ("missing-image", "gone.png"),
        ("image-without-annotation", "images/a.png"),
    ]
    assert "not listed in all.json" in audit.findings[1].detail


def test_what_may_be_annotated_is_never_good(tmp_path):
    for name in ("x/a.png", "y/a.png", "good/b.png", "c.png"):
        put(tmp_path / name, EMPTY)
    listed = [image(1, "a.png"), image(2, "elsewhere/b.png"), image(3, "c.png")]
    put(tmp_path / "all.json", document(listed))
    audit = Audit()
    opened = read(Request(tmp_path, unlabelled="good"), audit)
    assert [item.name for item in opened.images] == ["c.png"]
    assert findings(audit) == [
        ("ambiguous-name", "a.png"),
        ("missing-image", "elsewhere/b.png"),
        ("image-without-annotation", "good/b.png"),
        ("image-without-annotation", "x/a.png"),
        ("image-without-annotation", "y/a.png"),
    ]


def splits(opened):
    return {item.name: (item.file, item.split) for item in opened.images}


def test_files_of_several_splits(tmp_path):
    for split, name in (("train", "a"), ("val", "b"), ("test", "c")):
        put(tmp_path / f"{split}2017/{name}.png", EMPTY)
        put(
            tmp_path / f"annotations/instances_{split}2017.json",
            document([image(1, f"{name}.png")], [mark(1, 1, bbox=[1, 1, 2, 2])]),
        )
    put(tmp_path / "annotations/captions_train2017.json", {"images": [], "annotations": []})
    audit = Audit()
    opened = read(Request(tmp_path), audit)
    assert splits(opened) == {
        "a.png": ("train2017/a.png", "train"),
        "b.png": ("val2017/b.png", "val"),
        "c.png": ("test2017/c.png", "test"),
    }
    assert findings(audit) == [("json-of-another-kind", "annotations/captions_train2017.json")]


def test_a_file_in_the_folder_of_each_split(tmp_path):
    """As Roboflow exports; images of one name in two splits are told apart."""
    for split in ("train", "valid"):
        put(tmp_path / split / "a.png", EMPTY)
        put(tmp_path / split / "_annotations.coco.json", document([image(0, "a.png")]))
    audit = Audit()
    assert splits(read(Request(tmp_path), audit)) == {
        "train/a.png": ("train/a.png", "train"),
        "valid/a.png": ("valid/a.png", "val"),
    }
    assert findings(audit) == []


def test_the_source_may_be_one_file(tmp_path, monkeypatch):
    put(tmp_path / "images/a.png", EMPTY)
    for name in ("one", "two"):
        put(tmp_path / f"annotations/{name}.json", document([image(1, "a.png")]))
    opened = read(Request(tmp_path / "annotations/one.json"), Audit())
    assert (opened.root, splits(opened)) == (tmp_path, {"a.png": ("images/a.png", None)})
    put(tmp_path / "b.png", EMPTY)
    put(tmp_path / "three.json", document([image(1, "b.png")]))
    assert read(Request(tmp_path / "three.json"), Audit()).root == tmp_path
    with monkeypatch.context() as patched:
        patched.chdir(tmp_path / "annotations")
        assert splits(read(Request(Path("one.json")), Audit())) == splits(opened)
    put(tmp_path / "four.json", [])
    with pytest.raises(InputError, match=r"four\.json is no COCO file"):
        read(Request(tmp_path / "four.json"), Audit())


def test_an_image_listed_twice(tmp_path):
    put(tmp_path / "a.png", EMPTY)
    boxes = [[1, 1, 2, 2], [5, 5, 2, 2]]
    listed = document([image(7, "a.png")], [mark(n, 7, bbox=box) for n, box in enumerate(boxes)])
    put(tmp_path / "train.json", listed)
    listed["annotations"].append(mark(2, 7, bbox=[8, 1, 2, 2]))
    del listed["annotations"][0]
    put(tmp_path / "val.json", listed)
    audit = Audit()
    (item,) = read(Request(tmp_path), audit).images
    assert item.split == "val"
    assert [box[0] for _, box in item.labels(HEIGHT, WIDTH)] == [1, 5, 8]
    assert findings(audit) == [("image-listed-twice", "a.png"), ("image-in-two-splits", "a.png")]
    assert audit.findings[0].detail == "2 times, in train.json, val.json, with 4 annotations in all"
    assert audit.findings[0].action == "3 different ones kept"


def test_classes_in_the_order_of_the_files(tmp_path):
    for name, labels in (("a", ["pit", "crack"]), ("b", ["scratch", "pit"])):
        put(
            tmp_path / f"{name}.json",
            document([], categories=[{"id": n, "name": label} for n, label in enumerate(labels)]),
        )
    assert read(Request(tmp_path), Audit()).classes == ("pit", "crack", "scratch")


def test_annotations_count_by_the_categories_of_their_own_file(tmp_path):
    put(tmp_path / "x.png", EMPTY)
    for name, label in (("a", "pit"), ("b", "crack")):
        put(
            tmp_path / f"{name}.json",
            document(
                [image("x", "x.png")],
                [mark(1, "x", category=0, bbox=[1, 1, 2, 2])],
                [{"id": 0, "name": label}],
            ),
        )
    (item,) = read(Request(tmp_path), Audit()).images
    assert [name for name, _ in item.labels(HEIGHT, WIDTH)] == ["pit", "crack"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": [image(1, "a.png"), image(1, "b.png")]}, r"images\[1\]: id 1 is 'a.png' al"),
        ({"images": [{"id": 1}]}, r"images\[0\]: its file_name is None"),
        ({"images": [7]}, r"images\[0\]: it is 7, not an object"),
        ({"images": [image(1, "a.png", width=2.5)]}, r"images\[0\]: its height or width is 2\.5"),
        ({"images": [image(1, "a.png", width=-3)]}, r"images\[0\]: its height or width is -3"),
        ({"images": [image([], "a.png")]}, r"images\[0\]: its id is a list"),
        ({"categories": [PIT, {"id": 4, "name": "x"}]}, r"categories\[1\]: id 4 is pit already"),
        ({"categories": [{"id": 1, "name": ""}]}, r"categories\[0\]: '' is no printable text"),
        ({"categories": []}, "lists no categories"),
        ({"annotations": [{"image_id": None}]}, r"annotations\[0\]: its image_id is None"),
        ({"annotations": [{"image_id": 1, "category_id": True}]}, "its category_id is True"),
        ({"annotations": {}}, "holds no COCO file"),
    ],
)
def test_a_file_that_is_wrong_stops_the_work(tmp_path, change, message):
    put(tmp_path / "a.json", document([image(1, "a.png")]) | change)
    with pytest.raises(InputError, match=message):
        read(Request(tmp_path), Audit())


def test_a_class_is_tiny_only_where_all_its_annotations_are(tmp_path):
    put(tmp_path / "source/a.png", EMPTY)
    put(tmp_path / "source/b.png", EMPTY)
    boxes = [
        mark(1, 1, bbox=[1, 1, 2, 1]),
        mark(2, 1, bbox=[5, 5, 2, 1]),
        mark(3, 2, bbox=[1, 1, 2, 1]),
    ]
    listed = document([image(1, "a.png"), image(2, "b.png")], boxes)
    put(tmp_path / "source/all.json", listed)
    audit = Audit()
    collect(read(Request(tmp_path / "source"), audit), tmp_path / "images", audit)
    assert findings(audit) == [("tiny-mask", "b.png")]


def test_a_second_name_of_a_file_is_read_once(tmp_path):
    put(tmp_path / "images/a.png", EMPTY)
    content = document([image(1, "a.png")], [mark(1, 1, segmentation=[SQUARE])])
    put(tmp_path / "annotations/train.json", content)
    put(tmp_path / "annotations/instances_train.json", content)
    audit = Audit()
    source = read(Request(tmp_path), audit)
    assert [item.split for item in source.images] == ["train"]
    assert not audit.findings
    # One that has been changed since is none.
    content["annotations"].append(mark(2, 1, bbox=[1, 1, 3, 3]))
    put(tmp_path / "annotations/instances_train.json", content)
    (item,) = read(Request(tmp_path), audit).images
    assert len(list(item.labels(HEIGHT, WIDTH))) == 2
    assert findings(audit) == [("image-listed-twice", "images/a.png")]


def test_two_splits_of_one_content_are_two(tmp_path):
    put(tmp_path / "images/a.png", EMPTY)
    content = document([image(1, "a.png")], [mark(1, 1, segmentation=[SQUARE])])
    for name in ("train", "val", "instances_test"):
        put(tmp_path / f"annotations/{name}.json", content)
    audit = Audit()
    (item,) = read(Request(tmp_path), audit).images
    assert item.split == "test"
    assert set(dict(findings(audit))) == {"image-listed-twice", "image-in-two-splits"}
