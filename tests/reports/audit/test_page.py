"""The page as a browser's parser sees it, of a data set with findings of many kinds."""

import base64
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from auxnet_cli.jobs.prepare import prepare

VOID = {"meta", "img", "link", "br", "rect", "line"}


class Page(HTMLParser):
    """Checks that tags nest, and collects what a browser would load, link and show."""

    def __init__(self, text):
        super().__init__()
        self.open, self.sources, self.links, self.ids, self.tags = [], [], [], [], []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.sources += [given[name] for name in ("src", "data", "srcset") if name in given]
        self.links += [given["href"]] if "href" in given else []
        self.ids += [given["id"]] if "id" in given else []
        if tag == "img":
            assert "alt" in given
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


@pytest.fixture
def audited(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for number in range(12):
        name = "<script>alert(1)" if number == 3 else str(number)
        image = rng.integers(0, 255, (90, 120), np.uint8)
        folder = "crack" if number < 8 else "good"
        put(Path(f"tiles/{folder}/{name}.bmp"), image)
        mask = np.zeros_like(image)
        mask[40 : 42 + number, 20:90] = 255 * (number < 7)
        put(Path(f"tiles/{folder}/{name}.png"), mask)
        if number == 5:
            put(Path(f"tiles/{folder}/copy.bmp"), (image * 0.7).astype(np.uint8))
            put(Path(f"tiles/{folder}/copy.png"), mask)
    Path("tiles/crack/broken.bmp").write_bytes(b"BM")
    put(Path("tiles/crack/broken.png"), mask)
    prepared = prepare("masks", Path("tiles"))
    return prepared, Path("data/tiles")


def test_three_files_of_one_source(audited):
    prepared, root = audited
    document = json.loads((root / "audit.json").read_text())
    text = (root / "audit.md").read_text()
    page = Page((root / "audit.html").read_text(encoding="utf-8"))
    assert document["counts"] == prepared.audit
    assert set(document["counts"]) >= {"label-conflict", "unreadable-image", "near-duplicate"}
    assert document["near_duplicates"] == [["crack/5.bmp", "crack/copy.bmp"]]
    for finding in document["findings"]:
        assert finding["kind"] in text
        for part in ("kind", "file", "detail", "action"):
            assert finding[part] in page.words
    coverage = document["coverage"]
    assert coverage == prepared.coverage.model_dump(mode="json")
    for words in (text, page.words):
        assert f"match {coverage['matched']} of {coverage['defects']} defects" in " ".join(
            words.split()
        )
    assert document["statistics"]["splits"] == prepared.model_dump()["counts"]


def test_the_page_needs_no_other_file_and_runs_nothing(audited):
    _, root = audited
    page = Page((root / "audit.html").read_text(encoding="utf-8"))
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert page.sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert {link.removeprefix("#") for link in page.links} == set(page.ids)
    for source in page.sources:
        coded = base64.b64decode(source.split(",")[1])
        assert max(cv2.imdecode(np.frombuffer(coded, np.uint8), 1).shape) <= 320


def test_histograms_are_drawn_in_proportion_and_read_out(audited):
    _, root = audited
    bins = json.loads((root / "audit.json").read_text())["statistics"]["brightness"]["histogram"]
    text = (root / "audit.html").read_text(encoding="utf-8")
    start = text.index('<svg viewBox="0 0 360 170" role="img" aria-label="Images by mean grey: ')
    svg = ElementTree.fromstring(text[start : text.index("</svg>", start) + 6])
    most = max(each["number"] for each in bins)
    heights = [float(rect.get("height")) for rect in svg.iter("rect")]
    assert heights == pytest.approx([112 * each["number"] / most for each in bins], abs=0.06)
    for each in bins:
        assert f"{each['from']} to {each['to']}: {each['number']}" in svg.get("aria-label")
    assert [line.text for line in svg.iter("text")][-1] == "mean grey, 0-255"


def test_the_same_bytes_twice(audited):
    _, root = audited
    before = [path.read_bytes() for path in sorted(root.glob("audit.*"))]
    prepare("masks", Path("tiles"))
    assert [path.read_bytes() for path in sorted(root.glob("audit.*"))] == before
