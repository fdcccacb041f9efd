"""A comparison of runs as tables: in the terminal, 80 columns wide, and as Markdown."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auxnet_cli.reports.charts.differences import WORDS
from auxnet_cli.reports.comparison.page import precision_notes, runs_sheet, title
from auxnet_cli.reports.evaluation.markdown import plain
from auxnet_cli.reports.evaluation.markdown import table as markdown_table
from auxnet_cli.reports.evaluation.provenance import comparison_cautions
from auxnet_cli.reports.formatting import ABSENT, count, number, some
from auxnet_cli.reports.table import Sheet
from auxnet_cli.reports.terminal.evaluation import table

if TYPE_CHECKING:
    from rich.console import RenderableType

Document = Mapping[str, Any]

LEGEND = (
    "Difference: the run's figure less that of the first, with its 95 % interval. better, worse: "
    "more than chance; open: cannot be told from chance on these images. Of twenty figures of "
    "equally good runs about one comes out better or worse all the same."
)


def comparison_tables(document: Document) -> "RenderableType":
    """What ``auxnet compare`` shows of a comparison as in ``comparison.json``."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(heading(document), style="bold")]
    parts += [Text(str(one), style="bold yellow") for one in comparison_cautions(document)]
    parts += [table(sheet) for sheet in sheets(document)]
    parts += [Text(line) for line in (*precision_notes(document), *verdicts(document))]
    return Group(*parts, Text(LEGEND, style="dim"))


def comparison_markdown(document: Document) -> str:
    """The page ``comparison.md``."""
    blocks = ["# Comparison of runs", plain(heading(document)) + "."]
    blocks += [
        f"> **{plain(one.lead)}.** {plain(one.text)}" for one in comparison_cautions(document)
    ]
    for sheet in sheets(document):
        blocks += [f"## {plain(sheet.title)}", markdown_table(sheet)]
    told = [*precision_notes(document), *verdicts(document)]
    blocks.append("\n".join(f"- {plain(line)}" for line in told))
    blocks += [LEGEND, "## Runs", markdown_table(runs_sheet(document["runs"]))]
    absent = [
        f"{own['run']} against {own['against']}, {title(name)}: {reason}"
        for own in document["differences"]
        for name, figure in own["figures"].items()
        for reason in dict.fromkeys(figure.get("reasons", {}).values())
    ]
    for name, lines in (
        ("Differences and intervals that do not exist", absent),
        ("Images passed over as unreadable", document["unreadable"]),
    ):
        if lines:
            blocks += [f"## {name}", "\n".join(f"- {plain(line)}" for line in lines)]
    blocks.append(_method(document))
    return "\n\n".join(blocks) + "\n"


def heading(document: Document) -> str:
    """What was compared on which images."""
    return (
        f"{document['dataset']['name']}, split {document['split']}: "
        f"{some(document['images'], 'image')} in {some(document['groups'], 'group')}"
    )


def sheets(document: Document) -> list[Sheet]:
    """A table for each run but the first, of the figures that both have."""
    first = document["runs"][0]
    runs = {run["name"]: run for run in document["runs"]}
    return [
        Sheet(
            f"{own['run']} against {own['against']}",
            ("Figure", "First", "Run", "Difference", "95 % interval", ""),
            tuple(_rows(first["figures"], runs[own["run"]]["figures"], own["figures"])),
        )
        for own in document["differences"]
    ]


def verdicts(document: Document) -> list[str]:
    """McNemar's test of the verdicts, in words."""
    return [
        f"{title(name)}, {own['run']}: {some(test['only_first'], 'image')} only {own['against']} "
        f"judged wrongly, {count(test['only_other'])} only {own['run']} "
        f"(McNemar's exact test, p {_p(test['p_value'])})."
        for own in document["differences"]
        for name, figure in own["figures"].items()
        if (test := figure.get("mcnemar")) is not None
    ]


def _rows(
    first: Mapping[str, Any], run: Mapping[str, Any], differences: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    for name, own in differences.items():
        bounds = own["ci95"]
        if own["difference"] is not None:
            yield (
                title(name),
                number(first[name]),
                number(run[name]),
                f"{own['difference']:+.3f}",
                ABSENT if bounds is None else f"{bounds[0]:+.3f} to {bounds[1]:+.3f}",
                WORDS[own["better"]],
            )


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _method(document: Document) -> str:
    return (
        f"Intervals: 95 % bootstrap by group (BCa, {count(document['replicates'])} replicates, "
        f"seed {document['seed']}); each replicate draws the same groups for all runs. A rate is "
        "called better or worse only where McNemar's exact test agrees. The cost counts "
        f"{document.get('cost_escape', 1):g} for an escape and "
        f"{document.get('cost_false_alarm', 1):g} for a false alarm. auxnet "
        f"{document['tool_version']}, data set {document['dataset']['fingerprint']}."
    )
