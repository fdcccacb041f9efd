import errno
import os

import pytest

from auxnet_cli.data.placing import place


def test_a_file_is_linked(tmp_path):
    (tmp_path / "a.png").write_bytes(b"a")
    place(tmp_path / "a.png", tmp_path / "deep" / "b.png")
    assert (tmp_path / "a.png").samefile(tmp_path / "deep" / "b.png")


def test_what_cannot_be_linked_is_copied(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "a.png").write_bytes(b"a")
    place(tmp_path / "a.png", tmp_path / "b.png")
    assert not (tmp_path / "a.png").samefile(tmp_path / "b.png")
    assert (tmp_path / "b.png").read_bytes() == b"a"


def test_bytes_are_written(tmp_path):
    place(b"made up", tmp_path / "deep" / "b.png")
    assert (tmp_path / "deep" / "b.png").read_bytes() == b"made up"


def test_a_link_is_followed(tmp_path):
    (tmp_path / "a.png").write_bytes(b"a")
    try:
        (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    except OSError:
        pytest.skip("the user may make no links")
    place(tmp_path / "link.png", tmp_path / "b.png")
    assert not (tmp_path / "b.png").is_symlink()
