"""Writes files and folders whole or not at all."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from auxnet_cli.errors import InputError
from auxnet_cli.plain_text import plain
from auxnet_cli.system.locking import LockedError, lock

_LOCK, _NEW, _OLD = "lock", "new", "old"


def check_folder(out: Path | None) -> None:
    """Checks before any work that an output folder can be made.

    Raises:
        InputError: ``out`` or a folder above it is a file, or a link that leads nowhere.
    """
    for folder in () if out is None else (out, *out.parents):
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is a file: name a folder with `out`.")
        if folder.is_symlink() and not folder.exists():
            raise InputError(
                f"{folder} is a link that leads nowhere: name another folder with `out`."
            )


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside ``path`` that replaces ``path`` on success.

    The temporary file keeps the suffix, because writers such as ``model.save`` choose by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=path.parent
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yields a temporary folder beside ``path`` that replaces ``path`` on success.

    First it removes the temporary folders that killed processes left beside ``path``. Running
    processes hold a lock on theirs, which stay.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(path)
    work, held = _work_folder(path)
    try:
        new = work / _NEW
        new.mkdir()
        yield new
        _swap(new, path, work / _OLD)
    finally:
        if held is not None:
            os.close(held)  # Windows removes no open file
        if path.exists() or not (work / _OLD).exists():
            _discard(work)


def _work_folder(path: Path) -> tuple[Path, int | None]:
    """Makes a hidden folder beside ``path`` and locks it; without a lock if the disk has none."""
    while True:
        work = Path(tempfile.mkdtemp(prefix=_hidden_prefix(path), dir=path.parent))
        try:
            return work, lock(work / _LOCK)
        except (LockedError, FileNotFoundError):
            continue  # another process took the unlocked folder for a leftover
        except OSError:
            return work, None


def _hidden_prefix(path: Path) -> str:
    """Returns the prefix that the work folders of ``path``, and of no other folder, have."""
    name = path.name
    if len(name) > 40:
        name = f"{name[:31]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return f".{name}-"


def _clear_leftovers(path: Path) -> None:
    prefix = _hidden_prefix(path)
    for work in sorted(path.parent.iterdir()):
        # mkdtemp's eight characters hold no hyphen: ".a-b-12345678" belongs to "a-b", not to "a".
        if not re.fullmatch(re.escape(prefix) + r"[a-z0-9_]{8}", work.name):
            continue
        with suppress(LockedError, OSError):  # a folder that stays does no harm
            names = {child.name for child in work.iterdir()}
            if _LOCK in names and names <= {_LOCK, _NEW, _OLD}:
                held = lock(work / _LOCK)
                try:
                    if (work / _OLD).exists() and not path.exists():
                        (work / _OLD).replace(path)  # killed between the two steps of _swap
                finally:
                    os.close(held)
                _discard(work)
            elif not names:
                work.rmdir()


def _discard(work: Path) -> None:
    """Removes a work folder, its lock last: the lock marks it as a work folder."""
    for name in (_NEW, _OLD):
        shutil.rmtree(work / name, ignore_errors=True)
    with suppress(OSError):
        (work / _LOCK).unlink(missing_ok=True)
        work.rmdir()


def _swap(new: Path, path: Path, old: Path) -> None:
    """Replaces the folder ``path`` by ``new``; on failure ``path`` stays."""
    if not path.exists():
        new.replace(path)
        return
    path.replace(old)
    try:
        new.replace(path)
    except BaseException:
        old.replace(path)
        raise


def _umask() -> int:
    """Returns the process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 text with Unix line ends; file names in it that are no Unicode are escaped."""
    write_bytes(path, plain(text).encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Writes bytes."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, document: Any) -> None:
    """Writes a JSON document; refuses NaN, which other readers do not take."""
    write_text(path, json_text(document))


def json_text(document: Any) -> str:
    """Returns the text that :func:`write_json` writes."""
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def write_yaml(path: Path, document: Any) -> None:
    """Writes a YAML document and keeps the order of its keys."""
    import yaml

    write_text(path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def sha256(path: Path) -> str:
    """Returns the SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
