from rich.console import Console

from auxnet_cli.reports.terminal.evaluation import report_tables


def test_the_report_fits_80_columns_and_the_gravest_comes_first(judged):
    console = Console(width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(report_tables(judged()[0]))
    lines = capture.get().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("strips, split test: 48 images, 32 defective, 16 good")
    assert lines[1].startswith("crack is never found. 0 found of 16 images (class scores), ")
    assert any(line.startswith("No pretrained encoder weights. ") for line in lines)
    assert lines.index(next(line for line in lines if "Verdict" in line)) < 12
