import csv
import errno
import hashlib
import json
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from pycocotools.coco import COCO

from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.prepare import prepare
from auxnet_cli.data.rle import decode, fill, parse_runs
from auxnet_cli.errors import InputError

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the sample data")


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


def tiles(defective=6, good=6):
    """A source of two folders; every image is different."""
    for number in range(defective + good):
        folder = "crack" if number < defective else "good"
        image = np.full((8, 9), number, np.uint8)
        put(Path(f"tiles/{folder}/{number}.bmp"), image)
        mask = np.zeros((8, 9), np.uint8)
        mask[number % 8, 2:5] = mask[(number + 4) % 8, 7] = 255 * (folder == "crack")
        put(Path(f"tiles/{folder}/{number}.png"), mask)
    return Path("tiles")


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def test_the_common_format(tmp_path):
    summary = prepare("masks", tiles(), val=0.2, test=0.2)
    root = Path("data/tiles")
    assert sorted(path.name for path in root.iterdir()) == [
        "annotations",
        "audit.json",
        "audit.md",
        "dataset.yaml",
        "images",
    ]
    document = yaml.safe_load((root / "dataset.yaml").read_text())
    assert list(document) == [
        "name",
        "kind",
        "classes",
        "label_kind",
        "counts",
        "split",
        "tool_version",
        "fingerprint",
    ]
    assert (document["name"], document["kind"]) == ("tiles", "masks")
    assert document["classes"] == ["crack"]
    assert document["label_kind"] == "exclusive"
    assert document["split"] == {"val": 0.2, "test": 0.2, "seed": 0, "group_by": None}
    assert sum(split["defective"] for split in document["counts"].values()) == 6
    assert summary["out"] == str(root)
    assert {key: summary[key] for key in document} == document
    dataset = Dataset.open(root)
    records = [record for split in SPLITS for record in dataset.split(split)]
    assert sorted(record.id for record in records) == list(range(1, 13))
    for record in records:
        original = Path("tiles") / record.name
        assert record.path.read_bytes() == original.read_bytes()
        mask = cv2.imdecode(np.fromfile(original.with_suffix(".png"), np.uint8), -1) > 0
        assert len(record.annotations) == (2 if mask.any() else 0)
        layers = [decode(annotation.rle) for annotation in record.annotations]
        assert np.array_equal(np.any([np.zeros_like(mask), *layers], axis=0), mask)
    for split in SPLITS:
        document = json.loads((root / f"annotations/{split}.json").read_text())
        assert list(document) == ["info", "licenses", "images", "categories", "annotations"]
        for image in document["images"]:
            digest = hashlib.sha256((root / "images" / image["file_name"]).read_bytes()).hexdigest()
            assert image["sha256"] == digest


def test_twice_gives_the_same_bytes_and_a_seed_gives_others():
    source = tiles(12, 12)
    first = prepare("masks", source)
    before = content("data/tiles")
    second = prepare("masks", source)
    assert content("data/tiles") == before
    assert first == second
    assert prepare("masks", source, seed=1)["fingerprint"] != first["fingerprint"]
    assert [path.name for path in Path("data").iterdir()] == ["tiles"]


def test_originals_are_linked_and_otherwise_copied(monkeypatch):
    source = tiles()
    prepare("masks", source)
    original, laid = source / "crack/0.bmp", Path("data/tiles/images/crack/0.bmp")
    assert original.samefile(laid)

    def refuse(*_):
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuse)
    prepare("masks", source)
    assert not original.samefile(laid)
    assert original.read_bytes() == laid.read_bytes()


def test_link_in_the_source_is_followed():
    source = tiles()
    (source / "crack/0.bmp").rename("elsewhere.bmp")
    (source / "crack/0.bmp").symlink_to(Path("elsewhere.bmp").resolve())
    prepare("masks", source)
    assert not Path("data/tiles/images/crack/0.bmp").is_symlink()


