import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.sources import RejectedImageError, Request
from auxnet_cli.data.sources.tekerreka.reader import LAYOUTS, find_layout, read
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare

HEIGHT, WIDTH = 24, 30


def put(path, value, folder=None):
    pixels = np.full((HEIGHT, WIDTH, 3), value, np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def images(root):
    """Ten parts: two cracked, two good by an empty annotation, two by their folder, four bare."""
    cracked = [root / "line a" / f"{n}.png" for n in range(2)]
    empty = [root / "line b" / f"{n}.png" for n in range(2, 4)]
    good = [root / "line b" / "OK" / f"{n}.png" for n in range(4, 6)]
    bare = [root / "line b" / f"{n}.png" for n in range(6, 10)]
    for value, path in enumerate(cracked + empty + good + bare):
        put(path, value * 20)
    return cracked, empty


def labelme(root):
    cracked, empty = images(root)
    for path in cracked + empty:
        points = [[3, 4], [9, 4], [9, 8], [3, 8]]
        shape = {"label": "crack", "points": points, "shape_type": "polygon"}
        document = {
            "version": "5.4.1",
            "flags": {},
            "shapes": [shape] if path in cracked else [],
            "imagePath": path.name,
            "imageData": None,
            "imageHeight": HEIGHT,
            "imageWidth": WIDTH,
        }
        path.with_suffix(".json").write_text(json.dumps(document))


def coco(root):
    cracked, empty = images(root)
    listed = [
        {
            "id": number,
            "file_name": path.relative_to(root).as_posix(),
            "height": HEIGHT,
            "width": WIDTH,
        }
        for number, path in enumerate(cracked + empty, start=1)
    ]
    marked = [
        {
            "id": number,
            "image_id": number,
            "category_id": 1,
            "bbox": [3, 4, 6, 4],
            "area": 24,
            "iscrowd": 0,
            "segmentation": [[3, 4, 9, 4, 9, 8, 3, 8]],
        }
        for number in (1, 2)
    ]
    document = {
        "images": listed,
        "annotations": marked,
        "categories": [{"id": 1, "name": "crack"}],
    }
    (root / "instances.json").write_text(json.dumps(document))


def voc(root):
    cracked, empty = images(root)
    box = "<bndbox><xmin>4</xmin><ymin>5</ymin><xmax>9</xmax><ymax>8</ymax></bndbox>"
    for path in cracked + empty:
        found = f"<object><name>crack</name>{box}</object>" if path in cracked else ""
        size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>"
        name = f"<filename>{path.name}</filename>"
        text = f"<annotation>{name}{size}{found}</annotation>"
        path.with_suffix(".xml").write_text(text)


def masks(root):
    cracked, empty = images(root)
    for path in cracked + empty:
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        mask[4:8, 3:9] = 255 * (path in cracked)
        name = path.with_name(f"{path.stem}_mask.png")
        name.write_bytes(cv2.imencode(".png", mask)[1].tobytes())


MAKERS = {"labelme": labelme, "coco": coco, "voc": voc, "masks": masks}


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("policy", ["skip", "good"])
def test_every_layout_is_found_and_means_the_same(tmp_path, layout, policy):
    root = tmp_path / "plant"
    MAKERS[layout](root)
    (root / "readme.json").write_text('{"camera": "left"}')
    (root / "settings.xml").write_text("<annotations/>")
    assert find_layout(root) == layout
    summary = prepare("tekerreka", root, unlabelled=policy, test=0, val=0)
    number = 10 if policy == "good" else 6
    assert summary["classes"] == ["defect" if layout == "masks" else "crack"]
    assert summary["counts"]["train"]["images"] == number
    assert summary["counts"]["train"]["good"] == number - 2
    assert summary["audit"]["image-without-annotation"] == 4
    for record in Dataset.open(Path(summary["out"])).split("train"):
        cracked = "line a" in record.name or record.name in ("0.png", "1.png")
        boxes = [annotation.box for annotation in record.annotations]
        assert len(boxes) == cracked
        assert all(np.abs(np.subtract(box, (3, 4, 6, 4))).max() <= 1 for box in boxes)
    with pytest.raises(InputError, match=r"4 images have no annotation .* line b/6\.png"):
        prepare("tekerreka", root, unlabelled="error")


def test_fractions_are_the_papers(tmp_path):
    masks(tmp_path / "plant")
    summary = prepare("tekerreka", tmp_path / "plant")
    # Validation is a tenth of the 80 % that are not for testing.
    assert (summary["split"]["test"], summary["split"]["val"]) == (0.2, 0.08)


def test_several_layouts_must_be_told_apart(tmp_path):
    root = tmp_path / "plant"
    voc(root)
    masks(root)
    with pytest.raises(InputError, match=r"4 of voc, 4 of masks files\).*--annotations voc\|masks"):
        find_layout(root)
    source = read(Request(root, annotations="voc"), Audit())
    assert source.classes == ("crack",)


def test_no_labels_and_no_such_layout(tmp_path):
    images(tmp_path / "plant")
    with pytest.raises(InputError, match="holds no labels: there is neither LabelMe JSON"):
        read(Request(tmp_path / "plant"), Audit())
    with pytest.raises(InputError, match="Did you mean 'labelme'"):
        read(Request(tmp_path / "plant", annotations="lableme"), Audit())
    with pytest.raises(InputError, match="no folder"):
        read(Request(tmp_path / "none"), Audit())


def test_defect_in_a_folder_of_good_parts_is_a_conflict(tmp_path):
    root = tmp_path / "plant"
    masks(root)
    (root / "line a").rename(root / "Good")
    found = {item.file: item for item in read(Request(root), Audit()).images}
    with pytest.raises(RejectedImageError, match="in a folder of good parts"):
        found["Good/0.png"].labels(HEIGHT, WIDTH)
    empty = found["line b/2.png"].labels(HEIGHT, WIDTH)
    assert all(not mask.any() for _, mask in empty)


def test_hidden_and_damaged_files_are_no_layout(tmp_path):
    root = tmp_path / "plant"
    masks(root)
    (root / ".cache").mkdir()
    (root / ".cache/a.json").write_text('{"shapes": []}')
    (root / "late.json").write_bytes(b'{"a": "' + b"x" * 70000 + b'"}')
    (root / "folder.json").mkdir()
    assert find_layout(root) == "masks"
    # What follows a long head counts, too.
    late = b'{"categories": [], "images": [], "a": "' + b"x" * 70000 + b'", "annotations": []}'
    (root / "late.json").write_bytes(late)
    with pytest.raises(InputError, match="1 of coco, 4 of masks files"):
        find_layout(root)


@given(st.data())
def test_damage_is_a_sentence_or_an_audit_row(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("damage")
    MAKERS[data.draw(st.sampled_from(list(MAKERS)))](root)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    audit = Audit()
    try:
        for item in read(Request(root), audit).images:
            try:
                assert all(name for name, _ in item.labels(HEIGHT, WIDTH))
            except RejectedImageError as error:
                audit.add(error.kind, item.file, error.detail, "image skipped")
    except InputError as error:
        audit.add("refused", "", str(error), "")
    assert all(finding.kind and finding.detail for finding in audit.findings)
