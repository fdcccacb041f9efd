"""What is written opens in other programs, and says the same there.

Datumaro is also what CVAT reads these formats with.
"""

import math
import warnings
from collections import Counter

import pytest
from pycocotools.coco import COCO

from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.jobs.convert import convert

# What the programs themselves do is not ours to judge.
pytestmark = pytest.mark.filterwarnings("ignore")
NAMES = [f"{('line 1/', '')[number % 2]}part {number}.png" for number in range(12)]


def imported(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"needs {name}", exc_type=ImportError)


@pytest.fixture(scope="module")
def datumaro():
    return imported("datumaro")


@pytest.fixture(scope="module")
def supervision():
    return imported("supervision")


@pytest.fixture(scope="module", params=["masks", "boxes"])
def parts(request, tmp_path_factory, coco_dataset):
    """12 images with up to two defects each, all with masks or all with boxes."""

    def shapes(number):
        for column in range(number % 3):
            x, y = number + 20 * column, 2 * number
            triangle = {"segmentation": [[x, y, x + 9.3, y + 2, x + 3, y + 8.6]]}
            box = {"bbox": [x + 1.25, y + 0.5, 8, 9.25]}
            yield {"category_id": 1 + column} | (triangle if request.param == "masks" else box)

    root = tmp_path_factory.mktemp(request.param)
    return coco_dataset(root, NAMES, (40, 60, 3), {1: "pit, deep", 2: "crack"}, shapes)


def has_masks(dataset):
    return any(record.masked_labels for split in SPLITS for record in dataset.split(split))


@pytest.fixture
def written(tmp_path):
    """Writes a data set in a format, and gives the folder."""

    def write(dataset, to):
        convert(dataset.root, to, out=tmp_path / to)
        return tmp_path / to

    return write


def truth(dataset, split, whole=False):
    """Of each image with its stem: class and box of each defect, and class and area of each mask.

    ``whole`` makes boxes reach to whole pixels, as VOC's do.
    """
    described = {}
    for record in dataset.split(split):
        corners, areas = [], []
        for defect in record.annotations:
            name = dataset.classes[defect.label]
            x, y, width, height = defect.box
            sides = (x, y, x + width, y + height)
            if whole:
                sides = (*map(math.floor, sides[:2]), *map(math.ceil, sides[2:]))
            corners.append((name, sides))
            if defect.rle:
                areas.append((name, int(decode(defect.rle, record.height, record.width).sum())))
        described[stem_of(record.name)] = sorted(corners), sorted(areas)
    return described


def stem_of(name):
    return name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".png").removeprefix("line 1_")


def same(read, expected, pixels=0.01, drawn=True):
    """Compare what a program read with the truth."""
    assert read.keys() == expected.keys()
    for stem, (corners, areas) in expected.items():
        assert [name for name, _ in read[stem][0]] == [name for name, _ in corners]
        for (_, theirs), (_, ours) in zip(read[stem][0], corners, strict=True):
            assert theirs == pytest.approx(ours, abs=pixels)
        if drawn:
            assert read[stem][1] == areas


def by_datumaro(datumaro, folder, format_, **options):
    """Of each subset, the images as :func:`truth` has them; and the names of the classes."""
    kinds = datumaro.AnnotationType
    dataset = datumaro.Dataset.import_from(str(folder), format_, **options)
    names = [label.name for label in dataset.categories()[kinds.label].items]
    described = {}
    for item in dataset:
        assert item.media.data.shape == (40, 60, 3)
        corners, areas = [], []
        for defect in item.annotations:
            if defect.type == kinds.bbox:
                corners.append((names[defect.label], tuple(defect.points)))
            else:
                areas.append((names[defect.label], int(defect.image.sum())))
        described.setdefault(item.subset, {})[stem_of(item.id)] = sorted(corners), sorted(areas)
    return described, names


def by_supervision(loaded):
    described = {}
    for path, detections in loaded.annotations.items():
        names = [loaded.classes[label] for label in detections.class_id]
        corners = sorted(zip(names, map(tuple, detections.xyxy.tolist()), strict=True))
        areas = []
        if detections.mask is not None:
            areas = sorted(zip(names, (int(mask.sum()) for mask in detections.mask), strict=True))
        described[stem_of(path)] = corners, areas
    return described


