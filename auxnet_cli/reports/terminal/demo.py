"""Shows the result of the demonstration in a panel."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from auxnet_cli.documents.demonstration import Demonstration
from auxnet_cli.reports.formatting import number


def demo_panel(result: Demonstration) -> RenderableType:
    """Returns scores, times, paths and the next commands, from the result of ``auxnet demo``."""
    report, times = result.report, result.benchmark
    scores = Table.grid(padding=(0, 2))
    for name, value, meaning in (
        ("accuracy", report["classification"]["accuracy"], "classes, mean over the classes"),
        ("Dice", report["segmentation"]["dice"], "masks, pooled over the pixels"),
        ("mAP50", report["detection"]["map50"], "boxes"),
        ("escapes", report["screening"]["escape_rate"], "defective images passed as good"),
        ("false alarms", report["screening"]["false_alarm_rate"], "good images stopped"),
    ):
        scores.add_row(Text(name, "bold"), number(value), Text(meaning, "dim"))
    saved = times.reduction
    scores.add_row(
        Text("one pass", "bold"),
        f"{times.networks[0].latency_ms.median:.0f} ms",
        Text(
            f"{saved.latency:.0%} less time than three single-task networks" if saved else "", "dim"
        ),
    )
    paths = Table.grid(padding=(0, 2))
    for name, path in (
        ("report", result.report_file),
        ("overlays", result.overlays),
        ("benchmark", result.benchmark_file),
    ):
        paths.add_row(Text(name, "bold"), Text(path, overflow="fold"))
    total = sum(result.seconds.values())
    parts = ", ".join(f"{name} {value:.0f} s" for name, value in result.seconds.items())
    lines: list[RenderableType] = [scores, "", paths, "", Text(f"{total:.0f} s: {parts}", "dim")]
    if result.quick:
        lines.append(Text("A quick run: it shows that all works; the scores mean nothing."))
    lines += [
        "",
        Text("Next, on your own images:", "bold"),
        Text("auxnet prepare severstal   or   auxnet prepare masks FOLDER"),
        Text("auxnet train --tasks cls,seg,det"),
    ]
    return Panel(Group(*lines), title="auxnet demo", title_align="left", expand=False)
