"""Writes ``example.py``, a program that inspects with an artefact where auxnet is not installed."""

from pathlib import Path

from auxnet_cli import __version__
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.engines.artefact_formats import Format
from auxnet_cli.system.files import write_text

EXAMPLE = "example.py"

_FOLDER = Path(__file__).parent / "templates"


def example(format_: Format, card: ModelCard) -> str:
    """The program for one format, with what this model needs and nothing else.

    It has the functions of the model's tasks, and those for tiles if its images are cut. Thresholds
    and the calibration are read from ``model.json`` when it runs.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # a program; nothing in it is of somebody's choice
    )
    return environment.get_template("example.py.jinja").render(
        title=format_.title,
        format=format_.name,
        file=format_.file,
        version=__version__,
        tasks=card.tasks,
        exclusive=card.label_kind == "exclusive",
        tiled=card.tile.size is not None,
    )


def write_example(folder: Path, format_: Format, card: ModelCard) -> None:
    """Write the program beside an artefact, into its folder."""
    write_text(folder / EXAMPLE, example(format_, card))
