"""The examples of the page on Python, run in their order as they are written."""

import re
import shutil
from pathlib import Path

import pytest

from auxnet_cli.data.dataset import Dataset

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"


@pytest.fixture
def workspace(exported, tmp_path, monkeypatch):
    """A run that is the latest, and images in the two places that the page names."""
    shutil.copytree(exported[0], tmp_path / "runs" / "first")
    (tmp_path / "runs" / "latest").write_text("first\n")
    (data,) = (exported[0].parents[1] / "data").iterdir()
    images = [record.path for record in Dataset.open(data).split("test")]
    for name, path in zip(("folder/20.png", "folder/21.png", "strips/a.png"), images, strict=False):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / name)
    (tmp_path / "folder" / "broken.png").touch()
    monkeypatch.chdir(tmp_path)


def test_the_examples(workspace, capsys):
    names = {}
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S):
        exec(block, names)
    printed = capsys.readouterr().out
    assert "folder/broken.png is empty" in printed.replace("\\", "/")
    assert len(names["verdicts"]) == 3
    assert names["inspection"].draw().shape[2] == 3
    assert names["summary"].images == 3
    assert Path("checked/predictions.csv").is_file()
    assert names["artefact"].parity.passed
