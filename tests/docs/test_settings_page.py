"""The settings page shows every setting as it is. Run as a script, this rewrites its tables."""

import re
from pathlib import Path
from typing import Any

import pytest

from auxnet_cli.settings import Settings, walk
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.presets import presets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def shown(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(shown(part) for part in value)}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value).lower()


def table(header: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows])


def settings_table() -> str:
    rows = [
        [f"`{name}`", f"`{shown(value)}`", unit, text.replace("|", "\\|")]
        for name, value, unit, text in walk(Settings())
    ]
    return table(["setting", "default", "unit", "meaning"], rows)


def presets_table(workspace: Path) -> str:
    names = presets()
    columns = [
        {name: value for name, value, *_ in walk(load_settings(preset, workspace=workspace))}
        for preset in names
    ]
    rows = []
    for name, default, *_ in walk(Settings()):
        values = [column[name] for column in columns]
        if any(value != default for value in values):
            cells = ["" if value == default else f"`{shown(value)}`" for value in values]
            rows.append([f"`{name}`", f"`{shown(default)}`", *cells])
    return table(["setting", "default", *(f"`{name}`" for name in names)], rows)


def tables(workspace: Path) -> dict[str, str]:
    return {"settings": settings_table(), "presets": presets_table(workspace)}


def between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", ["settings", "presets"])
def test_tables_are_those_of_the_program(name, tmp_path):
    (on_page,) = between(name).findall(PAGE.read_text(encoding="utf-8"))
    assert on_page.strip() == tables(tmp_path)[name], f"run {Path(__file__).name} as a script"


def rewrite() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, text in tables(PAGE.parent).items():
        page = between(name).sub(lambda _, text=text: f"\n{text}\n\n", page)
    PAGE.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    rewrite()
