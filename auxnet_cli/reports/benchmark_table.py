"""The benchmark in the terminal, like the paper's Table VI, 80 columns wide."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

COUNTS = {1: "the one", 2: "the two", 3: "the three"}


def benchmark_table(document: dict[str, Any]) -> "RenderableType":
    """What ``auxnet benchmark`` shows of a document as in ``benchmark.json``."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    ours, *singles = document["networks"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("network")
    table.add_column("task")
    for name in ("ms", "5-95 %", "M par.", "GFLOP", "MB"):
        table.add_column(name, justify="right")
    for network in singles:
        table.add_row(*_row(network))
    total = [
        _ms(sum(network["latency_ms"]["median"] for network in singles)),
        "",
        f"{sum(network['parameters'] for network in singles) / 1e6:.1f}",
        f"{sum(network['gflop'] for network in singles):.1f}",
        "",
    ]
    table.add_row(f"{COUNTS[len(singles)]} together", "", *total, end_section=True)
    table.add_row(*_row(ours), style="bold")
    cpu, size = document["cpu"], document["input"]
    threads = f"{document['threads']} thread{'s' if document['threads'] > 1 else ''}"
    return Group(
        table,
        Text(f"Parameters {_change(document, 'parameters')}, time {_change(document, 'latency')}."),
        Text(
            f"{cpu['model']}, {threads}, input {size['height']} x {size['width']}, "
            f"{ours['engine']} {ours['precision']} ({document['call_style']}), median of "
            f"{ours['runs']} interleaved calls. MB: peak of the whole process.",
            style="dim",
        ),
    )


def _row(network: dict[str, Any]) -> list[str]:
    time, peak = network["latency_ms"], network["peak_rss_mb"]
    return [
        network["name"],
        "+".join(network["tasks"]),
        _ms(time["median"]),
        f"{_ms(time['p5'])}-{_ms(time['p95'])}",
        f"{network['parameters'] / 1e6:.1f}",
        f"{network['gflop']:.1f}",
        "" if peak is None else f"{peak:.0f}",
    ]


def _ms(milliseconds: float) -> str:
    """Three digits or more."""
    return f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:.0f}"


def _change(document: dict[str, Any], figure: str) -> str:
    """A reduction beside the paper's, in percent."""
    ours, paper = document["reduction"][figure], document["paper"][figure]
    return f"{-100 * ours:+.1f} % (paper {-100 * paper:+.1f} %)"
