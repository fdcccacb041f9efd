import contextlib
import csv
import errno
import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image
from pycocotools.coco import COCO

from auxnet_cli.data.audit.strict import FindingsError
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.labels.run_lengths import decode, fill, parse_runs
from auxnet_cli.data.samples.sample import read_sample
from auxnet_cli.data.sources.masks import reader as masks
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.workspace import find_dataset
from tests.shared_data import SHARED

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


def records(root):
    dataset = Dataset.open(Path(root))
    return [record for split in SPLITS for record in dataset.split(split)]


def split_of_each(root):
    dataset = Dataset.open(Path(root))
    return {record.name: split for split in SPLITS for record in dataset.split(split)}


def test_the_common_format(tmp_path):
    prepared = prepare("masks", tiles(), val=0.2, test=0.2)
    root = Path("data/tiles")
    names = "annotations audit.html audit.json audit.md dataset.yaml images"
    assert sorted(path.name for path in root.iterdir()) == names.split()
    document = yaml.safe_load((root / "dataset.yaml").read_text())
    keys = "name kind classes label_kind counts split tool_version fingerprint"
    assert list(document) == keys.split()
    summary = "out audit findings warnings coverage shrink tile"
    assert list(prepared.document()) == [*keys.split(), *summary.split()]
    assert (document["name"], document["kind"]) == ("tiles", "masks")
    assert document["classes"] == ["crack"]
    assert document["label_kind"] == "exclusive"
    assert document["split"] == {"val": 0.2, "test": 0.2, "seed": 0, "group_by": None}
    assert sum(split.defective for split in prepared.counts.values()) == 6
    assert prepared.out == str(root)
    assert list(prepared.document().items())[: len(document)] == list(document.items())
    assert sorted(record.id for record in records(root)) == list(range(1, 13))
    for record in records(root):
        original = Path("tiles") / record.name
        assert record.path.samefile(original)
        mask = cv2.imdecode(np.fromfile(original.with_suffix(".png"), np.uint8), -1) > 0
        assert len(record.annotations) == (2 if mask.any() else 0)
        layers = [
            decode(annotation.rle, *annotation.rle["size"]) for annotation in record.annotations
        ]
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
    assert prepare("masks", source, seed=1).fingerprint != first.fingerprint
    assert [path.name for path in Path("data").iterdir()] == ["tiles"]


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
    prepared = prepare("masks", source)
    assert prepared.audit == {
        "unreadable-image": 3,
        "mask-of-other-size": 1,
        "label-conflict": 1,
        "tiny-mask": 1,
        "duplicate-image": 1,
        "class-missing-in-split": 1,
    }
    assert sum(split.images for split in prepared.counts.values()) == 8
    assert json.loads(Path("data/tiles/audit.json").read_text())["counts"] == prepared.audit
    assert not Path("data/tiles/images/crack/0.bmp").exists()


def test_group_file():
    source = tiles(8, 12)
    rows = [f"crack/{number}.bmp,c{number // 2}" for number in range(8)]
    rows += [f"good/{number}.bmp,g{number // 3}" for number in range(8, 19)]
    Path("groups.csv").write_text("file,group\n" + "\n".join([*rows, "gone.bmp,x"]))
    (source / "crack/0.bmp").write_bytes(b"")
    prepared = prepare("masks", source, group_by=Path("groups.csv"), val=0.2, test=0.2)
    assert prepared.split.group_by == "groups.csv"
    assert [(finding.kind, finding.file) for finding in prepared.findings] == [
        ("unreadable-image", "crack/0.bmp"),
        ("image-without-group", "good/19.bmp"),
        ("group-without-image", "gone.bmp"),
    ]


def given(monkeypatch, split):
    """Makes the reader of masks give splits."""
    read = masks.read

    def with_splits(request, audit):
        source = read(request, audit)
        images = [replace(image, split=split(image.file)) for image in source.images]
        return replace(source, images=images)

    monkeypatch.setattr(masks, "read", with_splits)


