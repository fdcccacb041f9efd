"""Writes the files of a report into its folder."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from auxnet_cli.reports.charts.chart import Chart
from auxnet_cli.system.files import write_text


def chart_files(charts: Sequence[Chart]) -> dict[str, str]:
    """Returns the SVG documents of charts, by path in the report's folder."""
    return {_path(chart.name): chart.svg for chart in charts}


def write_files(folder: Path, files: Mapping[str, str], chart_names: Collection[str]) -> None:
    """Writes the files of a report in the given order.

    Args:
        folder: the report's folder; other files in it stay.
        files: texts by path in the folder.
        chart_names: all charts that such a report can have. Charts of an earlier report that this
            report lacks are removed.
    """
    for path in map(_path, chart_names):
        if path not in files:
            (folder / path).unlink(missing_ok=True)
    for path, text in files.items():
        write_text(folder / path, text)


def _path(name: str) -> str:
    return f"figures/{name}.svg"
