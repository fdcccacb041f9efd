"""Fills the tables of a study, which page, Markdown and terminal share."""

from auxnet_cli.documents.study import Study, StudyFigure
from auxnet_cli.reports.formatting import ABSENT, counted, number, signed_interval
from auxnet_cli.reports.table import Table

TITLES = {
    "classification.accuracy": "accuracy",
    "classification.f1": "F1",
    "segmentation.dice": "Dice",
    "segmentation.iou": "IoU",
    "detection.map": "mAP",
    "detection.map50": "mAP50",
    "latency.ms": "ms",
}


def metrics(study: Study) -> list[str]:
    """Returns the metrics of any arm, in their order."""
    return [*dict.fromkeys(metric for arm in study.arms for metric in arm.figures)]


def arms_table(study: Study) -> Table:
    """Returns the figures of each arm, ours and the paper's."""
    shown = metrics(study)
    several = len({arm.fraction for arm in study.arms}) > 1
    header = ["Network", *(["images"] if several else []), "M par.", "min"]
    for metric in shown:
        header += [TITLES.get(metric, metric), "paper"]
    rows = []
    for arm in study.arms:
        row = [arm.name, *([f"{arm.fraction:.0%}"] if several else [])]
        row.append(ABSENT if arm.parameters is None else f"{arm.parameters / 1e6:.1f}")
        row.append("" if arm.minutes is None else f"{arm.minutes:.1f}")
        for metric in shown:
            figure = arm.figures.get(metric)
            row += ["", ""] if figure is None else [_figure(figure), _paper(figure)]
        rows.append(tuple(row))
    return Table("Arms", tuple(header), tuple(rows))


def class_tables(study: Study) -> list[Table]:
    """Returns a table for each metric: a row an arm, a column a class; of several classes alone."""
    arms = [arm for arm in study.arms if arm.fraction == 1 and len(arm.per_class) > 1]
    tables = []
    for metric in metrics(study) if arms else ():
        header = ("Network", *arms[0].per_class)
        rows = tuple(
            (arm.name, *(number(known.get(metric)) for known in arm.per_class.values()))
            for arm in arms
            if any(metric in known for known in arm.per_class.values())
        )
        if rows:
            tables.append(Table(f"By class: {TITLES.get(metric, metric)}", header, rows))
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
    folds = f", folds {', '.join(study.folds)} pooled" if study.folds else ""
    lines = [
        f"Budget {study.budget}: {study.budget_note}. {counted(study.seeds, 'seed')}; data "
        f"{study.data.name} ({study.data.fingerprint[:12]}){folds}; {study.cpu}."
    ]
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


def _figure(figure: StudyFigure) -> str:
    if figure.mean is None:
        return ABSENT
    return number(figure.mean) + ("" if figure.spread is None else f" ± {figure.spread:.3f}")


def _paper(figure: StudyFigure) -> str:
    return "" if figure.paper is None else number(figure.paper)
