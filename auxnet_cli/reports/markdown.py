"""The evaluation report as Markdown."""

from auxnet_cli.reports.definitions import DEFINITIONS, GENERAL
from auxnet_cli.reports.sheets import Report, Sheet, count, reasons, sheets, warning


def markdown(report: Report) -> str:
    """The page ``report.md`` of a report as in ``report.json``."""
    blocks = [f"# Evaluation on {_plain(report['dataset']['name'])}, split {report['split']}"]
    caution = warning(report)
    if caution:
        blocks.append(f"> **Warning.** {caution}")
    for sheet in sheets(report):
        blocks += [f"## {sheet.title}", _table(sheet)]
        if sheet.title == "Verdict":
            blocks.append(f"Rule of the verdict: {_plain(report['screening']['threshold_rule'])}.")
    blocks += ["## Model and data", _table(_identity(report))]
    blocks += _list("Images passed over as unreadable", report["unreadable"])
    blocks += _list("Figures that do not exist", reasons(report))
    terms = [term for section, lines in DEFINITIONS.items() if report[section] for term in lines]
    blocks += ["## What the figures mean", GENERAL, "\n".join(f"- {term}" for term in terms)]
    return "\n\n".join(blocks) + "\n"


def _identity(report: Report) -> Sheet:
    model, dataset = report["model"], report["dataset"]
    images = (
        f"{count(report['images'])} ({count(report['defective'])} defective, "
        f"{count(report['good'])} good)"
    )
    rows = {
        "Model, SHA-256": model["sha256"],
        "Tasks": ", ".join(model["tasks"]),
        "Parameters": count(model["parameters"]),
        "Encoder started from": model["initial_weights"],
        "Data set": dataset["name"],
        "Data set's fingerprint": dataset["fingerprint"],
        "Split": report["split"],
        "Images": images,
        "auxnet": report["tool_version"],
    }
    return Sheet("Model and data", ("", ""), tuple(rows.items()))


def _table(sheet: Sheet) -> str:
    """A Markdown table, numbers to the right."""
    rule = ("---", *("---:" for _ in sheet.header[1:]))
    return "\n".join(
        f"| {' | '.join(cells)} |"
        for cells in (sheet.header, rule, *(map(_plain, row) for row in sheet.rows))
    )


def _list(title: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {_plain(line)}" for line in lines)] if lines else []


def _plain(text: str) -> str:
    """Text that cannot break a table or turn into markup."""
    for mark in "\\|*_`<>[]":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")
