"""Fills the templates of pages; all values are escaped, because names come from users."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent


def render(template: str, **values: Any) -> str:
    """Returns a template of this folder, filled with values."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    """Returns the environment; it keeps templates, which take longer to compile than to fill."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Markup((_FOLDER / "page.css").read_text(encoding="utf-8"))
    # Charts escape their text themselves.
    environment.globals.update(style=style, svg_of=lambda chart: Markup(chart.inline))
    return environment
