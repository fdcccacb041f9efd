from auxnet_cli.scoring.metrics.undetected_classes import finding_heads, undetected_classes


def section(figure, support, **classes):
    return {"per_class": {name: {figure: own[0], support: own[1]} for name, own in classes.items()}}


def test_only_classes_that_are_there_and_never_found():
    dent = (None, 0)
    cls = section("recall", "support", pit=(0.0, 4), crack=(0.5, 2), dent=dent)
    seg = section("detected_rate", "images", pit=(0.1, 4), crack=(0.0, 2), dent=dent)
    det = section("found_rate", "support", pit=(0.0, 9), crack=(0.1, 2), dent=dent)
    report = {"classification": cls, "segmentation": seg, "detection": det}
    assert undetected_classes(report) == [
        {"class": "pit", "heads": {"cls": 4, "det": 9}},
        {"class": "crack", "heads": {"seg": 2}},
    ]
    assert finding_heads(report, "pit") == ["seg"]
    assert finding_heads(report, "dent") == []


def test_sections_that_the_model_lacks():
    report = dict.fromkeys(("classification", "segmentation", "detection"))
    assert undetected_classes(report) == finding_heads(report, "pit") == []
