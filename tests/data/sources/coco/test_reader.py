import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.collect import collect
from auxnet_cli.data.sources import RejectedImageError, Request
from auxnet_cli.data.sources.coco.reader import read
from auxnet_cli.errors import InputError

HEIGHT, WIDTH = 8, 12
SQUARE = [2, 1, 5, 1, 5, 4, 2, 4]
PIT = {"id": 4, "name": "pit"}


def put(path, height=HEIGHT, width=WIDTH):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.zeros((height, width), np.uint8))[1].tobytes())


def image(number, name, **more):
    return {"id": number, "file_name": name, "height": HEIGHT, "width": WIDTH} | more


def mark(number, of, category=4, **more):
    return {"id": number, "image_id": of, "category_id": category, "iscrowd": 0} | more


def document(images, annotations=(), categories=(PIT,)):
    return {
        "images": list(images),
        "annotations": list(annotations),
        "categories": list(categories),
    }


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def findings(audit):
    return [(finding.kind, finding.file) for finding in audit.findings]


def one(tmp_path, *annotations, audit=None, **more):
    """The labels of a source with one image."""
    put(tmp_path / "images/a.png")
    write(tmp_path / "annotations/all.json", document([image(1, "a.png")], annotations, **more))
    opened = read(Request(tmp_path), audit or Audit())
    (item,) = opened.images
    return list(item.labels(HEIGHT, WIDTH))


def rejection(tmp_path, *annotations, **more):
    with pytest.raises(RejectedImageError) as caught:
        one(tmp_path, *annotations, **more)
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
    ]
    audit = Audit()
    labels = one(tmp_path, *(mark(n, 1, **shape) for n, shape in enumerate(shapes)), audit=audit)
    assert [name for name, _ in labels] == ["pit"] * 6
    for _, found in labels[:4]:
        assert (found == mask).all()
    assert [box for _, box in labels[4:]] == [(2, 1, 3, 3), (2, 1.5, 3, 3)]
    assert findings(audit) == []


def test_polygons_of_one_annotation_are_one_mask(tmp_path):
    ((_, mask),) = one(tmp_path, mark(1, 1, segmentation=[SQUARE, [8, 0, 12, 0, 12, 8, 8, 8]]))
    assert mask.sum() == 9 + 32


