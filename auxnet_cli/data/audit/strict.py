"""Implements ``--strict``: serious findings stop the work before a data set is made."""

import shutil
from collections.abc import Collection
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.errors import InputError
from auxnet_cli.system.files import whole_folder

INFORMATIVE = frozenset(
    {
        "anchors-miss-defects",
        "camera-bits",
        "defect-larger-than-tile",
        "duplicate-image",
        "mask-of-0-and-1",
        "name-differs-from-content",
        "near-duplicate",
        "rotation-flag",
        "soft-mask",
        "void-pixels",
    }
)
"""Kinds of findings that say how a source was read, where nothing is lost, doubtful or missing."""

_NAMED = 6


class FindingsError(InputError):
    """A strict preparation met serious findings.

    Attributes:
        audit: the findings.
        folder: holds the files of the audit.
    """

    def __init__(self, message: str, audit: Audit, folder: Path) -> None:
        super().__init__(message)
        self.audit = audit
        self.folder = folder


def audit_folder(out: Path) -> Path:
    """Returns where the audit of a refused data set ``out`` is kept: ``<out>-audit``."""
    named = out if out.name else out.resolve()
    return named.with_name(f"{named.name}-audit")


def check_audit_folder(out: Path) -> None:
    """Refuses to replace anything but an earlier audit.

    Raises:
        InputError: something else is there.
    """
    folder = audit_folder(out)
    if folder.is_dir():
        mixed = any(not path.name.startswith("audit.") for path in folder.iterdir())
    else:
        mixed = folder.exists() or folder.is_symlink()
    if mixed:
        raise InputError(
            f"--strict may have to write an audit to {folder}, which holds something else: name "
            "another folder with --out."
        )


def discard_audit(out: Path) -> None:
    """Removes the audit of an earlier refusal, once the data set ``out`` has been made."""
    check_audit_folder(out)
    shutil.rmtree(audit_folder(out), ignore_errors=True)


def refuse_findings(audit: Audit, written: Path, out: Path, settled: Collection[str] = ()) -> None:
    """Raises an error if there is a finding that is neither informative nor of a settled kind.

    The files of the audit in the temporary folder ``written`` are copied beside the data set
    ``out``, which is not made.

    Raises:
        FindingsError: there is such a finding.
    """
    counts = audit.counts()
    serious = [kind for kind in counts if kind not in INFORMATIVE and kind not in settled]
    if not serious:
        return
    folder = audit_folder(out)
    with whole_folder(folder) as temporary:
        for path in sorted(written.glob("audit.*")):
            shutil.copyfile(path, temporary / path.name)
    named = ", ".join(f"{counts[kind]} {kind}" for kind in serious[:_NAMED])
    if len(serious) > _NAMED:
        named += f" and {len(serious) - _NAMED} more kinds"
    message = (
        f"No data set was written, as --strict asks: the audit found {named}. Mend the source by "
        f"{folder / 'audit.md'}, or prepare without --strict."
    )
    raise FindingsError(message, audit, folder)
