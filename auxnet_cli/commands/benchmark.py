"""``auxnet benchmark``: inference time on this CPU, multi-task beside single-task networks."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auxnet_cli.commands.options import Model
from auxnet_cli.terminal import command, console


@command
def benchmark(
    *,
    cpu: Annotated[
        bool,
        typer.Option("--cpu", help="Time on the CPU, the only device as yet.", show_default=False),
    ] = True,
    model: Model = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="An untrained network of this preset.", show_default="severstal, without a run"
        ),
    ] = None,
    threads: Annotated[int, typer.Option(help="Threads of each network.")] = 1,
    batch: Annotated[int, typer.Option(help="Images a call.")] = 1,
    size: Annotated[
        str | None,
        typer.Option(metavar="HxW", help="Network input.", show_default="the run's or preset's"),
    ] = None,
    runs: Annotated[int, typer.Option(help="Calls of each network that count.")] = 30,
    out: Annotated[
        Path | None, typer.Option(help="File to write.", show_default="RUN/benchmark.json")
    ] = None,
) -> dict[str, Any]:
    """Time Defect-Aux-Net on this CPU beside three single-task networks."""
    from auxnet_cli.reports.benchmark_table import benchmark_table
    from auxnet_cli.runtime.benchmark import benchmark as run_benchmark

    document = run_benchmark(
        model=model,
        preset=preset,
        threads=threads,
        batch=batch,
        size=_size(size),
        runs=runs,
        out=out,
    )
    console().print(benchmark_table(document))
    return document


def _size(text: str | None) -> tuple[int, int] | None:
    """``128x800`` to (128, 800)."""
    from auxnet_cli.errors import InputError

    if text is None:
        return None
    height, _, width = text.lower().partition("x")
    if not (height.isdecimal() and width.isdecimal()):
        raise InputError(f"--size {text}: write it as HEIGHTxWIDTH in pixels, such as 128x800.")
    return int(height), int(width)