def test_bad_images_are_passed_over_and_named():
    source = tiles()
    (source / "crack/0.bmp").write_bytes(b"")
    (source / "crack/1.bmp").write_bytes((source / "crack/1.bmp").read_bytes()[:60])
    (source / "good/9.bmp").write_bytes(b"no image")
    put(source / "crack/2.png", np.full((3, 3), 255, np.uint8))
    put(source / "crack/3.png", np.zeros((8, 9), np.uint8))
    tiny = np.zeros((8, 9), np.uint8)
    tiny[0, 0] = 255
    put(source / "crack/4.png", tiny)
    shutil.copy(source / "good/8.bmp", source / "good/80.bmp")
    summary = prepare("masks", source)
    assert summary["audit"] == {
        "unreadable-image": 3,
        "mask-of-other-size": 1,
        "label-conflict": 1,
        "tiny-mask": 1,
        "duplicate-image": 1,
        "class-missing-in-split": 1,
    }
    assert sum(split["images"] for split in summary["counts"].values()) == 8
    assert json.loads(Path("data/tiles/audit.json").read_text())["counts"] == summary["audit"]
    assert not Path("data/tiles/images/crack/0.bmp").exists()


def test_duplicates_stay_in_one_split():
    source = tiles(4, 20)
    for number in range(4, 24):
        shutil.copy(source / f"good/{number}.bmp", source / f"good/{number}-again.bmp")
    prepare("masks", source, val=0.3, test=0.3)
    where = {
        record.name: split
        for split in SPLITS
        for record in Dataset.open(Path("data/tiles")).split(split)
    }
    for number in range(4, 24):
        assert where[f"good/{number}.bmp"] == where[f"good/{number}-again.bmp"]


def test_group_file():
    source = tiles(8, 12)
    rows = [f"crack/{number}.bmp,c{number // 2}" for number in range(8)]
    rows += [f"good/{number}.bmp,g{number // 3}" for number in range(8, 19)]
    Path("groups.csv").write_text("file,group\n" + "\n".join([*rows, "gone.bmp,x"]))
    (source / "crack/0.bmp").write_bytes(b"")
    summary = prepare("masks", source, group_by=Path("groups.csv"), val=0.2, test=0.2)
    assert summary["split"]["group_by"] == "groups.csv"
    assert [(finding["kind"], finding["file"]) for finding in summary["findings"]] == [
        ("unreadable-image", "crack/0.bmp"),
        ("image-without-group", "good/19.bmp"),
        ("group-without-image", "gone.bmp"),
    ]


def test_no_good_image_warns():
    summary = prepare("masks", tiles(6, 0))
    assert summary["audit"]["no-good-image"] == 1
    assert "No image is of a good part" in summary["warnings"][0]


def test_no_defect_is_nothing_to_learn():
    Path("s/train_images").mkdir(parents=True)
    put(Path("s/train_images/a.jpg"), np.zeros((4, 4), np.uint8))
    Path("s/train.csv").write_text("ImageId,ClassId,EncodedPixels\n")
    with pytest.raises(InputError, match="None of the 1 images holds a defect"):
        prepare("severstal", Path("s"))
    assert not any(Path("data").iterdir())


def test_no_usable_image():
    source = tiles(1, 0)
    (source / "crack/0.bmp").write_bytes(b"")
    with pytest.raises(InputError, match=r"no usable image in the source \(1 unreadable-image\)"):
        prepare("masks", source)
    assert not any(Path("data").iterdir())


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("sevrstal", {}, r"Did you mean 'severstal'\? Kinds that can be read: severstal, masks"),
        ("voc", {}, "Cannot prepare 'voc'"),
        ("synthetic", {"val": 0.7, "test": 0.4}, "together below 1"),
        ("synthetic", {"seed": -1}, "must not be negative"),
        ("synthetic", {"group_by": Path("none.csv")}, "no group file"),
    ],
)
def test_wrong_calls_fail_before_the_work(kind, options, message):
    with pytest.raises(InputError, match=message):
        prepare(kind, **options)
    assert not Path("data").exists()


