"""A report's folder: all files of a report are put into it together."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from auxnet_cli.reports.charts.canvas import Plot
from auxnet_cli.system.files import write_text

FIGURES = "figures"


def drawings(plots: Sequence[Plot]) -> dict[str, str]:
    """The drawings as files, by their path in the folder."""
    return {_path(plot.name): plot.svg for plot in plots}


def write_files(folder: Path, files: Mapping[str, str], own: Collection[str]) -> None:
    """Write a report that is ready, its files in the order given.

    Args:
        folder: where to; what else lies there stays.
        files: texts by path in the folder.
        own: names of all drawings that such a report can have; those of an earlier one that this
            one lacks are removed.
    """
    for path in map(_path, own):
        if path not in files:
            (folder / path).unlink(missing_ok=True)
    for path, text in files.items():
        write_text(folder / path, text)


def _path(name: str) -> str:
    return f"{FIGURES}/{name}.svg"
