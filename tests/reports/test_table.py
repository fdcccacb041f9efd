from rich.console import Console

from auxnet_cli.reports.table import Table, markdown_list

TABLE = Table("Title", ("Class", "F1"), (("[bold]pit", "0.5"), ("a|<b>*c*\nd", "none")))


def test_markdown_escapes_any_name():
    assert TABLE.to_markdown().splitlines() == [
        "| Class | F1 |",
        "| --- | ---: |",
        r"| \[bold\]pit | 0.5 |",
        r"| a\|\<b\>\*c\* d | none |",
    ]
    assert markdown_list("Images", ["x_1"]) == ["## Images", "- x\\_1"]
    assert markdown_list("Images", []) == []


def test_the_terminal_reads_no_markup_in_names():
    console = Console(width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(TABLE.to_rich())
    assert "[bold]pit    0.5" in capture.get()
