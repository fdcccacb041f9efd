"""The time and memory that a source takes grow with its size, and not with the square of it."""

import json
import time
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.collect import collect
from auxnet_cli.data.labels.polygons import MAX_LABELS, fill_coco_polygons
from auxnet_cli.data.labels.shapes import to_points
from auxnet_cli.data.sources import RejectedImageError, Request, open_source
from auxnet_cli.data.sources.coco.file import parse
from auxnet_cli.data.sources.files import image_tree
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.labelme.file import Shape
from auxnet_cli.data.sources.labelme.labels import read_labels
from auxnet_cli.data.sources.masks.index_masks import read_names
from auxnet_cli.data.sources.voc.check import check
from auxnet_cli.data.sources.voc.layout import VocFiles, pair_files
from auxnet_cli.data.sources.voc.masks import read_mask_names
from auxnet_cli.data.sources.voc.xml import VocXml
from auxnet_cli.data.sources.yolo.names import read_set

MANY = 30_000
SECONDS = 6
"""On a slow machine what stands here takes a fifth of that; the square took twenty and more."""

SQUARE = [[2, 2], [6, 2], [6, 6], [2, 6]]


@contextmanager
def soon():
    begin = time.process_time()
    yield
    assert time.process_time() - begin < SECONDS


def put(path, pixels=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((8, 8), np.uint8) if pixels is None else pixels
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def test_categories():
    document = {
        "images": [],
        "annotations": [],
        "categories": [{"id": number, "name": f"c{number % (MANY - 1)}"} for number in range(MANY)],
    }
    with soon():
        file = parse(document, Path("all.json"))
    assert (len(file.classes), file.repeated) == (MANY - 1, ("c0",))


@pytest.mark.parametrize(
    ("name", "line", "read"),
    [
        ("data.yaml", "  {0}: c{0}\n", lambda root: read_set(root, Audit()).names),
        ("classes.txt", "c{0}\n", lambda root: read_set(root, Audit()).names),
        ("class_names.txt", "c{0}\n", read_names),
        ("labelmap.txt", "c{0}:::\n", lambda root: read_mask_names(root, []).names),
    ],
)
def test_names_of_classes(tmp_path, name, line, read):
    head = "names:\n" if name == "data.yaml" else ""
    text = head + "".join(line.format(number) for number in range(MANY))
    (tmp_path / name).write_text(text)
    with soon():
        names = read(tmp_path)
    assert f"c{MANY - 1}" in names.values()


def test_classes_of_a_source_whose_images_are_collected(tmp_path):
    """Each label was looked for in the list of classes, and each class among the labels."""
    labels = [f"c{number:05}" for number in range(8000)]
    shapes = [{"label": name, "shape_type": "rectangle", "points": SQUARE[::2]} for name in labels]
    put(tmp_path / "source" / "a.png")
    text = json.dumps({"shapes": shapes, "imagePath": "a.png"})
    (tmp_path / "source" / "a.json").write_text(text)
    with soon():
        source = open_source("labelme", Request(tmp_path / "source"), Audit())
        entries, _ = collect(source, tmp_path / "images", Audit())
    assert len(entries[0].defects) == 8000


def test_images_of_one_name(tmp_path, monkeypatch):
    """Each name was compared with the paths of all images that are called so."""
    paths = [tmp_path / f"part-{number}" / "front.png" for number in range(2000)]
    monkeypatch.setattr(image_tree, "images_below", lambda root: paths)
    tree = ImageTree(tmp_path, Audit())
    with soon():
        for number in range(2000):
            for _ in range(3):
                found, parts = tree.find(f"part-{number}/front.png", tmp_path, None)
                assert (found.parent.name, parts) == (f"part-{number}", 2)
    with soon():
        assert len(tree.named(f"x{number}/front.png" for number in range(20_000))) == 2000


def test_xml_of_images_that_are_called_otherwise(tmp_path, monkeypatch):
    """Each was looked for among all images."""
    images = [tmp_path / f"{number}.png" for number in range(4000)]
    xmls = [tmp_path / f"x{number}.xml" for number in range(4000)]
    monkeypatch.setattr(
        "auxnet_cli.data.sources.voc.layout.read_xml",
        lambda path: VocXml(f"{path.stem[1:]}.jpg", None, None, ()),
    )
    with soon():
        assert all(
            item.bare for item in pair_files(VocFiles(images, xmls, [], []), tmp_path, Audit())
        )


def test_classes_that_a_file_may_be_called_after(tmp_path):
    """All classes were sorted anew for each image."""
    put(tmp_path / "c7_1.png")
    classes, audit = {f"c{number}": f"c{number}" for number in range(10 * MANY)}, Audit()
    with soon():
        for _ in range(200):
            check(VocXml("", None, None, ()), tmp_path / "c7_1.png", (8, 8), classes, "x", audit)
    assert not audit.findings


def test_more_polygons_than_one_annotation_has():
    """pycocotools merges them two by two, each time over all runs so far."""
    polygons = [to_points(SQUARE, 8, 8)] * (MAX_LABELS + 1)
    with pytest.raises(ValueError, match="20001 polygons are more than the 20000"):
        fill_coco_polygons(polygons, 8, 8)


def test_masks_of_many_groups_are_not_kept():
    shapes = [Shape(f"shapes[{n}]", "pit", "polygon", SQUARE, None, str(n)) for n in range(50)]
    tracemalloc.start()
    try:
        for _, mask in read_labels(shapes, 1000, 1000, "a.png", Audit()):
            assert mask.sum() == 16
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_more_labels_than_an_image_has():
    shapes = [Shape("", "pit", "rectangle", SQUARE[::2], None, None)] * (MAX_LABELS + 1)
    with pytest.raises(RejectedImageError, match="20001 shapes, more than the 20000"):
        list(read_labels(shapes, 8, 8, "a.png", Audit()))
