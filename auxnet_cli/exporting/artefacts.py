"""Locates the exported networks of a run, and checks that they are whole and of its model."""

from pathlib import Path, PurePosixPath

from auxnet_cli import __version__
from auxnet_cli.documents.parity import PARITY, Parity
from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.registry import EngineEntry
from auxnet_cli.system.files import sha256

EXPORTS = "exports"


def artefact_folder(exports: Path, entry: EngineEntry, precision: str = "fp32") -> Path:
    """Returns where an artefact lies in a folder of exports: ``openvino``, ``openvino-int8``.

    One in fp32 is computed in bf16 as well.
    """
    return exports / (f"{entry.name}-int8" if precision == "int8" else entry.name)


def digests(folder: Path) -> dict[str, str]:
    """Returns the SHA-256 of each file in an artefact's folder, by its path there.

    They stand in its ``parity.json``: a runtime that is given a damaged artefact may well run it,
    and answer something else.
    """
    return {name: sha256(path) for name, path in sorted(_files(folder).items())}


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def fault(folder: Path, entry: EngineEntry, digest: str) -> str | None:
    """Says why a folder holds no artefact to use; ``None`` where it holds one.

    It must be whole, have passed the parity gate, and be of the same version and the same model,
    whose ``model.keras`` has this SHA-256.
    """
    if not (folder / PARITY).is_file():
        return "was not exported"
    try:
        parity = Parity.read(folder)
    except InputError:
        return "was exported by another version of auxnet, or its parity.json is damaged"
    if (parity.model_sha256, parity.tool_version) != (digest, __version__):
        return "was exported of another model or by another version of auxnet"
    file, present = entry.format.file, _files(folder)
    if not any(PurePosixPath(name).parts[:1] == (file,) for name in parity.files):
        return f"holds no {file}"
    for name, known in parity.files.items():
        if name not in present or sha256(present[name]) != known:
            return f"is damaged ({name if name in present else f'{name} is missing'})"
    return None