def test_only_a_data_set_is_replaced():
    source = tiles()
    Path("mine").mkdir()
    prepare("masks", source, out=Path("mine"))
    assert Dataset.open(Path("mine")).name == "mine"
    Path("other").mkdir()
    Path("other/thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="other holds something that is no data set"):
        prepare("masks", source, out=Path("other"))
    with pytest.raises(InputError, match="is a file"):
        prepare("masks", source, out=Path("other/thesis.txt"))
    for out in (source, source / "deep", Path()):
        if out == Path():
            Path("dataset.yaml").touch()
        with pytest.raises(InputError, match=r"neither may lie|no data set"):
            prepare("masks", source, out=out)
    assert Path("other/thesis.txt").read_text() == "years of work"


def test_csv_fault_leaves_the_former_data_set():
    for number in range(4):
        put(Path(f"s/train_images/{number}.jpg"), np.full((4, 4), 50 * number, np.uint8))
    head = "ImageId,ClassId,EncodedPixels\n0.jpg,1,1 2\n"
    Path("s/train.csv").write_text(head)
    prepare("severstal", Path("s"))
    before = content("data")
    Path("s/train.csv").write_text(head + "2.jpg,1,16 2\n")
    with pytest.raises(InputError, match="line 3, EncodedPixels: the run '16 2' reaches past"):
        prepare("severstal", Path("s"))
    assert content("data") == before


def test_disk_that_refuses_leaves_nothing(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        prepare("masks", tiles())
    assert not any(Path("data").iterdir())


def test_synthetic_by_default_is_called_by_its_look():
    summary = prepare("synthetic", images=8, seed=2)
    assert summary["name"] == "synthetic-strip"
    assert sum(split["images"] for split in summary["counts"].values()) == 8
    assert summary["label_kind"] == "multi-label"


@needs_data
def test_severstal_sample(tmp_path, monkeypatch):
    shutil.copytree(SHARED / "severstal_mini", "severstal-steel-defect-detection")
    summary = prepare("severstal")
    assert summary["name"] == "severstal"
    named = [item["file"] for item in summary["findings"] if item["kind"] == "row-without-image"]
    assert named == ["0002cc93b.jpg", "0007a71bf.jpg"]
    assert summary["classes"] == ["1", "2", "3", "4"]
    assert sum(split["images"] for split in summary["counts"].values()) == 18
    assert sum(split["good"] for split in summary["counts"].values()) == 5
    with (SHARED / "severstal_mini/train.csv").open(newline="") as stream:
        texts = {row["ImageId_ClassId"]: row["EncodedPixels"] for row in csv.DictReader(stream)}
    for split in SPLITS:
        coco = COCO(f"data/severstal/annotations/{split}.json")
        for image in coco.dataset["images"]:
            for label in range(1, 5):
                found = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]], catIds=[label]))
                mask = np.zeros((256, 1600), bool)
                for annotation in found:
                    mask |= coco.annToMask(annotation).astype(bool)
                text = texts[f"{image['file_name']}_{label}"]
                assert np.array_equal(mask, fill(parse_runs(text), 256, 1600))


@needs_data
def test_magnetic_tile_sample():
    groups = SHARED / "magnetic_tile_groups.csv"
    summary = prepare("masks", SHARED / "magnetic_tile", group_by=groups)
    assert summary["classes"] == ["Blowhole", "Break", "Crack", "Fray", "Uneven"]
    assert summary["label_kind"] == "exclusive"
    assert summary["audit"]["label-conflict"] == 4
    assert summary["audit"]["tiny-mask"] == 2
    counts = summary["counts"]
    assert all(number for split in SPLITS for number in counts[split]["classes"].values())
    assert counts["val"]["images"] / 1059 == pytest.approx(0.1, abs=0.02)
    assert counts["test"]["images"] / 1059 == pytest.approx(0.2, abs=0.02)
    with groups.open(newline="") as stream:
        group = {row["file"]: row["group"] for row in csv.DictReader(stream)}
    dataset = Dataset.open(Path("data/magnetic_tile"))
    seen = [{group[record.name] for record in dataset.split(split)} for split in SPLITS]
    assert sum(map(len, seen)) == len(set().union(*seen))


@needs_data
def test_neu_seg_sample():
    summary = prepare("masks", SHARED / "neu_seg")
    assert summary["classes"] == ["Inclusions", "Patches", "Scratches"]
    assert summary["label_kind"] == "multi-label"
    assert sum(split["images"] for split in summary["counts"].values()) == 877
    assert summary["audit"] == {"class-without-defect": 1, "no-good-image": 1}
