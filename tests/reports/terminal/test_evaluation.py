from rich.console import Console

from auxnet_cli.reports.terminal.evaluation import report_tables


def _shown(report):
    console = Console(width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(report_tables(report))
    return capture.get()


def test_what_the_terminal_shows_fits_80_columns(report):
    shown = _shown(report)
    assert max(map(len, shown.splitlines())) <= 80
    assert "strips, split test: 40 images, 16 defective, 24 good" in shown
    assert "87.5 %" in shown
    assert "12.5 %" in shown
    assert "No pretrained encoder weights. " in shown


def test_names_in_brackets_are_no_markup(report):
    per_class = report["segmentation"]["per_class"]
    per_class["[bold]pit"] = per_class.pop("pit")
    assert "[bold]pit" in _shown(report)


def test_passed_over_images_are_counted(report):
    report["unreadable"] = ["a.png", "b.png"]
    assert "2 images could not be read. " in _shown(report)


def test_a_class_that_is_never_found_comes_first(judged):
    report, *_ = judged()
    lines = _shown(report).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("crack is never found. 0 found of 16 images (class scores), ")
    assert lines.index(next(line for line in lines if "Verdict" in line)) < 12
