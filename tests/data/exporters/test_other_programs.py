"""What is written opens in other programs, and says the same there.

Datumaro is also what CVAT reads these formats with.
"""

import json
import math
import warnings
from collections import Counter

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO

from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.jobs.convert import convert
from auxnet_cli.jobs.prepare import prepare

# What the programs themselves do is not ours to judge.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def datumaro():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("datumaro", reason="needs datumaro", exc_type=ImportError)


@pytest.fixture(scope="module")
def supervision():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("supervision", reason="needs supervision", exc_type=ImportError)


def source(root, shapes):
    """A COCO source of 12 images with up to two of the shapes each."""
    generator = np.random.default_rng(0)
    images, annotations = [], []
    for number in range(12):
        name = f"{('line 1/', '')[number % 2]}part {number}.png"
        path = root / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 255, (40, 60, 3), np.uint8)
        path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        images.append({"id": number, "file_name": name, "height": 40, "width": 60})
        for place, shape in enumerate(shapes[: number % 3]):
            x, y = number + 20 * place, 2 * number
            annotations.append(
                {"id": len(annotations), "image_id": number, "category_id": 1 + place} | shape(x, y)
            )
    document = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "pit, deep"}, {"id": 2, "name": "crack"}],
    }
    (root / "all.json").write_text(json.dumps(document))
    return root


def drawn(x, y):
    return {"segmentation": [[x, y, x + 9.3, y + 2, x + 3, y + 8.6]]}


def boxed(x, y):
    return {"bbox": [x + 1.25, y + 0.5, 8, 9.25]}


@pytest.fixture(scope="module")
def masks(tmp_path_factory):
    root = tmp_path_factory.mktemp("masks")
    prepare("coco", source(root / "source", [drawn, drawn]), out=root / "parts", val=0.2, test=0.3)
    return Dataset.open(root / "parts")


@pytest.fixture(scope="module")
def boxes(tmp_path_factory):
    root = tmp_path_factory.mktemp("boxes")
    prepare("coco", source(root / "source", [boxed, boxed]), out=root / "parts", val=0.2, test=0.3)
    return Dataset.open(root / "parts")


@pytest.fixture
def written(tmp_path):
    """Writes a data set in a format, and gives the folder."""

    def write(dataset, to):
        convert(dataset.root, to, out=tmp_path / to)
        return tmp_path / to

    return write


def truth(dataset, split, whole=False):
    """Of each image with its stem: class and box of each defect, and class and area of each mask.

    Args:
        dataset: the data set.
        split: of it.
        whole: whether boxes reach to whole pixels, as VOC's do.
    """
    told = {}
    for record in dataset.split(split):
        stem = record.name.rsplit("/", 1)[-1].removesuffix(".png")
        corners = []
        for one in record.annotations:
            x, y, width, height = one.box
            sides = (x, y, x + width, y + height)
            if whole:
                sides = (*map(math.floor, sides[:2]), *map(math.ceil, sides[2:]))
            corners.append((dataset.classes[one.label], sides))
        areas = [
            (dataset.classes[one.label], int(decode(one.rle, record.height, record.width).sum()))
            for one in record.annotations
            if one.rle
        ]
        told[stem] = sorted(corners), sorted(areas)
    return told


def same(found, expected, pixels=0.01, drawn=True):
    """Compare what a program found with the truth."""
    assert found.keys() == expected.keys()
    for stem, (corners, areas) in expected.items():
        assert [name for name, _ in found[stem][0]] == [name for name, _ in corners]
        for (_, theirs), (_, ours) in zip(found[stem][0], corners, strict=True):
            assert theirs == pytest.approx(ours, abs=pixels)
        if drawn:
            assert found[stem][1] == areas


def by_datumaro(datumaro, folder, format_, **options):
    """Of each subset, the images as :func:`truth` has them; and the names of the classes."""
    kinds = datumaro.AnnotationType
    dataset = datumaro.Dataset.import_from(str(folder), format_, **options)
    names = [label.name for label in dataset.categories()[kinds.label].items]
    told = {}
    for item in dataset:
        assert item.media.data.shape == (40, 60, 3)
        corners, areas = [], []
        for one in item.annotations:
            if one.type == kinds.bbox:
                corners.append((names[one.label], tuple(one.points)))
            else:
                areas.append((names[one.label], int(one.image.sum())))
        own = told.setdefault(item.subset, {})
        own[item.id.rsplit("/", 1)[-1].removeprefix("line 1_")] = sorted(corners), sorted(areas)
    return told, names


