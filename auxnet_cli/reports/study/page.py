"""Writes a study as one HTML page, as Markdown and for the terminal."""

from rich.console import Group, RenderableType
from rich.text import Text

from auxnet_cli.documents.study import Study
from auxnet_cli.reports.folder import chart_files
from auxnet_cli.reports.study.charts import study_charts
from auxnet_cli.reports.study.metrics import metrics
from auxnet_cli.reports.study.tables import (
    arms_table,
    claims_table,
    class_tables,
    remarks,
    settings_table,
)
from auxnet_cli.reports.table import escape_markdown
from auxnet_cli.reports.templates import render

RULES = (
    "reproduced: the 95 % interval of the difference lies above 0",
    "not reproduced: it lies below 0",
    "too close to call: it holds 0, and lies within the margin that was declared before",
    "these data cannot tell: it holds 0, and is wider than that; or the budget is quick",
)


def study_files(study: Study) -> dict[str, str]:
    """Returns ``study.html``, ``study.md`` and the charts, by path in the folder."""
    charts = [chart for metric in metrics(study) for chart in study_charts(study, metric)]
    page = render(
        "study.html.j2",
        study=study,
        remarks=remarks(study),
        claims=claims_table(study),
        arms=arms_table(study),
        classes=class_tables(study),
        settings=settings_table(study),
        charts=charts,
        rules=RULES,
    )
    return {**chart_files(charts), "study.html": page, "study.md": study_markdown(study)}


def study_markdown(study: Study) -> str:
    """Returns ``study.md``."""
    blocks = [f"# {escape_markdown(study.title)}"]
    blocks += [f"> {escape_markdown(line)}" for line in remarks(study)]
    tables = [claims_table(study), arms_table(study), *class_tables(study), settings_table(study)]
    for table in tables:
        blocks += [f"## {table.title}", table.to_markdown()]
    blocks.append("\n".join(f"- {line}" for line in RULES))
    return "\n\n".join(blocks) + "\n"


def study_tables(study: Study) -> RenderableType:
    """Returns what ``auxnet study`` shows."""
    parts: list[RenderableType] = [Text(study.title, style="bold")]
    parts += [Text(line, style="yellow") for line in remarks(study)]
    return Group(*parts, arms_table(study).to_rich(), claims_table(study).to_rich())
