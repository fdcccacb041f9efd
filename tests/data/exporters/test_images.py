import sys
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Record
from auxnet_cli.data.exporters.images import flat_names, with_progress


def test_no_folder_and_no_stem_twice():
    names = ["a.png", "A.jpg", "x/a.png", "x\\b.png", "x_b.bmp", "a-2.png", "../../c.png"]
    records = [Record(n, name, Path(name), 1, 1, ()) for n, name in enumerate(names)]
    audit = Audit()
    assert list(flat_names({"train": records[:3], "val": records[3:]}, audit).values()) == [
        "a.png",
        "A-2.jpg",
        "x_a.png",
        "x_b.png",
        "x_b-2.bmp",
        "a-2-2.png",
        ".._.._c.png",
    ]
    assert len(audit.of("renamed-image")) == 6


def test_a_bar_on_a_terminal_and_none_elsewhere(made, monkeypatch, capsys):
    records = made.split("train")
    assert list(with_progress(records)) == records
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(with_progress(records, "train")) == records
    assert "convert train" in capsys.readouterr().err
