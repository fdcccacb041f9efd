import hashlib
import json
import os
import sys
from pathlib import Path

import pytest
import yaml

from auxnet_cli.errors import InputError
from auxnet_cli.system import locking
from auxnet_cli.system.files import (
    check_folder,
    sha256,
    whole_file,
    whole_folder,
    write_bytes,
    write_json,
    write_text,
    write_yaml,
)

not_as_root = pytest.mark.skipif(
    sys.platform == "win32" or getattr(os, "geteuid", lambda: 1)() == 0,
    reason="the user may write everywhere",
)


class FullDiskError(OSError):
    pass


@pytest.fixture
def refusing_disk(monkeypatch):
    """A disk that lets temporaries be written, and refuses to put them in place."""
    replace = Path.replace

    def refuse(self, target):
        if Path(target).name in {"out", "out.txt"} and (
            self.name.startswith(".") or self.name == "new"
        ):
            raise FullDiskError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "out.txt"
    with whole_file(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.suffix == ".txt"
        temporary.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert names(tmp_path) == ["new", "new/out.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_file_that_failed_leaves_the_old_one(tmp_path, error):
    path = tmp_path / "out.txt"
    path.write_text("old")

    def fail():
        with whole_file(path) as temporary:
            temporary.write_text("half of the n")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out.txt"]


def test_a_refused_file_leaves_the_old_one(tmp_path, refusing_disk):
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(FullDiskError):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_files_and_folders_get_the_usual_permissions(tmp_path):
    """Temporaries are private; what they become must not be."""
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "file", "")
        with whole_folder(tmp_path / "folder"):
            pass
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(old)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o750


@not_as_root
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            write_text(tmp_path / "out.txt", "new")
    finally:
        tmp_path.chmod(0o700)
    assert names(tmp_path) == []


def test_a_parent_that_is_a_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_text(tmp_path / "file" / "out.txt", "new")


def test_a_folder_takes_the_old_ones_place(tmp_path):
    path = tmp_path / "out"
    path.mkdir()
    (path / "old").touch()
    with whole_folder(path) as temporary:
        (temporary / "new").touch()
        assert names(path) == ["old"]
    assert names(tmp_path) == ["out", "out/new"]


def test_a_folder_can_be_new(tmp_path):
    with whole_folder(tmp_path / "parent" / "out") as temporary:
        (temporary / "new").touch()
    assert names(tmp_path) == ["parent", "parent/out", "parent/out/new"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_folder_that_failed_leaves_the_old_one(tmp_path, error):
    path = tmp_path / "out"
    path.mkdir()
    (path / "old").touch()

    def fail():
        with whole_folder(path) as temporary:
            (temporary / "half").touch()
            raise error

    with pytest.raises(error):
        fail()
    assert names(tmp_path) == ["out", "out/old"]


@pytest.mark.parametrize("exists", [True, False])
def test_a_refused_folder_leaves_the_old_one(tmp_path, refusing_disk, exists):
    path = tmp_path / "out"
    if exists:
        path.mkdir()
        (path / "old").touch()
    with pytest.raises(FullDiskError), whole_folder(path) as temporary:
        (temporary / "new").touch()
    assert names(tmp_path) == (["out", "out/old"] if exists else [])


def test_an_old_folder_that_cannot_be_moved_stays(tmp_path, monkeypatch):
    """As on Windows, where a file of it is open in another program."""
    path = tmp_path / "out"
    path.mkdir()
    (path / "old").touch()

    def refuse(self, target):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError), whole_folder(path):
        pass
    assert names(tmp_path) == ["out", "out/old"]


def killed(path, *parts):
    """What a process leaves that was killed while it made the folder ``path``."""
    work = path.parent / f".{path.name}-abcd1234"
    for part in ("lock", *parts):
        (work / part).parent.mkdir(parents=True, exist_ok=True)
        (work / part).touch()


def test_leftovers_are_removed(tmp_path):
    path = tmp_path / "out"
    killed(path, "new/half")
    (tmp_path / ".out-empty123").mkdir()
    with whole_folder(path) as temporary:
        (temporary / "new").touch()
        assert [name for name in names(tmp_path) if "abcd" in name or "empty" in name] == []
    assert names(tmp_path) == ["out", "out/new"]


def test_the_old_folder_of_a_killed_swap_comes_back(tmp_path):
    path = tmp_path / "out"
    killed(path, "new/whole", "old/former")
    with pytest.raises(ValueError, match="fails"), whole_folder(path):
        raise ValueError("fails")
    assert names(tmp_path) == ["out", "out/former"]


def test_what_is_not_a_leftover_is_left(tmp_path):
    kept = {".out-backup_1/letter", ".out-more-abcd1234/lock", "out-abcd1234/lock", ".other/lock"}
    kept |= {".out-abcd1234/lock", ".out-abcd1234/mine"}
    for name in kept:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".out-filefile").touch()
    with whole_folder(tmp_path / "out"):
        pass
    assert kept | {".out-filefile"} <= set(names(tmp_path))


