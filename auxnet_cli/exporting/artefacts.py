"""The exported networks of a run: where they lie, and whether they are whole and of its model."""

from pathlib import Path, PurePosixPath

from auxnet_cli import __version__
from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.artefact_formats import Format
from auxnet_cli.system.files import sha256
from auxnet_cli.system.untrusted import read_json

EXPORTS = "exports"
PARITY = "parity.json"


def artefact_folder(exports: Path, format_: Format, precision: str = "fp32") -> Path:
    """Where an artefact lies in a folder of exports: ``openvino``, ``openvino-int8``.

    One in fp32 is computed in bf16 as well.
    """
    return exports / (f"{format_.name}-int8" if precision == "int8" else format_.name)


def find_artefact(folder: Path, format_: Format, digest: str) -> Path | None:
    """The artefact in a folder, if it is whole, passed the parity gate, and is of the same model.

    Args:
        folder: of the artefact.
        format_: its format.
        digest: SHA-256 of ``model.keras``.
    """
    return folder / format_.file if fault(folder, format_, digest) is None else None


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in an artefact's folder, by its path there with ``/`` between.

    They stand in its ``parity.json``: a runtime that is given a damaged artefact may well run it,
    and answer something else.
    """
    return {name: sha256(path) for name, path in sorted(_files(folder).items())}


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def fault(folder: Path, format_: Format, digest: str) -> str | None:
    """Why there is no artefact to take in a folder, in words; ``None`` where there is one."""
    if not (folder / PARITY).is_file():
        return "was not exported"
    try:
        parity = read_json(folder / PARITY)
        key = parity["model_sha256"], parity["tool_version"]
        known = {str(name): str(value) for name, value in parity["files"].items()}
    except (InputError, TypeError, KeyError, AttributeError):
        return "was exported by another version of auxnet, or its parity.json is damaged"
    if key != (digest, __version__):
        return "was exported of another model or by another version of auxnet"
    present = _files(folder)
    if not any(PurePosixPath(name).parts[:1] == (format_.file,) for name in known):
        return f"holds no {format_.file}"
    for name, value in known.items():
        if name not in present or sha256(present[name]) != value:
            return f"is damaged ({name if name in present else f'{name} is missing'})"
    return None
