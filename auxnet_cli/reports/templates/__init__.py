"""The pages' templates. What they are given is escaped: names of classes and files are not ours."""

from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def render(template: str, **given: Any) -> str:
    """Fill a template of this folder."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Markup((_FOLDER / "page.css").read_text(encoding="utf-8"))
    # A drawing escapes the text in it by itself.
    inline = {"style": style, "drawing": lambda plot: Markup(plot.inline)}
    return environment.get_template(template).render(**inline, **given)