def test_what_is_odd_in_annotations(tmp_path):
    audit = Audit()
    labels = one(
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
    found, detail = rejection(tmp_path, mark(1, 1, **wrong))
    assert found == kind
    assert re.search(message, detail)


def test_size_conflict(tmp_path):
    put(tmp_path / "a.png")
    write(tmp_path / "a.json", document([image(1, "a.png", height=9)]))
    (item,) = read(Request(tmp_path), Audit()).images
    with pytest.raises(RejectedImageError) as caught:
        item.labels(HEIGHT, WIDTH)
    assert caught.value.kind == "size-conflict"
    assert caught.value.detail == "the image has 12 x 8 pixels, a.json says 12 x 9"


def test_sizes_may_be_left_out(tmp_path):
    put(tmp_path / "a.png")
    write(tmp_path / "a.json", document([{"id": 1, "file_name": "a.png", "height": None}]))
    (item,) = read(Request(tmp_path), Audit()).images
    assert list(item.labels(HEIGHT, WIDTH)) == []


def test_good_missing_and_unlisted_images(tmp_path):
    for name in ("a.png", "b.png", "c.png"):
        put(tmp_path / "images" / name)
    listed = [image(1, "b.png"), image(2, "gone.png")]
    write(tmp_path / "annotations/all.json", document(listed))
    names = {}
    for policy in ("skip", "good"):
        audit = Audit()
        opened = read(Request(tmp_path, unlabelled=policy), audit)
        names[policy] = [
            (item.name, item.split, list(item.labels(8, 12))) for item in opened.images
        ]
        assert findings(audit) == [
            ("missing-image", "gone.png"),
            ("image-without-annotation", "images/a.png"),
            ("image-without-annotation", "images/c.png"),
        ]
    assert names["skip"] == [("b.png", None, [])]
    assert [name for name, *_ in names["good"]] == ["b.png", "images/a.png", "images/c.png"]
    with pytest.raises(InputError, match=r"2 images .*not listed in all\.json"):
        read(Request(tmp_path, unlabelled="error"), Audit())


def test_what_may_be_annotated_is_never_good(tmp_path):
    for name in ("x/a.png", "y/a.png", "good/b.png", "c.png"):
        put(tmp_path / name)
    listed = [image(1, "a.png"), image(2, "elsewhere/b.png"), image(3, "c.png")]
    write(tmp_path / "all.json", document(listed))
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
        put(tmp_path / f"{split}2017/{name}.png")
        write(
            tmp_path / f"annotations/instances_{split}2017.json",
            document([image(1, f"{name}.png")], [mark(1, 1, bbox=[1, 1, 2, 2])]),
        )
    write(tmp_path / "annotations/captions_train2017.json", {"images": [], "annotations": []})
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
        put(tmp_path / split / "a.png")
        write(tmp_path / split / "_annotations.coco.json", document([image(0, "a.png")]))
    audit = Audit()
    assert splits(read(Request(tmp_path), audit)) == {
        "train/a.png": ("train/a.png", "train"),
        "valid/a.png": ("valid/a.png", "val"),
    }
    assert findings(audit) == []


def test_the_source_may_be_one_file(tmp_path):
    put(tmp_path / "images/a.png")
    for name in ("one", "two"):
        write(tmp_path / f"annotations/{name}.json", document([image(1, "a.png")]))
    opened = read(Request(tmp_path / "annotations/one.json"), Audit())
    assert (opened.root, splits(opened)) == (tmp_path, {"a.png": ("images/a.png", None)})
    put(tmp_path / "b.png")
    write(tmp_path / "three.json", document([image(1, "b.png")]))
    assert read(Request(tmp_path / "three.json"), Audit()).root == tmp_path
    write(tmp_path / "four.json", [])
    with pytest.raises(InputError, match=r"four\.json is no COCO file"):
        read(Request(tmp_path / "four.json"), Audit())


def test_one_file_named_from_its_own_folder(tmp_path, monkeypatch):
    put(tmp_path / "images/a.png")
    write(tmp_path / "annotations/one.json", document([image(1, "a.png")]))
    monkeypatch.chdir(tmp_path / "annotations")
    assert splits(read(Request(Path("one.json")), Audit())) == {"a.png": ("images/a.png", None)}


def test_an_image_listed_twice(tmp_path):
    put(tmp_path / "a.png")
    boxes = [[1, 1, 2, 2], [5, 5, 2, 2]]
    listed = document([image(7, "a.png")], [mark(n, 7, bbox=box) for n, box in enumerate(boxes)])
    write(tmp_path / "train.json", listed)
    listed["annotations"].append(mark(2, 7, bbox=[8, 1, 2, 2]))
    del listed["annotations"][0]
    write(tmp_path / "val.json", listed)
    audit = Audit()
    (item,) = read(Request(tmp_path), audit).images
    assert item.split == "val"
    assert [box[0] for _, box in item.labels(HEIGHT, WIDTH)] == [1, 5, 8]
    assert findings(audit) == [("image-listed-twice", "a.png"), ("image-in-two-splits", "a.png")]
    assert audit.findings[0].detail == "2 times, in train.json, val.json, with 4 annotations in all"
    assert audit.findings[0].action == "3 different ones kept"


def test_classes_in_the_order_of_the_files(tmp_path):
    for name, labels in (("a", ["pit", "crack"]), ("b", ["scratch", "pit"])):
        write(
            tmp_path / f"{name}.json",
            document([], categories=[{"id": n, "name": label} for n, label in enumerate(labels)]),
        )
    assert read(Request(tmp_path), Audit()).classes == ("pit", "crack", "scratch")


def test_annotations_count_by_the_categories_of_their_own_file(tmp_path):
    put(tmp_path / "x.png")
    for name, label in (("a", "pit"), ("b", "crack")):
        write(
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
    write(tmp_path / "a.json", document([image(1, "a.png")]) | change)
    with pytest.raises(InputError, match=message):
        read(Request(tmp_path), Audit())


def test_no_source(tmp_path):
    with pytest.raises(InputError, match="holds no COCO file"):
        read(Request(tmp_path), Audit())
    with pytest.raises(InputError, match="There is no folder"):
        read(Request(tmp_path / "none"), Audit())
    with pytest.raises(InputError, match="Name the folder"):
        read(Request(), Audit())


def test_links_out_of_the_source_are_not_followed(tmp_path):
    root = tmp_path / "source"
    write(tmp_path / "outside.json", document([]))
    write(root / "a.json", document([]))
    try:
        (root / "b.json").symlink_to(tmp_path / "outside.json")
    except OSError:
        pytest.skip("no links here")
    audit = Audit()
    read(Request(root), audit)
    assert findings(audit) == [("link-out-of-source", "b.json")]


def rich():
    """A document that uses everything."""
    shapes = [
        {"segmentation": [SQUARE]},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": [20, 6, 70]}},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": "d06f1"}, "iscrowd": 1},
        {"bbox": [1, 1, 4, 4]},
    ]
    return document(
        [image(1, "a.png"), image(2, "deep/b.png"), image(3, "c.png")],
        [mark(n, n % 2 + 1, **shape) for n, shape in enumerate(shapes)],
        [PIT, {"id": 5, "name": "crack"}],
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """New folders with three images each."""

    def make():
        root = tmp_path_factory.mktemp("mutated") / "source"
        for name in ("a.png", "deep/b.png", "c.png"):
            put(root / "images" / name)
        (root.parent / "out").mkdir()
        return root

    return make


def test_what_the_mutations_start_from_is_good(sources):
    root, audit = sources(), Audit()
    write(root / "annotations/train.json", rich())
    entries, skipped = collect(read(Request(root), audit), root.parent / "out/images", audit)
    assert [entry.name for entry in entries] == ["a.png", "c.png", "deep/b.png"]
    assert not skipped
    assert findings(audit) == [("crowd-annotation", "images/a.png")]


@settings(max_examples=60)
@given(data=st.data())
def test_mutated_documents_never_break_it(sources, mutate_document, drain, data):
    root = sources()
    write(root / "annotations/train.json", mutate_document(data, rich()))
    told, strays = drain(read, root)
    assert "\n" not in told
    assert not strays


@settings(max_examples=40)
@given(data=st.data())
def test_mutated_bytes_never_break_it(sources, mutate_bytes, drain, data):
    root = sources()
    path = root / "annotations/train.json"
    path.parent.mkdir()
    path.write_bytes(mutate_bytes(data, json.dumps(rich()).encode()))
    told, strays = drain(read, root)
    assert "\n" not in told
    assert not strays


def test_a_class_is_tiny_only_where_all_its_annotations_are(tmp_path):
    put(tmp_path / "source/a.png")
    put(tmp_path / "source/b.png")
    boxes = [
        mark(1, 1, bbox=[1, 1, 2, 1]),
        mark(2, 1, bbox=[5, 5, 2, 1]),
        mark(3, 2, bbox=[1, 1, 2, 1]),
    ]
    listed = document([image(1, "a.png"), image(2, "b.png")], boxes)
    write(tmp_path / "source/all.json", listed)
    audit = Audit()
    collect(read(Request(tmp_path / "source"), audit), tmp_path / "images", audit)
    assert findings(audit) == [("tiny-mask", "b.png")]


def test_a_second_name_of_a_file_is_read_once(tmp_path):
    put(tmp_path / "images/a.png")
    content = document([image(1, "a.png")], [mark(1, 1, segmentation=[SQUARE])])
    write(tmp_path / "annotations/train.json", content)
    write(tmp_path / "annotations/instances_train.json", content)
    audit = Audit()
    source = read(Request(tmp_path), audit)
    assert [found.split for found in source.images] == ["train"]
    assert not audit.findings
    # One that has been changed since is none.
    content["annotations"].append(mark(2, 1, bbox=[1, 1, 3, 3]))
    write(tmp_path / "annotations/instances_train.json", content)
    (found,) = read(Request(tmp_path), audit).images
    assert len(list(found.labels(HEIGHT, WIDTH))) == 2
    assert findings(audit) == [("image-listed-twice", "images/a.png")]


def test_two_splits_of_one_content_are_two(tmp_path):
    put(tmp_path / "images/a.png")
    content = document([image(1, "a.png")], [mark(1, 1, segmentation=[SQUARE])])
    for name in ("train", "val", "instances_test"):
        write(tmp_path / f"annotations/{name}.json", content)
    audit = Audit()
    (found,) = read(Request(tmp_path), audit).images
    assert found.split == "test"
    assert set(dict(findings(audit))) == {"image-listed-twice", "image-in-two-splits"}
