import json
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.reports.audit.files import write_findings
from tests.reports.reading import Page


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


@pytest.fixture
def audited(tmp_path, monkeypatch):
    """A data set with findings of many kinds."""
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
    page.check(320)
    assert {link.removeprefix("#") for link in page.links} == set(page.ids)


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


def test_findings_as_json_and_markdown_with_counts(tmp_path):
    audit = Audit()
    audit.add("odd", "a|b.png", "first\nsecond", "kept")
    for number in range(120):
        audit.add("soft-mask", f"{number}.png", "soft", "cut")
    write_findings(tmp_path, audit)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.json", "audit.md"]
    document = json.loads((tmp_path / "audit.json").read_text())
    assert document["counts"] == {"soft-mask": 120, "odd": 1}
    assert document["findings"][0] == {
        "kind": "odd",
        "file": "a|b.png",
        "detail": "first\nsecond",
        "action": "kept",
    }
    assert len(document["findings"]) == 121
    text = (tmp_path / "audit.md").read_text()
    assert "| a\\|b.png | first second | kept |" in text
    assert "| soft-mask | 120 |" in text
    assert "99.png" in text
    assert "| 100.png" not in text
    assert "and 20 more" in text


def test_nothing_odd(tmp_path):
    write_findings(tmp_path, Audit())
    assert "Nothing odd" in (tmp_path / "audit.md").read_text()
