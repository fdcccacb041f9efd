"""The command-line application: names the commands and imports nothing heavy."""

import os
import sys
from typing import Annotated

import typer

from auxnet_cli import __version__
from auxnet_cli.commands import (
    benchmark,
    calibrate,
    compare,
    config,
    convert,
    demo,
    evaluate,
    export,
    lr,
    predict,
    prepare,
    pretrain,
    study,
    train,
)

app = typer.Typer(
    name="auxnet",
    help="Find surface defects: verdict, classes, masks and boxes from one network in one pass.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"auxnet {__version__}")
        raise typer.Exit


@app.callback()
def auxnet(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find surface defects: verdict, classes, masks and boxes from one network in one pass."""


for job in (
    demo.demo,
    prepare.prepare,
    convert.convert,
    lr.lr,
    pretrain.pretrain,
    train.train,
    evaluate.evaluate,
    calibrate.calibrate,
    compare.compare,
    predict.predict,
    benchmark.benchmark,
    export.export,
    study.study,
    config.config,
):
    app.command()(job)


def main() -> None:
    """Runs ``auxnet``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names of files may be no Unicode. Rich and tqdm write boxes and blocks, and a Windows
            # console may still be set to an old code page.
            encoding = "utf-8" if os.name == "nt" else None
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    app()