def test_expression_keeps_parts_together():
    source = tiles(12, 12)
    prepared = prepare("masks", source, group_by=r"(\d)\.bmp", val=0.2, test=0.2)
    assert prepared.split.group_by == r"(\d)\.bmp"
    splits = split_of_each("data/tiles")
    assert set(splits.values()) == set(SPLITS)
    assert len({(name[-5], split) for name, split in splits.items()}) == 10
    with pytest.raises(InputError, match="names a part in none of the 24 paths"):
        prepare("masks", source, group_by="[x-z]")
    with pytest.raises(InputError, match="puts all 24 images in one group"):
        prepare("masks", source, group_by="bmp")


def test_given_split_is_kept_unless_told_otherwise(monkeypatch):
    source = tiles(10, 10)
    (source / "good/12.bmp").write_bytes((source / "good/11.bmp").read_bytes())
    given(monkeypatch, lambda file: "test" if file[-5] in "123" else "train")
    prepared = prepare("masks", source, val=0.2, test=0.2)
    splits = split_of_each("data/tiles")
    assert all((split == "test") == (name[-5] in "123") for name, split in splits.items())
    assert list(splits.values()).count("val") in (2, 3)  # a fifth of 14
    assert prepared.split.given == ["train", "test"]
    assert prepared.audit == {"duplicate-image": 1}
    given(monkeypatch, lambda file: "test" if file[-5] in "12" else "train")
    (source / "good/13.bmp").write_bytes((source / "good/11.bmp").read_bytes())
    prepared = prepare("masks", source, val=0.2, test=0.2)
    assert prepared.audit["group-torn-apart"] == 3
    assert "tears groups apart (3 images)" in prepared.warnings[0]
    prepared = prepare("masks", source, val=0.2, test=0.2, resplit=True)
    assert prepared.split.given == []
    assert "group-torn-apart" not in prepared.audit
    assert len({split_of_each("data/tiles")[f"good/{number}.bmp"] for number in (11, 12, 13)}) == 1


def test_a_source_for_testing_only(monkeypatch):
    given(monkeypatch, lambda file: "test")
    prepared = prepare("masks", tiles())
    assert prepared.counts["test"].images == 12
    assert "can be evaluated on, not trained on" in prepared.warnings[0]


def test_folds():
    source = tiles(10, 20)
    prepared = prepare("masks", source, folds=3, val=0.2, test=0.2, group_by=r"(\d)\.bmp")
    assert prepared.split.folds == 3
    assert set(split_of_each("data/tiles").values()) == set(SPLITS)
    assert sorted(path.name for path in Path("data/tiles/folds").iterdir()) == ["1", "2", "3"]
    tested, prints = [], {prepared.fingerprint}
    for fold in (1, 2, 3):
        root = find_dataset(Path(f"tiles/folds/{fold}"))
        dataset = Dataset.open(root)
        assert dataset.name == f"tiles-fold-{fold}"
        prints.add(dataset.fingerprint)
        document = yaml.safe_load((root / "dataset.yaml").read_text())
        assert document["split"] == prepared.split.document() | {"fold": fold}
        assert document["counts"]["test"]["images"] == len(dataset.split("test"))
        assert sorted(record.id for record in records(root)) == list(range(1, 31))
        for record in records(root):
            assert record.group[-5] == record.name[-5]  # the group is its first image
            assert record.path.read_bytes() == (source / record.name).read_bytes()
        assert len({record.group for record in records(root)}) == 10
        tested += [record.name for record in dataset.split("test")]
        assert len({name[-5] for name in tested}) * 3 == len(tested)
    assert sorted(tested) == sorted(split_of_each("data/tiles"))
    assert len(prints) == 4
    assert find_dataset() == Path("data/tiles")
    # Folds are as reproducible as the rest.
    before = content("data/tiles")
    prepare("masks", source, folds=3, val=0.2, test=0.2, group_by=r"(\d)\.bmp")
    assert content("data/tiles") == before
    prepare("masks", source)
    assert not Path("data/tiles/folds").exists()