def test_two_at_work_do_no_harm_to_each_other(tmp_path):
    path = tmp_path / "out"
    with whole_folder(path) as first:
        (first / "first").touch()
        with whole_folder(path) as second:
            (second / "second").touch()
            assert (first / "first").exists()
        assert names(path) == ["second"]
    assert names(tmp_path) == ["out", "out/first"]


def test_names_that_begin_alike_are_told_apart(tmp_path):
    """Long names are cut in the work folder's name."""
    one, two = tmp_path / ("x" * 200 + "1"), tmp_path / ("x" * 200 + "2")
    with whole_folder(one) as first:
        work = first.parent.name
        assert len(work) < 60
    killed(tmp_path / work[1:-9], "old/former")
    with whole_folder(two):
        pass
    assert not (two / "former").exists()
    assert (tmp_path / f"{work[:-8]}abcd1234").exists()


def test_a_disk_without_locks(tmp_path, monkeypatch):
    """There a folder is still made, and no leftover is removed, since nobody knows whose it is."""

    def refuse(descriptor):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locking, "_take", refuse)
    killed(tmp_path / "out", "new/half")
    with whole_folder(tmp_path / "out") as temporary:
        (temporary / "new").touch()
    assert (tmp_path / "out" / "new").exists()
    assert (tmp_path / ".out-abcd1234" / "new" / "half").exists()


def test_text_is_utf8_with_unix_line_ends(tmp_path):
    write_text(tmp_path / "t", "Maß\n")
    assert (tmp_path / "t").read_bytes() == "Maß\n".encode()


def test_a_name_that_is_no_unicode_does_not_stop_the_writing(tmp_path):
    write_text(tmp_path / "t", "caf\udce9")
    assert (tmp_path / "t").read_bytes() == b"caf\\udce9"
    write_json(tmp_path / "j.json", {"out": "caf\udce9"})
    assert json.loads((tmp_path / "j.json").read_bytes()) == {"out": "caf\udce9"}


def test_json(tmp_path):
    document = {"b": [1, None], "a": "Maß"}
    write_json(tmp_path / "j.json", document)
    text = (tmp_path / "j.json").read_text(encoding="utf-8")
    assert json.loads(text) == document
    assert "Maß" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_refuses_what_other_readers_refuse(tmp_path, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "j.json", {"score": value})
    assert names(tmp_path) == []


def test_yaml_keeps_the_order(tmp_path):
    write_yaml(tmp_path / "y.yaml", {"b": "Maß", "a": [1, 2]})
    text = (tmp_path / "y.yaml").read_text(encoding="utf-8")
    assert list(yaml.safe_load(text).items()) == [("b", "Maß"), ("a", [1, 2])]


def test_sha256(tmp_path):
    content = bytes(range(256)) * 1000
    write_bytes(tmp_path / "b", content)
    assert sha256(tmp_path / "b") == hashlib.sha256(content).hexdigest()


def test_a_folder_that_cannot_be(tmp_path):
    check_folder(None)
    check_folder(tmp_path)
    check_folder(tmp_path / "new" / "deep")
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "deep"):
        with pytest.raises(InputError, match="file is a file: name a folder with `out`"):
            check_folder(out)
