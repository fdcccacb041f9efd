"""The page as a parser sees it; what a browser makes of it is in test_page_browser.py."""

import base64
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.reports.evaluation.page import DRAWINGS, fit_warnings, flat, report_files, votes
from auxnet_cli.reports.folder import write_files

VOID = {"meta", "img", "link", "br"}
HOSTILE = ("<script>alert(1)</script>", '$x$ & "q" \'--><b>')
FIGURES = {
    "confusion", "precision-recall", "roc", "dice-parts", "sizes", "reliability",
    "pod-any-length", "pod-any-area", "pod-seg-length", "pod-seg-area", "pod-det-length",
    "pod-det-area",
}  # fmt: skip


class Page(HTMLParser):
    """Checks that tags nest, and collects what a browser would load, link and show."""

    def __init__(self, text):
        super().__init__()
        self.open, self.sources, self.links, self.ids, self.tags = [], [], [], [], []
        self.scopes, self.words = [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self._start(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._start(tag, attrs)

    def _start(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        assert not [name for name in given if name.startswith("on")]
        self.sources += [given[name] for name in ("src", "srcset", "data") if name in given]
        self.links += [given[name] for name in ("href", "xlink:href") if name in given]
        self.ids += [given["id"]] if "id" in given else []
        if tag == "img":
            assert given["alt"]
        if tag == "th":
            self.scopes.append(given.get("scope"))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def read(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_needs_no_other_file_and_runs_nothing(written):
    text = read(written())
    page = Page(text)
    assert not {"script", "iframe", "object", "embed", "form"} & set(page.tags)
    assert page.sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert all(link.startswith("#") or link == "data:," for link in page.links)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert all(place.startswith("#") for place in re.findall(r"url\(['\"]?([^)]*)", text))
    assert "@import" not in text
    assert len(text) < 5e6
    for source in page.sources:
        coded = base64.b64decode(source.split(",")[1])
        assert max(cv2.imdecode(np.frombuffer(coded, np.uint8), 1).shape) <= 640
    assert {path.stem for path in (written() / "figures").iterdir()} == FIGURES


def test_every_figure_stands_in_the_page_and_in_a_file(written):
    text = read(written())
    page = Page(text)
    assert page.tags.count("svg") == len(FIGURES) + 6  # and the cards' scales
    for name in FIGURES:
        assert f'id="figure-{name}"' in text
        root = ElementTree.parse(written() / "figures" / f"{name}.svg").getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert text.count('role="img" aria-label="') == len(FIGURES)
    assert page.tags.count("figcaption") == len(FIGURES) + page.tags.count("img") // 2


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


def test_what_is_said_first(written):
    """A class that is never found, the figures with intervals, the rule, the cautions."""
    words = " ".join(Page(read(written())).words.split())
    places = [
        words.index(part)
        for part in (
            "crack is never found. 0 found of 16 images (class scores), 0 of 16 images (masks), "
            "0 of 16 defects (boxes).",
            "Escapes ↓",
            "19 of 32 defective images passed",
            "Accuracy",
            "mAP50",
            "Rule of the verdict: defective when a class scores at least 0.5, or ",
            "Only 32 defective images.",
            "No pretrained encoder weights.",
            "Verdict and headline figures",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("tasks", "figures"),
    [
        (("cls",), {"confusion", "precision-recall", "roc", "reliability"}),
        (("seg",), {"dice-parts", "sizes", "pod-seg-length", "pod-seg-area"}),
        (("det",), {"sizes", "pod-det-length", "pod-det-area"}),
    ],
)
def test_a_model_with_one_head(written, tasks, figures):
    folder = written(tasks=tasks)
    page = Page(read(folder))
    assert {path.stem for path in (folder / "figures").iterdir()} == figures
    assert "the model was trained without" in page.words
    if tasks == ("cls",):
        assert "No probability of detection: " in page.words


def test_the_same_bytes_twice_and_no_figure_of_a_former_run(written, judged, tmp_path):
    def files(folder):
        return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "pod-cls-area.svg").write_text("x")
    write_files(tmp_path, report_files(*judged()), DRAWINGS)
    assert files(tmp_path) == files(written())
    assert set(DRAWINGS) > FIGURES


def test_images_that_cannot_be_read_again_are_left_out(judged):
    report, evidence, _, classes, settings = judged()

    def unreadable(name):
        raise InputError(f"{name} is gone.")

    files = report_files(report, evidence, unreadable, classes, settings)
    assert "img" not in Page(files["report.html"]).tags


def test_settings_are_shown_flat():
    nested = {"size": [128, 800], "decision": {"class_score": 0.5, "calibration": None}}
    assert list(flat(nested)) == [
        ("size", "128, 800"),
        ("decision.class_score", "0.5"),
        ("decision.calibration", "none"),
    ]


def test_the_strongest_vote_of_each_head(judged):
    _, evidence, _, classes, _ = judged()
    told = dict(votes(evidence[20], classes))
    assert told["class"] == f"pit {evidence[20].scores[0]:.2f}"
    assert dict(votes(evidence[40], classes))["boxes"].startswith("pit 0.")


def test_what_holds_for_several_fits_stands_once():
    few = {"warnings": [], "a90": None, "reasons": {"a90": "too few were missed"}}
    few |= {"a50": 3.0, "a90_95": None}
    few["reasons"]["a90_95"] = "a90/95 lies far beyond"
    far = {"warnings": ["a90 is extrapolated."], "a50": 1.0, "a90": 900.0, "a90_95": 901.0}
    report = {
        "detectability": {"heads": {"seg": {"length": few, "area": few}, "det": {"area": far}}}
    }
    assert fit_warnings(report) == [
        "Masks over length, Masks over area: too few were missed",
        "Masks over length, Masks over area: a90/95 lies far beyond",
        "Boxes over area: a90 is extrapolated.",
    ]


def test_classes_have_warnings_of_their_own(judged):
    report, *_ = judged()
    told = fit_warnings(report, "per_class")
    both = "crack over length, crack over area: 0 of 16"
    assert any(line.startswith(both) for line in told)
    page = report_files(*judged())["report.html"]
    table = page.index("Probability of detection per class")
    assert page.index(both) > table