def test_a_class_of_one_part_is_missed_by_the_fold_that_tests_it():
    prepared = prepare("masks", tiles(1, 8), folds=3)
    assert prepared.audit["class-missing-in-fold"] == 1
    assert any("trains on no image of crack" in text for text in prepared.warnings)


def test_the_order_of_the_disk_does_not_matter(monkeypatch):
    source = tiles(8, 12)
    prepare("masks", source, folds=2, group_by=r"(\d)\.bmp")
    before = content("data/tiles")
    listed, scanned = os.listdir, os.scandir

    class Backwards(contextlib.closing):
        def __init__(self, path):
            super().__init__(scanned(path))
            self.entries = iter(sorted(self.thing, key=lambda entry: entry.name, reverse=True))

        def __enter__(self):
            super().__enter__()
            return self.entries

        def __iter__(self):
            return self.entries

        def __next__(self):
            return next(self.entries)

        def close(self):
            self.thing.close()

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", lambda path=".": sorted(listed(path), reverse=True))
        patch.setattr(os, "scandir", lambda path=".": Backwards(path))
        prepare("masks", source, folds=2, group_by=r"(\d)\.bmp", out=Path("again/tiles"))
    assert content("again/tiles") == before


@pytest.mark.parametrize(
    ("parts", "whole"),
    [({"test": 1}, "test"), ({"val": 0, "test": 1.0}, "test"), ({"val": 1}, "val")],
)
def test_a_whole_source_for_one_split(parts, whole):
    """An acceptance set: what the source says of splits and groups does not divide it."""
    source = Path("given")
    (source / "annotations").mkdir(parents=True)
    for split in ("train", "val"):
        names = [f"{split}-{number}.png" for number in range(3)]
        for number, name in enumerate(names):
            put(source / "images" / name, np.full((20, 20), 40 * number + len(split), np.uint8))
        document = {
            "images": [
                {"id": number, "file_name": name, "height": 20, "width": 20}
                for number, name in enumerate(names)
            ],
            "categories": [{"id": 1, "name": "pit"}, {"id": 2, "name": "never shown"}],
            "annotations": [{"id": 1, "image_id": 0, "category_id": 1, "bbox": [1, 1, 9, 9]}],
        }
        (source / f"annotations/{split}.json").write_text(json.dumps(document))
    prepared = prepare("coco", source, group_by="folder", strict=True, **parts)
    others = {"train", "val", "test"} - {whole}
    assert [prepared.counts[split].images for split in others] == [0, 0]
    assert prepared.counts[whole].images == 6
    assert prepared.counts[whole].good == 4
    assert getattr(prepared.split, whole) == 1
    assert prepared.split.given == []
    assert prepared.warnings == []
    # A network that knows both classes is to be evaluated on it.
    assert prepared.classes == ["pit", "never shown"]
    dataset = Dataset.open(Path(prepared.out))
    assert len(dataset.split(whole)) == 6
    assert all(dataset.split(split) == [] for split in others)
    for page in ("audit.html", "audit.md", "audit.json"):
        assert (dataset.root / page).stat().st_size


def test_folds_beside_a_whole_split():
    prepared = prepare("masks", tiles(), test=1, folds=2)
    assert prepared.counts["test"].images == 12
    assert prepared.split.folds == 2
    fold = Dataset.open(Path(prepared.out) / "folds/1")
    assert fold.split("train")
    assert fold.split("test")


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
        ("sevrstal", {}, r"Did you mean 'severstal'\? Kinds that can be read: severstal, "),
        ("vok", {}, "Cannot prepare 'vok'"),
        ("synthetic", {"val": 0.7, "test": 0.4}, "together below 1"),
        ("synthetic", {"seed": -1}, "must not be negative"),
        ("synthetic", {"group_by": Path("none.csv")}, "no group file"),
        ("synthetic", {"group_by": "part("}, "no regular expression"),
        ("synthetic", {"folds": 1}, "at least 2 are needed"),
        ("synthetic", {"folds": 4, "val": 0.75, "test": 0.1}, "take a smaller `val`"),
        ("masks", {"annotations": "coco"}, "`annotations` is for tekerreka"),
        ("masks", {"unlabelled": "god"}, "Did you mean 'good'"),
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


