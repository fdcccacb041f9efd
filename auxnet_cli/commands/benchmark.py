"""``auxnet benchmark``: times the multi-task network on this CPU beside single-task networks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auxnet_cli.commands.options import Model, split_names
from auxnet_cli.inference.engines.registry import engine_names
from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.documents.benchmark import Benchmark


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
    engines: Annotated[
        str | None,
        typer.Option(
            help=f"Of {', '.join(engine_names()[1:])}; the reduction is of the first.",
            metavar="NAME,...",
            show_default="tensorflow,openvino",
        ),
    ] = None,
    precisions: Annotated[
        str, typer.Option(help="Of fp32, bf16 and int8, where engine and CPU have them.")
    ] = "fp32",
    threads: Annotated[str, typer.Option(help="Threads of each network, such as 1,2.")] = "1",
    batch: Annotated[str, typer.Option(help="Images a call, such as 1,8.")] = "1",
    size: Annotated[
        str | None,
        typer.Option(metavar="HxW", help="Network input.", show_default="the run's or preset's"),
    ] = None,
    runs: Annotated[int, typer.Option(help="Calls of each network that count.")] = 30,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="Another ONNX model to time in the same rounds; again for more."),
    ] = None,
    beside: Annotated[
        str | None, typer.Option(help="Another preset to time in the same rounds.")
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            help="Also time the network with these of its tasks alone.", metavar="cls,seg,det"
        ),
    ] = None,
    networks: Annotated[
        str | None,
        typer.Option(
            "--networks",
            help="Other networks to time in the same rounds: values of model.name, such as unet.",
            metavar="NAME,...",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="File to write; .html and .md beside it.", show_default="RUN/benchmark.json"
        ),
    ] = None,
) -> "Benchmark":
    """Time Defect-Aux-Net on this CPU beside three single-task networks."""
    from auxnet_cli.jobs.benchmark import benchmark as run_benchmark
    from auxnet_cli.reports.benchmark.page import benchmark_table
    from auxnet_cli.task import parse_tasks

    result = run_benchmark(
        model=model,
        preset=preset,
        engines=None if engines is None else split_names(engines),
        precisions=split_names(precisions),
        threads=_numbers("threads", threads),
        batches=_numbers("batch", batch),
        size=_size(size),
        runs=runs,
        against=against or (),
        beside=beside,
        tasks=parse_tasks(tasks),
        networks=split_names(networks or ""),
        out=out,
    )
    console().print(benchmark_table(result))
    return result


def _numbers(option: str, text: str) -> list[int]:
    """Parses ``1,2`` to [1, 2]."""
    from auxnet_cli.errors import InputError

    parts = split_names(text)
    if not all(part.isdecimal() for part in parts):
        raise InputError(f"--{option} {text}: give whole numbers with commas between, such as 1,2.")
    return [int(part) for part in parts]


def _size(text: str | None) -> tuple[int, int] | None:
    """Parses ``128x800`` to (128, 800)."""
    from auxnet_cli.errors import InputError

    if text is None:
        return None
    height, _, width = text.lower().partition("x")
    if not (height.isdecimal() and width.isdecimal()):
        raise InputError(f"--size {text}: write it as HEIGHTxWIDTH in pixels, such as 128x800.")
    return int(height), int(width)
