import re
from xml.etree import ElementTree

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.reports.evaluation.page import (
    CHARTS,
    fit_warnings,
    flatten,
    report_files,
    strongest_votes,
)
from auxnet_cli.reports.folder import write_files
from tests.reports.reading import Page

HOSTILE = ("<script>alert(1)</script>", '$x$ & "q" \'--><b>')
DRAWN = {
    "confusion", "precision-recall", "roc", "dice-parts", "sizes", "reliability",
    "pod-any-length", "pod-any-area", "pod-seg-length", "pod-seg-area", "pod-det-length",
    "pod-det-area",
}  # fmt: skip


def read(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_needs_no_other_file_and_runs_nothing(written):
    text = read(written())
    page = Page(text)
    page.check(640)
    assert 'alt=""' not in text
    assert all(link.startswith("#") for link in re.findall(r"url\(['\"]?([^)]*)", text))
    assert "@import" not in text
    assert len(text) < 5e6
    assert {path.stem for path in (written() / "figures").iterdir()} == DRAWN


def test_every_chart_stands_in_the_page_and_in_a_file(written):
    text = read(written())
    page = Page(text)
    assert page.tags.count("svg") == len(DRAWN) + 6  # and the cards' scales
    for name in DRAWN:
        assert f'id="figure-{name}"' in text
        root = ElementTree.parse(written() / "figures" / f"{name}.svg").getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert text.count('role="img" aria-label="') == len(DRAWN)
    assert page.tags.count("figcaption") == len(DRAWN) + page.tags.count("img") // 2


def test_tables_can_be_read_out(written):
    page = Page(read(written()))
    assert page.tags.count("caption") == page.tags.count("table")
    assert set(page.scopes) == {"row", "col"}
    assert {"main", "header", "nav", "details", "summary"} <= set(page.tags)
    assert 'class="skip" href="#main"' in read(written())


def test_names_are_text_whatever_they_are(written):
    text = read(written(classes=HOSTILE, prefix="<img src=x onerror=alert(1)>"))
    page = Page(text)
    assert "script" not in page.tags
    for name in HOSTILE:
        assert name in page.words
    assert "<img src=x onerror=alert(1)>47.png" in page.words
    assert all(source.startswith("data:image/jpeg") for source in page.sources)


def test_what_matters_most_is_said_first(written):
    words = " ".join(Page(read(written())).words.split())
    parts = (
        "crack is never found. 0 found of 16 images (class scores), 0 of 16 images (masks), "
        "0 of 16 defects (boxes).",
        "Escapes ↓",
        "19 of 32 defective images passed",
        "mAP50",
        "Rule of the verdict: defective when a class scores at least 0.5, or ",
        "Only 32 defective images.",
        "No pretrained encoder weights.",
        "Verdict and headline figures",
    )
    indices = [words.index(part) for part in parts]
    assert indices == sorted(indices)


@pytest.mark.parametrize(
    ("tasks", "charts"),
    [
        (("cls",), {"confusion", "precision-recall", "roc", "reliability"}),
        (("seg",), {"dice-parts", "sizes", "pod-seg-length", "pod-seg-area"}),
        (("det",), {"sizes", "pod-det-length", "pod-det-area"}),
    ],
)
def test_a_model_with_one_head(written, tasks, charts):
    folder = written(tasks=tasks)
    page = Page(read(folder))
    assert {path.stem for path in (folder / "figures").iterdir()} == charts
    assert "the model was trained without" in page.words
    if tasks == ("cls",):
        assert "No probability of detection: " in page.words


def test_the_same_bytes_twice_and_no_chart_of_a_former_run(written, judged, tmp_path):
    def files(folder):
        return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "pod-cls-area.svg").write_text("x")
    write_files(tmp_path, report_files(*judged()), CHARTS)
    assert files(tmp_path) == files(written())
    assert set(CHARTS) > DRAWN


def test_images_that_cannot_be_read_again_are_left_out(judged):
    report, evidence, _, classes, settings = judged(tasks=("cls",))

    def unreadable(name):
        raise InputError(f"{name} is gone.")

    files = report_files(report, evidence, unreadable, classes, settings)
    assert "img" not in Page(files["report.html"]).tags


def test_settings_are_shown_flat():
    nested = {"size": [128, 800], "decision": {"class_score": 0.5, "calibration": None}}
    names = ("size", "decision.class_score", "decision.calibration")
    assert list(flatten(nested)) == list(zip(names, ("128, 800", "0.5", "none"), strict=True))


def test_the_strongest_vote_of_each_head(judged):
    _, evidence, _, classes, _ = judged()
    assert ("class", f"pit {evidence[20].scores[0]:.2f}") in strongest_votes(evidence[20], classes)


def test_warnings_of_several_fits_stand_once():
    reasons = {"a90": "too few were missed", "a90_95": "a90/95 lies far beyond"}
    few = {"warnings": [], "a50": 3.0, "a90": None, "a90_95": None, "reasons": reasons}
    far = {"warnings": ["a90 is extrapolated."], "a50": 1.0, "a90": 900.0, "a90_95": 901.0}
    heads = {"seg": {"length": few, "area": few}, "det": {"area": far}}
    assert fit_warnings({"detectability": {"heads": heads}}, "heads") == [
        "Masks over length, Masks over area: too few were missed",
        "Masks over length, Masks over area: a90/95 lies far beyond",
        "Boxes over area: a90 is extrapolated.",
    ]


def test_warnings_of_classes_stand_below_their_table(written):
    page = read(written())
    table = page.index("Probability of detection per class")
    assert page.index("crack over length, crack over area: 0 of 16") > table
