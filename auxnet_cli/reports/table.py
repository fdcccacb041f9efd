"""Holds a table of a report as plain text, and writes it as Markdown or for the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table as RichTable
from rich.text import Text

from auxnet_cli.documents.section import Entries

Document = Entries
"""A result, or a section of one, as it stands in its JSON file."""


@dataclass(frozen=True)
class Table:
    """A table, the same on a page, in Markdown and in the terminal; its first cell names a row."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_markdown(self) -> str:
        """Returns the table without its title, numbers aligned to the right."""
        rule = ("---", *("---:" for _ in self.header[1:]))
        cells = (self.header, rule, *(map(escape_markdown, row) for row in self.rows))
        return "\n".join(f"| {' | '.join(row)} |" for row in cells)

    def to_rich(self) -> RichTable:
        """Returns the table for the terminal, numbers aligned to the right."""
        table = RichTable(
            title=self.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD
        )
        for index, name in enumerate(self.header):
            table.add_column(name, justify="right" if index else "left", overflow="fold")
        for row in self.rows:
            # As Text, because Rich would read a class name in brackets as markup.
            table.add_row(*map(Text, row))
        return table


def escape_markdown(text: str) -> str:
    """Returns text that cannot break a Markdown table or turn into markup."""
    for mark in "\\|*_`<>[]":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")


def markdown_list(title: str, lines: Sequence[str]) -> list[str]:
    """Returns a Markdown heading and a list as blocks; nothing if there are no lines."""
    items = "\n".join(f"- {escape_markdown(line)}" for line in lines)
    return [f"## {title}", items] if lines else []
