"""``auxnet config``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auxnet_cli.terminal import command, console

if TYPE_CHECKING:
    from auxnet_cli.settings import Settings


@command
def config(
    preset: Annotated[str, typer.Option(help="Settings to start from.")] = "severstal",
    run: Annotated[
        Path | None, typer.Option(help="Print the settings of this run instead.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="One setting.", metavar="KEY=VALUE")
    ] = None,
) -> "Settings":
    """Print every setting with its value, unit and help."""
    from rich.markup import escape
    from rich.table import Table

    from auxnet_cli.settings import Settings, walk
    from auxnet_cli.settings.loader import load_settings, read_settings
    from auxnet_cli.workspace import CONFIG

    settings = read_settings(run / CONFIG) if run else load_settings(preset, overrides=set_ or ())
    defaults = {name: value for name, value, *_ in walk(Settings())}
    title = f"Settings of {run}" if run else f"Settings of the preset {preset}"
    table = Table("setting", "value", "unit", "help", title=title, title_justify="left")
    for name, value, unit, text in walk(settings):
        shown, help_ = _short(value), escape(text)
        if value != defaults[name]:
            shown = f"[bold]{shown}[/]"
            help_ += f" [dim](default {_short(defaults[name])})[/]"
        table.add_row(name, shown, unit, help_)
    console().print(table)
    return settings


def _short(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        # The bracket is escaped: Rich takes it for a style.
        return "\\[" + ", ".join(_short(part) for part in value) + "]"
    return f"{value:.4g}" if isinstance(value, float) else str(value).lower()
