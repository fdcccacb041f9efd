import sys

from auxnet_cli.data.exporters.progress import each


def test_a_bar_on_a_terminal_and_none_elsewhere(made, monkeypatch, capsys):
    records = made.split("train")
    assert list(each(records)) == records
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(each(records, "train")) == records
    assert "convert train" in capsys.readouterr().err
