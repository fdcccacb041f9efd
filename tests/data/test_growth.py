"""Sources larger than any real one: time and memory grow with their size, not with its square.

No time is asserted; with the square, a test here takes minutes.
"""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.collect import collect
from auxnet_cli.data.labels.polygons import MAX_LABELS, fill_coco_polygons
from auxnet_cli.data.labels.shapes import to_points
from auxnet_cli.data.sources.coco.file import parse
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.labelme.file import Shape
from auxnet_cli.data.sources.labelme.labels import read_labels
from auxnet_cli.data.sources.masks.pixels import read_names
from auxnet_cli.data.sources.registry import open_source
from auxnet_cli.data.sources.source import Canvas, RejectedImageError, Request
from auxnet_cli.data.sources.voc import layout
from auxnet_cli.data.sources.voc.labelmap import read_mask_names
from auxnet_cli.data.sources.voc.layout import find_images
from auxnet_cli.data.sources.voc.reader import check_xml
from auxnet_cli.data.sources.voc.xml import VocXml
from auxnet_cli.data.sources.yolo.description import read_description
from tests.data.source_builders import put

MANY = 30_000

EMPTY = (None, None, ())
SQUARE = [[2, 2], [6, 2], [6, 6], [2, 6]]


def test_categories():
    categories = [{"id": number, "name": f"c{number % (MANY - 1)}"} for number in range(MANY)]
    document = {"images": [], "annotations": [], "categories": categories}
    folder = SourceFolder(Path(), Audit())
    classes, _ = parse(document, Path("all.json"), folder)
    assert (len(classes), folder.audit.counts()) == (MANY - 1, {"repeated-category": 1})


@pytest.mark.parametrize(
    ("name", "line", "read"),
    [
        ("data.yaml", "  {0}: c{0}\n", lambda folder: read_description(folder).names),
        ("classes.txt", "c{0}\n", lambda folder: read_description(folder).names),
        ("class_names.txt", "c{0}\n", read_names),
        ("labelmap.txt", "c{0}:::\n", lambda folder: read_mask_names(folder, []).names),
    ],
)
def test_names_of_classes(tmp_path, name, line, read):
    head = "names:\n" if name == "data.yaml" else ""
    text = head + "".join(line.format(number) for number in range(MANY))
    (tmp_path / name).write_text(text)
    names = read(SourceFolder(tmp_path, Audit()))
    assert f"c{MANY - 1}" in names.values()


def test_classes_of_a_source_whose_images_are_collected(tmp_path):
    """Each label was looked for in the list of classes, and each class among the labels."""
    labels = [f"c{number:05}" for number in range(8000)]
    shapes = [{"label": name, "shape_type": "rectangle", "points": SQUARE[::2]} for name in labels]
    put(tmp_path / "source" / "a.png", np.zeros((8, 8), np.uint8))
    put(tmp_path / "source" / "a.json", {"shapes": shapes, "imagePath": "a.png"})
    source = open_source("labelme", Request(tmp_path / "source"), Audit())
    entries, _ = collect(source, tmp_path / "images", Audit())
    assert len(entries[0].defects) == 8000


def test_images_of_one_name(tmp_path, monkeypatch):
    """Each name was compared with the paths of all images that are called so."""
    paths = [tmp_path / f"part-{number}" / "front.png" for number in range(2000)]
    monkeypatch.setattr(ImageTree, "images", lambda tree: paths)
    tree = ImageTree(tmp_path, Audit())
    for number in range(2000):
        for _ in range(3):
            path, parts = tree.find(f"part-{number}/front.png", tmp_path, None)
            assert (path.parent.name, parts) == (f"part-{number}", 2)
    assert len(tree.named(f"x{number}/front.png" for number in range(20_000))) == 2000


def test_xml_of_images_that_are_called_otherwise(tmp_path, monkeypatch):
    """Each was looked for among all images."""
    images = [tmp_path / f"{number}.png" for number in range(4000)]
    xmls = [tmp_path / f"x{number}.xml" for number in range(4000)]
    monkeypatch.setattr(ImageTree, "images", lambda tree: images)
    monkeypatch.setattr(ImageTree, "files", lambda tree, suffix: xmls)
    monkeypatch.setattr(layout, "read_xml", lambda path: VocXml(f"{path.stem[1:]}.jpg", *EMPTY))
    assert all(image.is_unlabelled for image in find_images(ImageTree(tmp_path, Audit()))[0])


def test_classes_that_a_file_may_be_called_after(tmp_path):
    """All classes were sorted anew for each image."""
    put(tmp_path / "c7_1.png", np.zeros((8, 8), np.uint8))
    classes, canvas = {f"c{n}": f"c{n}" for n in range(10 * MANY)}, Canvas("x", 8, 8, Audit())
    for _ in range(200):
        check_xml(VocXml("", *EMPTY), tmp_path / "c7_1.png", classes, canvas)
    assert not canvas.audit.findings


def test_more_polygons_than_one_annotation_has():
    """pycocotools merges them two by two, each time over all runs so far."""
    polygons = [to_points(SQUARE, 8, 8)] * (MAX_LABELS + 1)
    with pytest.raises(ValueError, match="20001 polygons are more than the 20000"):
        fill_coco_polygons(polygons, 8, 8)


def test_masks_of_many_groups_are_not_kept():
    shapes = [Shape(f"shapes[{n}]", "pit", "polygon", SQUARE, None, str(n)) for n in range(50)]
    tracemalloc.start()
    try:
        for _, mask in read_labels(shapes, Canvas("a.png", 1000, 1000, Audit())):
            assert mask.sum() == 16
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_more_labels_than_an_image_has():
    shapes = [Shape("", "pit", "rectangle", SQUARE[::2], None, None)] * (MAX_LABELS + 1)
    with pytest.raises(RejectedImageError, match="20001 shapes, more than the 20000"):
        list(read_labels(shapes, Canvas("a.png", 8, 8, Audit())))
