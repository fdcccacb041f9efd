"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from auxnet_cli.inference.engines.registry import ENGINES, engine_names

Tasks = Annotated[
    str | None, typer.Option(help="Branches to build, of cls, seg, det.", metavar="cls,seg,det")
]
Kept = Annotated[
    str | None,
    typer.Option(
        "--tasks",
        help="Branches to keep, of the run's; the others are removed.",
        metavar="cls,seg,det",
        show_default="all of the run's",
    ),
]
Preset = Annotated[
    str | None, typer.Option(help="Settings to start from; chosen by the data if not given.")
]
Config = Annotated[Path | None, typer.Option(help="A YAML file of settings.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", help="One setting; `auxnet config` lists them.", metavar="KEY=VALUE"),
]
Data = Annotated[
    Path | None, typer.Option(help="A prepared data set.", show_default="the newest in ./data")
]
Model = Annotated[
    Path | None, typer.Option(help="A run or its model file.", show_default="runs/latest")
]
Split = Annotated[str, typer.Option(help="train, val or test.")]
CostEscape = Annotated[
    float, typer.Option(help="Cost of a defective part passed as good, in any unit.")
]
CostFalseAlarm = Annotated[
    float, typer.Option(help="Cost of a good part stopped, in the same unit.")
]
Run = Annotated[Path | None, typer.Option(help="Folder of the run; runs/<date-time> if not given.")]
Precision = Annotated[
    str, typer.Option(help="fp32; bf16, where the CPU has it; or int8, once exported with --int8.")
]
Mirrored = Annotated[
    bool, typer.Option("--mirrored", help="Also inspect mirror images: a little better, slower.")
]
*_FIRST, _LAST = sorted(engine_names()[1:], key=lambda name: ENGINES[name].artefact is None)
Engine = Annotated[str, typer.Option(help=f"auto (the fastest), {', '.join(_FIRST)} or {_LAST}.")]


def split_names(text: str) -> list[str]:
    """Splits an option's value at its commas."""
    return [name.strip() for name in text.split(",") if name.strip()]
