"""The options that several commands share, each written once."""

from pathlib import Path
from typing import Annotated

import typer

Tasks = Annotated[
    str | None, typer.Option(help="Branches to build, of cls, seg, det.", metavar="cls,seg,det")
]
Data = Annotated[
    Path | None, typer.Option(help="A prepared data set; the newest in ./data if not given.")
]
Preset = Annotated[
    str | None, typer.Option(help="Settings to start from; chosen by the data if not given.")
]
Config = Annotated[Path | None, typer.Option(help="A YAML file of settings.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", help="One setting; `auxnet config` lists them.", metavar="KEY=VALUE"),
]
Run = Annotated[Path | None, typer.Option(help="Folder of the run; runs/<date-time> if not given.")]
