import json

from auxnet_cli.data.audit import Audit
from auxnet_cli.reports.audit.files import write_findings


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
