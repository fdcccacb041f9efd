import re
from io import StringIO

from rich.console import Console

from auxnet_cli.documents.study import LATENCY_MS, StudyArm, StudyFigure
from auxnet_cli.reports.study.charts import CHARTS
from auxnet_cli.reports.study.page import study_files, study_tables

DICE = "segmentation.dice"


def test_page_markdown_and_charts_show_figures_and_verdicts(make, arm):
    files = study_files(make([arm("Defect-Aux-Net", 0.812, 0.926), arm("U-Net", 0.8, 0.856)]))
    assert set(files) == {"study.html", "study.md", "figures/segmentation-dice.svg"}
    assert {"segmentation-dice"} <= set(CHARTS)
    row = r"\| U-Net \| 26\.1 \| 12\.3 \| 0\.800 \| 0\.856 \|"
    assert re.search(row, files["study.md"])
    for page in (files["study.html"], files["study.md"]):
        assert "too close to call" in page
        assert "direction on a stand-in" in page
        assert "-0.003 to +0.004" in page
    assert "&lt;resnet50&gt;" in files["study.html"]
    assert "U-Net: 0.800, paper 0.856" in files["study.html"]


def test_seeds_and_fractions_are_told(make, arm):
    arms = [arm("ours", 0.9, 0.97, spread=0.012), arm("ours", 0.8, None, 0.5)]
    text = study_files(make(arms, seeds=3, folds=["1", "2"], unfinished=4))["study.md"]
    assert "| ours | 100% | 26.1 | 12.3 | 0.900 ± 0.012 | 0.970 |" in text
    assert "| ours | 50% | 26.1 | 12.3 | 0.800 |  |" in text
    assert "3 seeds" in text
    assert "folds 1, 2 pooled" in text
    assert "4 trainings still to be done" in text


def test_classes_have_tables_where_there_are_several(make, arm):
    both = arm("ours", 0.9, 0.97)
    both = both.model_copy(update={"per_class": {"pit": {DICE: 0.8}, "crack": {DICE: None}}})
    text = study_files(make([both]))["study.md"]
    assert "## By class: Dice" in text
    assert "| ours | 0.800 | none |" in text
    one = both.model_copy(update={"per_class": {"pit": {DICE: 0.8}}})
    assert "By class" not in study_files(make([one]))["study.md"]


def test_nobody_takes_a_quick_run_for_a_full_one(make, arm):
    for budget, said in (("quick", True), ("plant", False)):
        text = study_files(make([arm("ours", 0.9, 0.97)], budget=budget))["study.md"]
        assert ("its figures mean nothing" in text) == said


def test_times_have_their_percentiles_and_no_minutes(make):
    timed = StudyFigure(mean=244.04, spread=None, p5_p95=(98.76, 284.1), paper=192.7)
    networks = [
        StudyArm(
            name="U-Net", tasks=["seg"], parameters=32_600_000, seeds=1, minutes=None, fraction=1,
            settings={}, figures={LATENCY_MS: timed},
        )
    ]  # fmt: skip
    text = study_files(make(networks))["study.md"]
    assert "| Network | M par. | ms | 5-95 % | paper |" in text
    assert "| U-Net | 32.6 | 244 | 98.8-284 | 193 |" in text
    assert "Pixels of noise" in text
    assert "seed" not in text


def test_the_terminal_is_80_columns_wide(make, arm):
    console = Console(width=80, file=StringIO())
    console.print(study_tables(make([arm("Defect-Aux-Net", 0.812, 0.926)])))
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "too close" in text
