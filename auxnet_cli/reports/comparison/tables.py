"""Writes a comparison of runs as Markdown and, 80 columns wide, for the terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from auxnet_cli.documents.comparison import Comparison, RunDifferences
from auxnet_cli.reports.cautions import (
    Caution,
    group_cautions,
    split_cautions,
    training_cautions,
)
from auxnet_cli.reports.charts.differences import OUTCOMES
from auxnet_cli.reports.evaluation.tables import HEADLINES, SIZES
from auxnet_cli.reports.formatting import (
    count,
    counted,
    number,
    precision_note,
    signed_interval,
)
from auxnet_cli.reports.table import Table, escape_markdown, markdown_list

COST = "screening.cost"
RATES = {
    "screening.escape_rate": "Escape rate",
    "screening.false_alarm_rate": "False-alarm rate",
}
_TITLES = {
    **RATES,
    COST: "Cost of an image",
    **{
        f"{section}.{key}": title
        for section, titles in HEADLINES.items()
        for key, title in titles.items()
    },
    **{f"detection.{key}": f"mAP, {title} defects" for key, title in SIZES.items()},
}
_LEGEND = (
    "Difference: the run's figure less that of the first, with its 95 % interval. better, worse: "
    "more than chance; open: cannot be told from chance on these images. Of twenty figures of "
    "equally good runs about one comes out better or worse all the same."
)


def comparison_tables(comparison: Comparison) -> RenderableType:
    """Returns what ``auxnet compare`` shows."""
    parts: list[RenderableType] = [Text(_heading(comparison), style="bold")]
    parts += [
        Text(str(caution), style="bold yellow") for caution in comparison_cautions(comparison)
    ]
    parts += [table.to_rich() for table in run_tables(comparison)]
    parts += [Text(line) for line in (*precision_notes(comparison), *verdict_tests(comparison))]
    return Group(*parts, Text(_LEGEND, style="dim"))


def comparison_markdown(comparison: Comparison) -> str:
    """Returns ``comparison.md``."""
    blocks = ["# Comparison of runs", escape_markdown(_heading(comparison)) + "."]
    blocks += [caution.to_markdown() for caution in comparison_cautions(comparison)]
    for table in run_tables(comparison):
        blocks += [f"## {escape_markdown(table.title)}", table.to_markdown()]
    notes = [*precision_notes(comparison), *verdict_tests(comparison)]
    blocks.append("\n".join(f"- {escape_markdown(line)}" for line in notes))
    blocks += [_LEGEND, "## Runs", runs_table(comparison).to_markdown()]
    absent = [
        f"{change.run} against {change.against}, {figure_title(key)}: {reason}"
        for change, key, reason in absent_figures(comparison)
    ]
    blocks += markdown_list("Differences and intervals that do not exist", absent)
    blocks += markdown_list("Images passed over as unreadable", comparison.unreadable)
    blocks.append(_method(comparison))
    return "\n\n".join(blocks) + "\n"


def comparison_cautions(comparison: Comparison) -> list[Caution]:
    """Returns the warnings that a comparison gives rise to, the gravest first."""
    dataset = comparison.dataset.document()
    cautions = [
        caution
        for run in comparison.runs
        for caution in training_cautions(run.dataset, dataset, run.name)
    ]
    cautions += split_cautions(comparison.split) + group_cautions(dataset)
    return sorted(cautions, key=lambda caution: not caution.grave)


def figure_title(key: str) -> str:
    """Returns the title of a figure; one that has none keeps its key."""
    return _TITLES.get(key, key.replace(".", ", ").replace("_", " "))


def figure_keys(comparison: Comparison) -> list[str]:
    """Returns the figures of any run: the headline figures first and in their order."""
    present = dict.fromkeys(key for run in comparison.runs for key in run.figures)
    return [key for key in {**_TITLES, **present} if key in present]


def absent_figures(comparison: Comparison) -> Iterator[tuple[RunDifferences, str, str]]:
    """Yields run, key and reason of the differences and intervals that do not exist."""
    for change in comparison.differences:
        for key, figure in change.figures.items():
            for reason in dict.fromkeys(figure.reasons.values()):
                yield change, key, reason


def precision_notes(comparison: Comparison) -> list[str]:
    """Names the runs whose mean precision leaves classes out."""
    return [
        f"Precision of {run.name}: {precision_note(averaged, known)}."
        for run in comparison.runs
        if (averaged := run.precision_classes) and (known := run.classes) and averaged < known
    ]


def run_tables(comparison: Comparison) -> list[Table]:
    """Tabulates the figures of each run but the first beside those of the first."""
    header = ("Figure", "First", "Run", "Difference", "95 % interval", "")
    figures = {run.name: run.figures for run in comparison.runs}
    return [
        Table(
            f"{change.run} against {change.against}",
            header,
            tuple(
                (
                    figure_title(key),
                    number(comparison.runs[0].figures[key]),
                    number(figures[change.run][key]),
                    f"{figure.difference:+.3f}",
                    signed_interval(figure.ci95),
                    OUTCOMES[figure.better],
                )
                for key, figure in change.figures.items()
                if figure.difference is not None
            ),
        )
        for change in comparison.differences
    ]


def runs_table(comparison: Comparison) -> Table:
    """Tabulates the compared runs, each with the rule of its verdict."""
    rows = tuple(
        (
            run.name,
            ", ".join(run.tasks),
            count(run.parameters),
            run.dataset["name"],
            run.threshold_rule,
            run.sha256,
        )
        for run in comparison.runs
    )
    header = ("Run", "Tasks", "Parameters", "Trained on", "Verdict", "Model, SHA-256")
    return Table("Runs", header, rows)


def verdict_tests(comparison: Comparison) -> list[str]:
    """Says the results of McNemar's test of the verdicts in words."""
    return [
        f"{figure_title(key)}, {change.run}: {counted(test.only_first, 'image')} only "
        f"{change.against} judged wrongly, {count(test.only_other)} only {change.run} "
        f"(McNemar's exact test, p {_p_value(test.p_value)})."
        for change in comparison.differences
        for key, figure in change.figures.items()
        if (test := figure.mcnemar) is not None
    ]


def _p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _heading(comparison: Comparison) -> str:
    return (
        f"{comparison.dataset.name}, split {comparison.split}: "
        f"{counted(comparison.images, 'image')} in {counted(comparison.groups, 'group')}"
    )


def _method(comparison: Comparison) -> str:
    return (
        f"Intervals: 95 % bootstrap by group (BCa, {count(comparison.replicates)} replicates, "
        f"seed {comparison.seed}); each replicate draws the same groups for all runs. A rate is "
        "called better or worse only where McNemar's exact test agrees. The cost counts "
        f"{comparison.cost_escape:g} for an escape and "
        f"{comparison.cost_false_alarm:g} for a false alarm. auxnet "
        f"{comparison.tool_version}, data set {comparison.dataset.fingerprint}."
    )