def by_supervision(loaded):
    told = {}
    for path, detections in loaded.annotations.items():
        stem = path.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".png")
        names = [loaded.classes[label] for label in detections.class_id]
        corners = sorted(zip(names, map(tuple, detections.xyxy.tolist()), strict=True))
        areas = []
        if detections.mask is not None:
            areas = sorted(zip(names, (int(mask.sum()) for mask in detections.mask), strict=True))
        told[stem.removeprefix("line 1_")] = corners, areas
    return told


def detected(datumaro, folder):
    from datumaro.components.environment import Environment

    return Environment().detect_dataset(str(folder))


@pytest.mark.parametrize("kind", ["masks", "boxes"])
@pytest.mark.parametrize("converted", [False, True])
def test_coco(datumaro, supervision, request, written, kind, converted):
    """The data set itself as well as what is converted."""
    dataset = request.getfixturevalue(kind)
    folder = written(dataset, "coco") if converted else dataset.root
    assert detected(datumaro, folder) == ["coco_instances"]
    found, names = by_datumaro(datumaro, folder, "coco_instances")
    assert names == list(dataset.classes)
    assert found.keys() == set(SPLITS)
    for split in SPLITS:
        same(found[split], truth(dataset, split))
        file = folder / f"annotations/instances_{split}.json"
        loaded = supervision.DetectionDataset.from_coco(str(folder / "images"), str(file))
        assert loaded.classes == list(dataset.classes)
        same(by_supervision(loaded), truth(dataset, split))
        coco = COCO(str(file))
        assert [one["name"] for one in coco.cats.values()] == list(dataset.classes)
        areas = Counter(coco.imgs[one["image_id"]]["file_name"] for one in coco.anns.values())
        expected = {record.name: len(record.annotations) for record in dataset.split(split)}
        assert areas == Counter(expected)


@pytest.mark.parametrize("kind", ["masks", "boxes"])
def test_voc(datumaro, supervision, request, written, kind):
    dataset = request.getfixturevalue(kind)
    folder = written(dataset, "voc")
    assert "voc" in detected(datumaro, folder)
    # VOC counts pixels from 1, which Datumaro must be told.
    found, names = by_datumaro(datumaro, folder, "voc", coordinate_mode="voc-one-based")
    assert names == ["background", *dataset.classes]
    assert found.keys() == set(SPLITS)
    everything = {}
    for split in SPLITS:
        same(found[split], truth(dataset, split, whole=True))
        everything |= truth(dataset, split, whole=True)
    loaded = supervision.DetectionDataset.from_pascal_voc(
        str(folder / "JPEGImages"), str(folder / "Annotations")
    )
    assert set(loaded.classes) == set(dataset.classes)
    same(by_supervision(loaded), everything, drawn=False)


@pytest.mark.parametrize("kind", ["masks", "boxes"])
def test_yolo(datumaro, supervision, request, written, kind):
    dataset = request.getfixturevalue(kind)
    folder = written(dataset, "yolo")
    for split in SPLITS:
        loaded = supervision.DetectionDataset.from_yolo(
            str(folder / "images" / split),
            str(folder / "labels" / split),
            str(folder / "data.yaml"),
        )
        assert loaded.classes == list(dataset.classes)
        found = by_supervision(loaded)
        same(found, truth(dataset, split), drawn=False)
        for stem, (_, areas) in truth(dataset, split).items():
            for (_, theirs), (_, ours) in zip(found[stem][1], areas, strict=True):
                # It draws the polygon's line as well: half a pixel around.
                assert ours <= theirs <= ours + 4 * math.sqrt(ours) + 8
    if kind == "boxes":  # Datumaro's YOLO knows no polygons
        assert detected(datumaro, folder) == ["yolo"]
        found, names = by_datumaro(datumaro, folder, "yolo")
        assert names == list(dataset.classes)
        for split in SPLITS:
            same(found[split], truth(dataset, split))


@pytest.mark.parametrize("kind", ["masks", "boxes"])
def test_yolo_boxes(datumaro, request, written, kind):
    dataset = request.getfixturevalue(kind)
    folder = written(dataset, "yolo-boxes")
    assert detected(datumaro, folder) == ["yolo"]
    found, names = by_datumaro(datumaro, folder, "yolo")
    assert names == list(dataset.classes)
    for split, subset in (("train", "train"), ("val", "valid"), ("test", "test")):
        same(found[subset], truth(dataset, split), drawn=False)


def test_labelme(supervision, boxes, written):
    """Supervision reads LabelMe's rectangles, and passes over its masks."""
    folder = written(boxes, "labelme")
    for split in SPLITS:
        expected = truth(boxes, split)
        found = {}
        for place in (folder / split, folder / split / "line 1"):
            loaded = supervision.DetectionDataset.from_labelme(str(place), str(place))
            assert set(loaded.classes) <= set(boxes.classes)
            found |= by_supervision(loaded)
        same(found, expected)
