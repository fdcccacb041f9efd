"""``--strict``: findings that nobody has settled stop the work before a data set is made."""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

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
"""Findings that say how a source was understood, where nothing is lost, doubtful or missing."""

_FEW = 3
_NAMED = 6


class FindingsError(InputError):
    """There are findings, and none was wanted.

    Attributes:
        summary: ``audit`` (findings by kind), ``findings`` (a few of each kind) and
            ``audit_folder``, where the whole audit lies.
    """

    def __init__(self, message: str, summary: dict[str, Any]) -> None:
        super().__init__(message)
        self.summary = summary


def few_findings(audit: Audit) -> list[dict[str, Any]]:
    """The first findings of each kind, as JSON."""
    return [vars(finding) for kind in audit.counts() for finding in audit.of(kind)[:_FEW]]


def audit_folder(out: Path) -> Path:
    """Where the audit of a data set goes that may not be made: ``<out>-audit``."""
    whole = out if out.name else out.resolve()
    return whole.with_name(f"{whole.name}-audit")


def check_audit_folder(out: Path) -> None:
    """Refuse to replace anything but an earlier audit.

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
    """Remove the audit of an earlier refusal, once the data set ``out`` has been made."""
    check_audit_folder(out)
    shutil.rmtree(audit_folder(out), ignore_errors=True)


def refuse_findings(audit: Audit, written: Path, out: Path, settled: Collection[str] = ()) -> None:
    """Raise where there is a finding that is not merely informative.

    Args:
        audit: the findings.
        written: the folder that holds the audit's files, which goes when this raises.
        out: where the data set would be; the audit is kept beside it.
        settled: further kinds of finding that the caller has decided about.

    Raises:
        FindingsError: there is one.
    """
    counts = audit.counts()
    serious = [kind for kind in counts if kind not in INFORMATIVE and kind not in settled]
    if not serious:
        return
    folder = audit_folder(out)
    with whole_folder(folder) as temporary:
        for path in sorted(written.glob("audit.*")):
            shutil.copyfile(path, temporary / path.name)
    told = ", ".join(f"{counts[kind]} {kind}" for kind in serious[:_NAMED])
    if len(serious) > _NAMED:
        told += f" and {len(serious) - _NAMED} more kinds"
    summary = {"audit": counts, "findings": few_findings(audit), "audit_folder": str(folder)}
    raise FindingsError(
        f"No data set was written, as --strict asks: the audit found {told}. Mend the source by "
        f"{folder / 'audit.md'}, or prepare without --strict.",
        summary,
    )