def test_12_bit_cameras_are_read_at_one_depth_in_the_whole_set():
    source = tiles()
    for number in range(6):
        deep = np.full((8, 9), 600 * (number + 1), np.uint16)
        (source / f"crack/{number}.bmp").write_bytes(cv2.imencode(".png", deep)[1].tobytes())
    prepared = prepare("masks", source)
    assert prepared.bits == Dataset.open(Path(prepared.out)).bits == 12
    assert prepared.audit["camera-bits"] == 1
    assert prepared.audit["name-differs-from-content"] == 6
    by_name = {record.name: record for record in records("data/tiles")}
    for number in range(6):
        record = by_name[f"crack/{number}.bmp"]
        pixels = read_sample(record, 1, (8, 9)).image
        assert (pixels == round(600 * (number + 1) * 255 / 4095)).all()
    assert "bits" not in prepare("masks", tiles(), out=Path("other")).document()


def test_turned_photos_are_upright_and_counted():
    source = tiles()
    exif = Image.Exif()
    exif[0x0112] = 6
    # Its mask of 8 x 9 was drawn on the upright picture.
    stored = Image.fromarray(np.full((9, 8), 99, np.uint8))
    stored.save(source / "crack/0.bmp", "PNG", exif=exif)
    prepared = prepare("masks", source)
    assert prepared.audit["rotation-flag"] == 1
    turned = next(record for record in records("data/tiles") if record.name == "crack/0.bmp")
    assert (turned.height, turned.width) == (8, 9)
    assert read_sample(turned, 1, (8, 9)).image.shape == (8, 9, 3)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_data_set_whose_name_is_no_text():
    out = Path(os.fsdecode(b"data/caf\xe9"))
    try:
        out.mkdir(parents=True)
    except OSError:
        pytest.skip("the disk takes UTF-8 alone")
    assert prepare("masks", tiles(), out=out).name == "caf\\udce9"
    assert Dataset.open(out).name == "caf\\udce9"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_that_lead_nowhere_are_named():
    source = tiles()
    (source / "good/gone.bmp").symlink_to("nowhere.bmp")
    (source / "good/loop.bmp").symlink_to("loop.bmp")
    prepared = prepare("masks", source)
    assert prepared.audit["unreadable-image"] == 2
    assert {
        finding.file for finding in prepared.findings if finding.kind == "unreadable-image"
    } == {"good/gone.bmp", "good/loop.bmp"}


def test_strict_refuses_findings_and_keeps_the_former_data_set():
    source = tiles()
    prepare("masks", source, strict=True)
    before = content("data")
    (source / "good/9.bmp").unlink()  # the data set holds a link to it
    (source / "good/9.bmp").write_bytes(b"no image")
    with pytest.raises(FindingsError, match="the audit found 1 unreadable-image") as caught:
        prepare("masks", source, strict=True)
    assert caught.value.exit_code == 2
    after = content("data")
    audit = {name: after.pop(name) for name in list(after) if name.startswith("tiles-audit/")}
    assert after == before
    assert b"good/9.bmp" in audit["tiles-audit/audit.md"]
    assert prepare("masks", source).audit == {"unreadable-image": 1}
    assert find_dataset(None) == Path("data/tiles")
    Path("data/tiles-audit/mine.txt").touch()
    with pytest.raises(InputError, match="holds something else"):
        prepare("masks", source, strict=True)