def detected(datumaro, folder):
    from datumaro.components.environment import Environment

    return Environment().detect_dataset(str(folder))


@pytest.mark.parametrize("converted", [False, True])
def test_coco(datumaro, supervision, parts, written, converted):
    """The data set itself as well as what is converted."""
    folder = written(parts, "coco") if converted else parts.root
    assert detected(datumaro, folder) == ["coco_instances"]
    read, names = by_datumaro(datumaro, folder, "coco_instances")
    assert names == list(parts.classes)
    assert read.keys() == set(SPLITS)
    for split in SPLITS:
        same(read[split], truth(parts, split))
        file = folder / f"annotations/instances_{split}.json"
        loaded = supervision.DetectionDataset.from_coco(str(folder / "images"), str(file))
        assert loaded.classes == list(parts.classes)
        same(by_supervision(loaded), truth(parts, split))
        coco = COCO(str(file))
        assert [category["name"] for category in coco.cats.values()] == list(parts.classes)
        counts = Counter(
            coco.imgs[defect["image_id"]]["file_name"] for defect in coco.anns.values()
        )
        expected = {record.name: len(record.annotations) for record in parts.split(split)}
        assert counts == Counter(expected)


def test_voc(datumaro, supervision, parts, written):
    folder = written(parts, "voc")
    assert "voc" in detected(datumaro, folder)
    # VOC counts pixels from 1, which Datumaro must be told.
    read, names = by_datumaro(datumaro, folder, "voc", coordinate_mode="voc-one-based")
    assert names == ["background", *parts.classes]
    assert read.keys() == set(SPLITS)
    everything = {}
    for split in SPLITS:
        same(read[split], truth(parts, split, whole=True))
        everything |= truth(parts, split, whole=True)
    loaded = supervision.DetectionDataset.from_pascal_voc(
        str(folder / "JPEGImages"), str(folder / "Annotations")
    )
    assert set(loaded.classes) == set(parts.classes)
    same(by_supervision(loaded), everything, drawn=False)


def test_yolo(datumaro, supervision, parts, written):
    folder = written(parts, "yolo")
    for split in SPLITS:
        images, labels = str(folder / "images" / split), str(folder / "labels" / split)
        loaded = supervision.DetectionDataset.from_yolo(images, labels, str(folder / "data.yaml"))
        assert loaded.classes == list(parts.classes)
        read = by_supervision(loaded)
        same(read, truth(parts, split), drawn=False)
        for stem, (_, areas) in truth(parts, split).items():
            for (_, theirs), (_, ours) in zip(read[stem][1], areas, strict=True):
                # It draws the polygon's line as well: half a pixel around.
                assert ours <= theirs <= ours + 4 * math.sqrt(ours) + 8
    if not has_masks(parts):  # Datumaro's YOLO knows no polygons
        assert detected(datumaro, folder) == ["yolo"]
        read, names = by_datumaro(datumaro, folder, "yolo")
        assert names == list(parts.classes)
        for split in SPLITS:
            same(read[split], truth(parts, split))


def test_yolo_boxes(datumaro, parts, written):
    folder = written(parts, "yolo-boxes")
    assert detected(datumaro, folder) == ["yolo"]
    read, names = by_datumaro(datumaro, folder, "yolo")
    assert names == list(parts.classes)
    for split, subset in (("train", "train"), ("val", "valid"), ("test", "test")):
        same(read[subset], truth(parts, split), drawn=False)


def test_labelme(supervision, parts, written):
    """Supervision reads LabelMe's rectangles, and passes over its masks."""
    folder = written(parts, "labelme")
    if has_masks(parts):
        return
    for split in SPLITS:
        read = {}
        for images in (folder / split, folder / split / "line 1"):
            loaded = supervision.DetectionDataset.from_labelme(str(images), str(images))
            assert set(loaded.classes) <= set(parts.classes)
            read |= by_supervision(loaded)
        same(read, truth(parts, split))
