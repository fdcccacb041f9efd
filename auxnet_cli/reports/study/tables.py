"""Fills the tables of a study, which page, Markdown and terminal share."""

from collections.abc import Callable

from auxnet_cli.documents.study import LATENCY_MS, Study, StudyArm
from auxnet_cli.reports.formatting import ABSENT, counted, signed_interval
from auxnet_cli.reports.study.metrics import TITLES, figure, metrics
from auxnet_cli.reports.table import Table

Column = tuple[str, Callable[[StudyArm], str]]
"""A header, and the cell of an arm."""


def arms_table(study: Study) -> Table:
    """Returns the figures of each arm, ours and the paper's."""
    columns: list[Column] = [("Network", lambda arm: arm.name)]
    if len({arm.fraction for arm in study.arms}) > 1:
        columns.append(("images", lambda arm: f"{arm.fraction:.0%}"))
    columns.append(("M par.", _parameters))
    if any(arm.minutes is not None for arm in study.arms):
        columns.append(("min", lambda arm: "" if arm.minutes is None else f"{arm.minutes:.1f}"))
    for metric in metrics(study):
        columns += _metric_columns(metric)
    return Table(
        "Arms",
        tuple(header for header, _ in columns),
        tuple(tuple(cell(arm) for _, cell in columns) for arm in study.arms),
    )


def class_tables(study: Study) -> list[Table]:
    """Returns a table for each metric: a row an arm, a column a class; of several classes alone."""
    arms = [arm for arm in study.arms if arm.fraction == 1 and len(arm.per_class) > 1]
    tables = []
    for metric in metrics(study) if arms else ():
        header = ("Network", *arms[0].per_class)
        rows = tuple(
            (arm.name, *(figure(metric, known.get(metric)) for known in arm.per_class.values()))
            for arm in arms
            if any(metric in known for known in arm.per_class.values())
        )
        if rows:
            tables.append(Table(f"By class: {TITLES[metric]}", header, rows))
    return tables


def claims_table(study: Study) -> Table:
    """Returns the claims of the paper with what was measured of them."""
    rows = tuple(
        (
            claim.text,
            claim.verdict,
            ABSENT if claim.difference is None else f"{claim.difference:+.3f}",
            signed_interval(claim.ci95),
            "" if claim.paper is None else f"{claim.paper:+.3f}",
        )
        for claim in study.claims
    )
    return Table("Claims", ("The paper says", "Here", "Difference", "95 %", "Paper"), rows)


def settings_table(study: Study) -> Table:
    """Returns what each arm was: network, encoder, initial weights, losses."""
    names = [*dict.fromkeys(name for arm in study.arms for name in arm.settings)]
    rows = tuple(
        (arm.name, *(arm.settings.get(name, "") for name in names))
        for arm in study.arms
        if arm.fraction == 1
    )
    return Table("What was trained", ("Network", *names), rows)


def remarks(study: Study) -> list[str]:
    """Returns what to know before reading the figures."""
    if LATENCY_MS in metrics(study):
        origin = "Pixels of noise"
    else:
        folds = f", folds {', '.join(study.folds)} pooled" if study.folds else ""
        origin = (
            f"{counted(study.seeds, 'seed')}; data {study.data.name} "
            f"({study.data.fingerprint[:12]}){folds}"
        )
    lines = [f"Budget {study.budget}: {study.budget_note}. {origin}; {study.cpu}."]
    if study.stand_in:
        lines.append(
            "These are not the paper's images: a verdict is of the direction on a stand-in, and "
            "the paper's figures stand beside ours for orientation alone."
        )
    if study.budget == "quick":
        lines.append("The budget quick only shows that all works: its figures mean nothing.")
    if study.unfinished:
        lines.append(
            f"{counted(study.unfinished, 'training')} still to be done: the same command goes on."
        )
    return lines


def _parameters(arm: StudyArm) -> str:
    return ABSENT if arm.parameters is None else f"{arm.parameters / 1e6:.1f}"


def _metric_columns(metric: str) -> list[Column]:
    """Returns the columns of our figure with its spread, and of the paper's."""

    def mean(arm: StudyArm) -> str:
        known = arm.figures.get(metric)
        if known is None:
            return ""
        return figure(metric, known.mean) + (
            f" ± {known.spread:.3f}" if known.spread is not None else ""
        )

    def calls(arm: StudyArm) -> str:
        known = arm.figures.get(metric)
        if known is None or known.p5_p95 is None:
            return ""
        return "-".join(figure(metric, value) for value in known.p5_p95)

    def paper(arm: StudyArm) -> str:
        known = arm.figures.get(metric)
        return "" if known is None or known.paper is None else figure(metric, known.paper)

    columns: list[Column] = [(TITLES[metric], mean)]
    if metric == LATENCY_MS:
        columns.append(("5-95 %", calls))
    return [*columns, ("paper", paper)]
