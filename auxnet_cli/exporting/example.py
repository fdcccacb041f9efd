"""Writes ``example.py``, a program that inspects with an artefact where auxnet is not installed."""

from pathlib import Path

from auxnet_cli import __version__
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.engines.registry import EngineEntry
from auxnet_cli.system.files import write_text

EXAMPLE = "example.py"

_FOLDER = Path(__file__).parent / "templates"


def example(entry: EngineEntry, card: ModelCard) -> str:
    """Renders the program for one format, with what this model needs and nothing else.

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
        autoescape=False,  # a program; nothing in it comes from outside
    )
    return environment.get_template(_template(entry)).render(
        title=entry.title,
        file=entry.format.file,
        version=__version__,
        tasks=card.tasks,
        exclusive=card.label_kind == "exclusive",
        reduced=card.mask_stride > 1,
        tiled=card.tile.size is not None,
        whole=card.tile.size is not None and card.tile.whole > 0,
        memory=card.memory is not None,
    )


def write_example(folder: Path, entry: EngineEntry, card: ModelCard) -> None:
    """Writes the program beside an artefact, if there is a template for its engine and detector."""
    decodes = "det" not in card.tasks or card.detector == "anchors"
    if decodes and (_FOLDER / _template(entry)).is_file():
        write_text(folder / EXAMPLE, example(entry, card))


def _template(entry: EngineEntry) -> str:
    return f"{entry.name}.py.jinja"
