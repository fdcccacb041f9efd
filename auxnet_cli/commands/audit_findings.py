"""What an audit found, on the screen."""

from typing import Any


def show_findings(summary: dict[str, Any]) -> None:
    """Print each kind of finding with its number, and the findings given of it.

    Args:
        summary: ``audit`` (findings by kind) and ``findings`` (a few of each kind).
    """
    from rich.markup import escape

    from auxnet_cli.terminal import console

    screen = console()
    for kind, number in summary["audit"].items():
        screen.print(f"  {kind}: {number}")
        for finding in summary["findings"]:
            if finding["kind"] == kind:
                where = f"{finding['file']}: " if finding["file"] else ""
                screen.print(escape(f"    {where}{finding['detail']} → {finding['action']}"))
