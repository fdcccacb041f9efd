import json
import shutil
import sys
from pathlib import Path

import pytest

from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters import WRITERS
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.convert import convert


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("to", WRITERS)
def test_each_format_is_written_twice_alike(made, to):
    summary = convert(made.root, to)
    out = Path(f"strips-{to}")
    assert summary["out"] == str(out)
    assert summary["images"] == 16
    first = content(out)
    assert {path for path in first if path.startswith("audit.")} == (
        {"audit.json", "audit.md"} if summary["audit"] else set()
    )
    convert(made.root, to, out=Path("again"))
    assert content(Path("again")) == first
    assert sorted(path.name for path in Path().iterdir()) == ["again", f"strips-{to}"]


def test_what_is_lost_is_told(made):
    summary = convert(made.root, "severstal", out=Path("out"))
    assert summary["audit"]["split-not-written"] == 1
    assert summary["findings"][0].keys() == {"kind", "file", "detail", "action"}
    assert json.loads(Path("out/audit.json").read_text())["counts"] == summary["audit"]


def test_by_name(made):
    shutil.copytree(made.root, "data/mine")
    assert convert(Path("mine"), "voc")["out"] == "mine-voc"


def test_wrong_calls(made):
    with pytest.raises(InputError, match=r"Did you mean 'yolo'.* Formats that .*: coco"):
        convert(made.root, "yolov8")
    with pytest.raises(InputError, match="no prepared data set"):
        convert(Path("nothing"), "yolo")
    Path("full").mkdir()
    Path("full/thesis.txt").touch()
    for out, says in (("full", "is there and not empty"), ("full/thesis.txt", "is a file")):
        with pytest.raises(InputError, match=says):
            convert(made.root, "yolo", out=Path(out))
    with pytest.raises(InputError, match="lies in the data set itself"):
        convert(made.root, "yolo", out=made.root / "yolo")
    assert [path.name for path in Path().rglob("*")] == ["full", "thesis.txt"]


@pytest.mark.parametrize("to", WRITERS)
@pytest.mark.parametrize("name", ["../../x.png", "/x.png", "C:\\x.png", "a\\..\\..\\x.png", ""])
def test_a_data_set_that_was_tampered_with(made, to, name):
    shutil.copytree(made.root, "data/mine")
    path = Path("data/mine/annotations/train.json")
    document = json.loads(path.read_text())
    document["images"][0]["file_name"] = name
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match="no path below its images"):
        convert(Path("mine"), to, out=Path("out/deep"))
    assert not Path("out").exists()


@pytest.mark.parametrize("to", WRITERS)
def test_what_is_written_shares_nothing_with_the_data_set(made, to):
    """Another program may write into it: a link would change the data set, and the originals."""
    convert(made.root, to, out=Path("out"))
    own = {(path.stat().st_dev, path.stat().st_ino) for path in made.images.rglob("*")}
    written = [path for path in Path("out").rglob("*") if path.is_file()]
    assert not [path for path in written if path.is_symlink()]
    assert not own & {(path.stat().st_dev, path.stat().st_ino) for path in written}


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
@pytest.mark.parametrize("to", WRITERS)
@pytest.mark.parametrize("whole", [False, True])
def test_an_image_that_is_a_link_out_of_the_data_set_is_not_taken(made, to, whole):
    shutil.copytree(made.root, "data/mine")
    images = Path("data/mine/images")
    if whole:
        images.rename("elsewhere")
        images.symlink_to(Path("elsewhere").absolute())
    else:
        image = images / Dataset.open(Path("data/mine")).split("train")[0].name
        shutil.copyfile(image, "secret.png")
        image.unlink()
        image.symlink_to(Path("secret.png").absolute())
    with pytest.raises(InputError, match="is a link that leads out of"):
        convert(Path("mine"), to, out=Path("out"))
    assert not Path("out").exists()


@pytest.mark.parametrize(("key", "told"), [("id", "id 1"), ("file_name", "name '")])
def test_an_image_in_two_splits_is_not_written_over_itself(made, key, told):
    shutil.copytree(made.root, "data/mine")
    documents = {name: Path(f"data/mine/annotations/{name}.json") for name in ("train", "val")}
    train, val = (json.loads(path.read_text()) for path in documents.values())
    train["images"][0]["id"] = 1  # whatever it was
    val["images"][0][key] = train["images"][0][key]
    for path, document in zip(documents.values(), (train, val), strict=True):
        path.write_text(json.dumps(document | {"annotations": []}))
    with pytest.raises(InputError, match=f"has the image {told}.* in two splits"):
        convert(Path("mine"), "coco", out=Path("out"))


@pytest.mark.parametrize("to", WRITERS)
@pytest.mark.parametrize("size", [[10**9, 10**9], [1, 1], [0, 0]])
def test_run_lengths_of_another_size_are_refused_before_anything_is_written(made, to, size):
    """A size of a billion is a segmentation fault in pycocotools."""
    shutil.copytree(made.root, "data/mine")
    path = Path("data/mine/annotations/train.json")
    document = json.loads(path.read_text())
    document["annotations"][0]["segmentation"]["size"] = size
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match=r"train\.json is damaged \(annotations\[0\]: its run"):
        convert(Path("mine"), to, out=Path("out"))
    assert not Path("out").exists()


def test_classes_that_cannot_be_written(made):
    shutil.copytree(made.root, "data/mine")
    path = Path("data/mine/dataset.yaml")
    path.write_text(path.read_text().replace(f"- {made.classes[0]}\n", '- "a\\x01b"\n'))
    for split in SPLITS:
        path = Path(f"data/mine/annotations/{split}.json")
        path.write_text(path.read_text().replace(f'"{made.classes[0]}"', '"a\\u0001b"'))
    with pytest.raises(
        InputError,
        match=r"classes\[0\]: it must be text that can be printed",
    ):
        convert(Path("mine"), "voc")


def test_an_image_that_is_gone_leaves_nothing(made):
    shutil.copytree(made.root, "data/mine")
    next(path for path in Path("data/mine/images").rglob("*") if path.is_file()).unlink()
    for to in WRITERS:
        with pytest.raises((InputError, OSError)):
            convert(Path("mine"), to, out=Path("out"))
        assert not Path("out").exists()