@needs_data
def test_severstal_sample(tmp_path, monkeypatch):
    shutil.copytree(SHARED / "severstal_mini", "severstal-steel-defect-detection")
    prepared = prepare("severstal")
    assert prepared.name == "severstal"
    named = [finding.file for finding in prepared.findings if finding.kind == "row-without-image"]
    assert named == ["0002cc93b.jpg", "0007a71bf.jpg"]
    assert prepared.classes == ["1", "2", "3", "4"]
    assert sum(split.images for split in prepared.counts.values()) == 18
    assert sum(split.good for split in prepared.counts.values()) == 5
    with (SHARED / "severstal_mini/train.csv").open(newline="") as stream:
        texts = {row["ImageId_ClassId"]: row["EncodedPixels"] for row in csv.DictReader(stream)}
    for split in SPLITS:
        coco = COCO(f"data/severstal/annotations/{split}.json")
        for image in coco.dataset["images"]:
            for label in range(1, 5):
                ids = coco.getAnnIds(imgIds=[image["id"]], catIds=[label])
                mask = np.zeros((256, 1600), bool)
                for annotation in coco.loadAnns(ids):
                    mask |= coco.annToMask(annotation).astype(bool)
                text = texts[f"{image['file_name']}_{label}"]
                assert np.array_equal(mask, fill(parse_runs(text), 256, 1600))


@needs_data
@pytest.mark.slow
def test_magnetic_tile_sample():
    groups = SHARED / "magnetic_tile_groups.csv"
    prepared = prepare("masks", SHARED / "magnetic_tile", group_by=groups)
    assert prepared.classes == ["Blowhole", "Break", "Crack", "Fray", "Uneven"]
    assert prepared.label_kind == "exclusive"
    assert prepared.audit["label-conflict"] == 4
    assert prepared.audit["tiny-mask"] == 2
    counts = prepared.counts
    assert all(number for split in SPLITS for number in counts[split].classes.values())
    assert counts["val"].images / 1059 == pytest.approx(0.1, abs=0.02)
    assert counts["test"].images / 1059 == pytest.approx(0.2, abs=0.02)
    with groups.open(newline="") as stream:
        group = {row["file"]: row["group"] for row in csv.DictReader(stream)}
    dataset = Dataset.open(Path("data/magnetic_tile"))
    seen = [{group[record.name] for record in dataset.split(split)} for split in SPLITS]
    assert sum(map(len, seen)) == len(set().union(*seen))


def test_a_data_set_that_got_a_second_class_on_an_image_is_no_longer_exclusive():
    """A labelling tool may add one; the data set's own label kind was kept, and could not be."""
    prepare("masks", tiles(), val=0.2, test=0.2)
    for split in SPLITS:
        path = Path(f"data/tiles/annotations/{split}.json")
        document = json.loads(path.read_text())
        document["categories"].append({"id": 2, "name": "pit"})
        document["annotations"] += [
            {**mark, "id": mark["id"] + 1000, "category_id": 2} for mark in document["annotations"]
        ]
        path.write_text(json.dumps(document))
    prepared = prepare("coco", Path("data/tiles"), out=Path("again"))
    assert prepared.label_kind == "multi-label"
    assert Dataset.open(Path("again")).split("train")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([f"c{number}" for number in range(1001)], "has 1,001 classes, more than the 1,000"),
        (["x" * 201], r"The class 'x{40}' has a name of 201 characters"),
    ],
)
def test_classes_that_no_data_set_may_have(labels, message):
    shapes = [
        {"label": label, "shape_type": "rectangle", "points": [[1, 1], [5, 5]]} for label in labels
    ]
    put(Path("many/a.png"), np.zeros((8, 8), np.uint8))
    Path("many/a.json").write_text(json.dumps({"shapes": shapes, "imagePath": "a.png"}))
    with pytest.raises(InputError, match=message):
        prepare("labelme", Path("many"))
    assert not Path("data").exists() or not any(Path("data").iterdir())
