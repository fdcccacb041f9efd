"""The evaluation report as Markdown."""

from auxnet_cli.reports.evaluation.cautions import cautions
from auxnet_cli.reports.evaluation.definitions import GENERAL, definitions
from auxnet_cli.reports.evaluation.reasons import reasons
from auxnet_cli.reports.evaluation.tables import cost_words, sheets
from auxnet_cli.reports.formatting import count
from auxnet_cli.reports.table import Report, Sheet


def markdown(report: Report) -> str:
    """The page ``report.md`` of a report as in ``report.json``."""
    blocks = [f"# Evaluation on {plain(report['dataset']['name'])}, split {report['split']}"]
    blocks += [f"> **{plain(one.lead)}.** {plain(one.text)}" for one in cautions(report)]
    for sheet in sheets(report):
        blocks += [f"## {sheet.title}", table(sheet)]
        if sheet.title == "Verdict":
            blocks.append(f"Rule of the verdict: {plain(report['screening']['threshold_rule'])}.")
            blocks.append(cost_words(report["screening"]))
    blocks += ["## Model and data", table(identity(report))]
    blocks += _list("Images passed over as unreadable", report["unreadable"])
    blocks += _list("Figures that do not exist", reasons(report))
    terms = definitions(report)
    blocks += ["## What the figures mean", GENERAL, "\n".join(f"- {term}" for term in terms)]
    return "\n\n".join(blocks) + "\n"


def identity(report: Report) -> Sheet:
    """What was scored: the model and the data set, so that both can be found again."""
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


def table(sheet: Sheet) -> str:
    """A Markdown table, numbers to the right."""
    rule = ("---", *("---:" for _ in sheet.header[1:]))
    return "\n".join(
        f"| {' | '.join(cells)} |"
        for cells in (sheet.header, rule, *(map(plain, row) for row in sheet.rows))
    )


def _list(title: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {plain(line)}" for line in lines)] if lines else []


def plain(text: str) -> str:
    """Text that cannot break a table or turn into markup."""
    for mark in "\\|*_`<>[]":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")
