"""Small sources of every kind that ``prepare`` reads, as files with their content."""

import base64
import json
from pathlib import Path

import cv2
import numpy as np

from auxnet_cli.data.labels.run_lengths import encode, to_severstal

HEIGHT, WIDTH = 32, 48
SIDES = {"width": WIDTH, "height": HEIGHT}
MASK = np.zeros((HEIGHT, WIDTH), np.uint8)
MASK[4:12, 6:20] = 1
POLYGON = [[6, 4], [20, 4], [20, 12], [6, 12]]
FLAT = [value for point in POLYGON for value in point]


def encoded(pixels, suffix=".png"):
    return cv2.imencode(suffix, pixels)[1].tobytes()


def put(path, content=b""):
    """Writes a file: bytes, text, pixels in the format of the suffix, or JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, np.ndarray):
        content = encoded(content, path.suffix)
    elif not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def findings(audit):
    """Returns the kind and file of each finding."""
    return [(finding.kind, finding.file) for finding in audit.findings]


def labels_of(source, height, width):
    """Returns the labels of each image by its name."""
    return {image.name: list(image.labels(height, width)) for image in source.images}


def photo(seed, suffix=".png"):
    return encoded(
        np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8), suffix
    )


def photos(folder=""):
    """Two defective parts, a and b, and two good ones."""
    names = ("a.png", "b.jpg", "ok/c.bmp", "ok/d.tif")
    return {f"{folder}{name}": photo(seed, name[-4:]) for seed, name in enumerate(names)}


def severstal(older=False):
    runs = to_severstal(MASK > 0)
    images = {f"train_images/{Path(name).name}": content for name, content in photos().items()}
    head, rows = "ImageId,ClassId,EncodedPixels", [f"a.png,1,{runs}", f"b.jpg,3,{runs}"]
    if older:
        head, names = "ImageId_ClassId,EncodedPixels", [Path(name).name for name in photos()]
        rows = [
            f"{n}_{c},{runs if n[0] in 'ab' and c == 2 else ''}" for n in names for c in range(1, 5)
        ]
    return images | {"train.csv": "\n".join([head, *rows, ""])}


def class_folders():
    mask = encoded(MASK * 255)
    return {
        "MT_Pit/Imgs/a.jpg": photo(0, ".jpg"),
        "MT_Pit/Imgs/a.png": mask,
        "MT_Crack/b.tif": photo(1, ".tif"),
        "MT_Crack/masks/b.bmp": encoded(MASK * 255, ".bmp"),
        "MT_Free/c.bmp": photo(2, ".bmp"),
        "MT_Free/d.webp": photo(3, ".webp"),
    }


def index_masks():
    masks = {
        f"masks/{name}.png": encoded(MASK * value) for name, value in (("a", 1), ("b", 2), ("c", 0))
    }
    images = {f"images/{Path(name).name}": content for name, content in photos().items()}
    return images | masks | {"class_names.txt": "back\npit\ncrack\n"}


def coco_document(names, first=0):
    segments = [[FLAT], {"size": [HEIGHT, WIDTH], "counts": [100, 40, HEIGHT * WIDTH - 140]}]
    marks = [{"segmentation": shape} for shape in segments] + [{"bbox": [3, 4, 9, 8]}]
    marks.append({"segmentation": encode(MASK > 0), "iscrowd": 0})
    return json.dumps(
        {
            "images": [
                {"id": n, "file_name": name, **SIDES} for n, name in enumerate(names, first)
            ],
            "annotations": [
                {"id": n, "image_id": first + n % 2, "category_id": n % 2, **mark}
                for n, mark in enumerate(marks)
            ],
            "categories": [{"id": 0, "name": "pit"}, {"id": 1, "name": "crack"}],
        }
    )


def coco():
    return photos("images/") | {
        "annotations/instances_train.json": coco_document(["a.png", "b.jpg"]),
        "annotations/instances_val.json": coco_document(["ok/c.bmp", "images/ok/d.tif"], 5),
    }


def labelme_document(name, *kinds, inside=None):
    points = {"polygon": POLYGON, "circle": [[20, 16], [25, 16]], "linestrip": POLYGON}
    corners = [[2, 3], [30, 20]]
    shapes = [
        {"label": f"a {kind}", "shape_type": kind, "points": points.get(kind, corners)}
        for kind in kinds
    ]
    if "mask" in kinds:
        shapes[kinds.index("mask")]["mask"] = base64.b64encode(encoded(MASK[:18, :29])).decode()
    data = base64.b64encode(inside).decode() if inside else None
    sides = {"imageHeight": HEIGHT, "imageWidth": WIDTH}
    return json.dumps(
        {"version": "5.4.1", "shapes": shapes, "imagePath": name, "imageData": data, **sides}
    )


def labelme():
    return photos() | {
        "a.json": labelme_document("a.png", "polygon", "circle"),
        "other.json": labelme_document("b.jpg", "rectangle", "linestrip", "mask", "point"),
        "e.json": labelme_document("../e.png", "polygon", inside=photo(5)),
        "ok/c.json": labelme_document("c.bmp"),
        "labels.txt": "a circle\na polygon\n",
    }


def voc_document(name, *labels):
    box = "<xmin>7</xmin><ymin>5</ymin><xmax>20</xmax><ymax>12</ymax>"  # pixels count from 1
    objects = "".join(
        f"<object><name>{label}</name><bndbox>{box}</bndbox></object>" for label in labels
    )
    size = "".join(f"<{side}>{value}</{side}>" for side, value in SIDES.items())
    return f"<annotation><filename>{name}</filename><size>{size}</size>{objects}</annotation>"


def voc():
    return photos("JPEGImages/") | {
        "Annotations/a.xml": voc_document("a.png", "pit", "crack"),
        "Annotations/z.xml": voc_document("b.jpg", "crack"),
        "Annotations/ok/c.xml": voc_document("c.bmp"),
        "ImageSets/Main/train.txt": "a\nb\n",
        "ImageSets/Main/val.txt": "c\n",
    }


def voc_masks():
    return photos("JPEGImages/") | {
        "Annotations/a.xml": voc_document("a.png", "pit"),
        "SegmentationClass/a.png": encoded(MASK),
        "SegmentationClass/b.png": encoded(np.dstack([MASK * 0, MASK * 0, MASK * 128])),
        "SegmentationObject/a.png": encoded(MASK * np.arange(WIDTH, dtype=np.uint8)),
        "labelmap.txt": "background:0,0,0::\npit:128,0,0::\ncrack:0,128,0::\n",
        "ImageSets/Segmentation/test.txt": "a\n",
    }


def yolo():
    return photos("images/") | {
        "data.yaml": "path: .\nnames: {0: pit, 1: crack}\ntrain: images\nval: val.txt\nnc: 2\n",
        "val.txt": "./images/b.jpg\n",
        "labels/a.txt": "0 .5 .5 .2 .5\n1 .2 .2 .1 .1\n",
        "labels/b.txt": "1 .5 .5 .2 .5\n",
        "labels/ok/c.txt": "",
    }


def yolo_polygons():
    return photos("train/") | {
        "classes.txt": "pit\ncrack\n",
        "train/a.txt": "0 .1 .1 .5 .1 .5 .6\n1 .6 .6 .9 .6 .9 .9 .6 .9\n",
        "train/b.txt": "1 .1 .1 .5 .1 .5 .6\n",
    }


def tekerreka_masks():
    masks = {"a_mask.png": encoded(MASK * 255), "masks/b.png": encoded(MASK * 255)}
    return photos() | masks


def tekerreka_voc():
    return photos() | {
        "a.xml": voc_document("a.png", "crack"),
        "b.xml": voc_document("b.jpg", "crack"),
    }


KINDS = {
    "severstal": severstal,
    "severstal, older": lambda: severstal(older=True),
    "masks, folders": class_folders,
    "masks, index": index_masks,
    "tekerreka, labelme": labelme,
    "tekerreka, coco": lambda: photos() | {"all.json": coco_document(["a.png", "b.jpg"])},
    "tekerreka, voc": tekerreka_voc,
    "tekerreka, masks": tekerreka_masks,
    "coco": coco,
    "voc, boxes": voc,
    "voc, masks": voc_masks,
    "labelme": labelme,
    "yolo, boxes": yolo,
    "yolo, polygons": yolo_polygons,
}
