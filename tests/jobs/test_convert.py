import json
import shutil
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.convert import convert as command
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters import EXPORTERS
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.convert import convert


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def mine(made):
    """A data set that may be changed; its annotations of the training split."""
    shutil.copytree(made.root, "data/mine")
    return Path("data/mine/annotations/train.json")


def content(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("to", EXPORTERS)
def test_each_format_is_written_twice_alike_and_shares_nothing_with_the_data_set(made, to):
    """Another program may write into it: a link would change the data set, and the originals."""
    summary = convert(made.root, to)
    out = Path(f"strips-{to}")
    assert (summary.out, summary.images) == (str(out), 16)
    first = content(out)
    assert {path for path in first if path.startswith("audit.")} == (
        {"audit.json", "audit.md"} if summary.audit else set()
    )
    convert(made.root, to, out=Path("again"))
    assert content(Path("again")) == first
    assert sorted(path.name for path in Path().iterdir()) == ["again", f"strips-{to}"]
    inodes = {(path.stat().st_dev, path.stat().st_ino) for path in made.images.rglob("*")}
    written = [path for path in out.rglob("*") if path.is_file()]
    assert not [path for path in written if path.is_symlink()]
    assert not inodes & {(path.stat().st_dev, path.stat().st_ino) for path in written}


def test_an_exporter_is_a_module_and_an_entry(made, tmp_path, monkeypatch):
    (tmp_path / "toy_exporter.py").write_text(
        "def write(dataset, folder, audit):\n"
        "    audit.add('colour-lost', '', 'toys are grey', 'left out')\n"
        "    (folder / 'toy.txt').write_text(','.join(dataset.classes))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(EXPORTERS, "toy", "toy_exporter")
    summary = convert(made.root, "toy")
    assert Path("strips-toy/toy.txt").read_text() == ",".join(made.classes)
    assert (summary.format, summary.audit) == ("toy", {"colour-lost": 1})
    assert json.loads(Path("strips-toy/audit.json").read_text())["counts"] == summary.audit
    assert [*summary.document()] == [
        *("data", "format", "out", "images", "annotations", "audit", "findings"),
    ]
    assert summary.document()["findings"] == [
        {"kind": "colour-lost", "file": "", "detail": "toys are grey", "action": "left out"}
    ]
    with pytest.raises(InputError, match=r"Did you mean 'toy'\? Formats .*, severstal, toy\."):
        convert(made.root, "toys")
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, [str(made.root), "--to", "toy", "--out", "more"])
    assert result.exit_code == 0
    assert Path("more/toy.txt").is_file()


def test_wrong_calls(made, mine):
    assert convert(Path("mine"), "voc", out=Path("voc")).data == str(Path("data/mine"))
    with pytest.raises(InputError, match=r"Did you mean 'yolo'.* Formats that .*: coco"):
        convert(made.root, "yolov8")
    with pytest.raises(InputError, match="no prepared data set"):
        convert(Path("nothing"), "yolo")
    Path("full").mkdir()
    Path("full/thesis.txt").touch()
    for out, message in (("full", "is there and not empty"), ("full/thesis.txt", "is a file")):
        with pytest.raises(InputError, match=message):
            convert(made.root, "yolo", out=Path(out))
    with pytest.raises(InputError, match="lies in the data set itself"):
        convert(made.root, "yolo", out=made.root / "yolo")
    assert [path.name for path in Path("full").iterdir()] == ["thesis.txt"]
    assert not (made.root / "yolo").exists()


def refused(message):
    """Every exporter refuses the data set, and leaves nothing."""
    for to in EXPORTERS:
        with pytest.raises(InputError, match=message):
            convert(Path("mine"), to, out=Path("out"))
        assert not Path("out").exists()


@pytest.mark.parametrize("name", ["../../x.png", "/x.png", "C:\\x.png", "a\\..\\..\\x.png", ""])
def test_a_data_set_that_was_tampered_with(mine, name):
    document = json.loads(mine.read_text())
    document["images"][0]["file_name"] = name
    mine.write_text(json.dumps(document))
    refused("no path below its images")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
@pytest.mark.parametrize("whole", [False, True])
def test_an_image_that_is_a_link_out_of_the_data_set_is_not_taken(mine, whole):
    images = Path("data/mine/images")
    if whole:
        images.rename("elsewhere")
        images.symlink_to(Path("elsewhere").absolute())
    else:
        image = images / Dataset.open(Path("data/mine")).split("train")[0].name
        image.rename("secret.png")
        image.symlink_to(Path("secret.png").absolute())
    refused("is a link that leads out of")


@pytest.mark.parametrize(("key", "shown"), [("id", "id 1"), ("file_name", "name '")])
def test_an_image_in_two_splits_is_not_written_over_itself(mine, key, shown):
    paths = [mine, mine.with_name("val.json")]
    train, val = (json.loads(path.read_text()) for path in paths)
    train["images"][0]["id"] = 1  # whatever it was
    val["images"][0][key] = train["images"][0][key]
    for path, document in zip(paths, (train, val), strict=True):
        path.write_text(json.dumps(document | {"annotations": []}))
    refused(f"has the image {shown}.* in two splits")


@pytest.mark.parametrize("size", [[10**9, 10**9], [1, 1], [0, 0]])
def test_run_lengths_of_another_size_are_refused_before_anything_is_written(mine, size):
    """A size of a billion is a segmentation fault in pycocotools."""
    document = json.loads(mine.read_text())
    document["annotations"][0]["segmentation"]["size"] = size
    mine.write_text(json.dumps(document))
    refused(r"train\.json is damaged \(annotations\[0\]: its run")


def test_classes_that_cannot_be_written(made, mine):
    path = Path("data/mine/dataset.yaml")
    path.write_text(path.read_text().replace(f"- {made.classes[0]}\n", '- "a\\x01b"\n'))
    for split in SPLITS:
        path = mine.with_name(f"{split}.json")
        path.write_text(path.read_text().replace(f'"{made.classes[0]}"', '"a\\u0001b"'))
    refused(r"classes\[0\]: it must be text that can be printed")


def test_an_image_that_is_gone_leaves_nothing(mine):
    next(path for path in Path("data/mine/images").rglob("*") if path.is_file()).unlink()
    refused("There is no image|is missing|There is no file")
