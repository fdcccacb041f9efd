import pytest

from auxnet_cli.reports.evaluation.explanations import reasons


def test_reasons_say_where(report):
    lines = reasons(report)
    assert "detection: the model was trained without det" in lines
    assert "segmentation, crack, dice: no image shows crack" in lines
    assert "classification, crack, recall, f1, average_precision: no image shows crack" in lines
    assert len(lines) == 4


@pytest.mark.parametrize("name", ["reasons", "per_class", "heads"])
def test_a_class_may_be_called_like_a_key(name):
    figures = {
        "f1": None,
        "ci95": {"f1": None, "reasons": {"f1": "few"}},
        "reasons": {"f1": "none"},
    }
    report = {"classification": {"per_class": {name: figures, "pit": {}}}}
    assert reasons(report) == [
        f"classification, {name}, f1: none",
        f"classification, {name}, ci95, f1: few",
    ]


def test_objects_by_name_are_named_but_not_their_key():
    fit = {"a90": None, "a50": None, "reasons": {"a90": "few", "a50": "few"}}
    report = {"detectability": {"heads": {"seg": {"length": fit}}}}
    assert reasons(report) == ["detectability, seg, length, a90, a50: few"]
