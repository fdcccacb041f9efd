"""Writes the report of an evaluation as Markdown and, 80 columns wide, for the terminal."""

from rich.console import Group, RenderableType
from rich.text import Text

from auxnet_cli.reports.evaluation.cautions import cautions
from auxnet_cli.reports.evaluation.explanations import GENERAL, definitions, reasons
from auxnet_cli.reports.evaluation.tables import cost_sentence, identity, tables
from auxnet_cli.reports.formatting import count, counted
from auxnet_cli.reports.table import Document, escape_markdown, markdown_list


def report_markdown(report: Document) -> str:
    """Returns ``report.md`` of a report as in ``report.json``."""
    name = escape_markdown(report["dataset"]["name"])
    blocks = [f"# Evaluation on {name}, split {report['split']}"]
    blocks += [caution.to_markdown() for caution in cautions(report)]
    for table in tables(report):
        blocks += [f"## {table.title}", table.to_markdown()]
        if table.title == "Verdict":
            rule = escape_markdown(report["screening"]["threshold_rule"])
            blocks += [f"Rule of the verdict: {rule}.", cost_sentence(report["screening"])]
    blocks += ["## Model and data", identity(report).to_markdown()]
    blocks += markdown_list("Images passed over as unreadable", report["unreadable"])
    blocks += markdown_list("Figures that do not exist", reasons(report))
    terms = "\n".join(f"- {term}" for term in definitions(report))
    blocks += ["## What the figures mean", GENERAL, terms]
    return "\n\n".join(blocks) + "\n"


def report_tables(report: Document) -> RenderableType:
    """Returns what ``auxnet evaluate`` shows of a report as in ``report.json``."""
    heading = (
        f"{report['dataset']['name']}, split {report['split']}: "
        f"{counted(report['images'], 'image')}, {count(report['defective'])} defective, "
        f"{count(report['good'])} good"
    )
    parts: list[RenderableType] = [Text(heading, style="bold")]
    for caution in cautions(report):
        style = "bold red" if caution.grave else "yellow"
        parts.append(Text.assemble((f"{caution.lead}. ", style), caution.text))
    return Group(*parts, *(table.to_rich() for table in tables(report)))
