from auxnet_cli.reports.reasons import reasons


def test_reasons_say_where(report):
    lines = reasons(report)
    assert "detection: the model was trained without det" in lines
    assert "segmentation, crack, dice: no image shows crack" in lines
    assert "classification, crack, recall, f1, average_precision: no image shows crack" in lines
    assert len(lines) == 4


def test_objects_by_name_are_named_but_not_their_key():
    fit = {"a90": None, "a50": None, "reasons": {"a90": "few", "a50": "few"}}
    report = {"detectability": {"heads": {"seg": {"length": fit}}}}
    assert reasons(report) == ["detectability, seg, length, a90, a50: few"]
