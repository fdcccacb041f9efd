from auxnet_cli.scoring.figure import Missing, mean, ratio, section


def test_ratio_of_nothing_is_missing():
    assert ratio(1, 4, "no whole") == 0.25
    assert ratio(0, 0, "no whole") == Missing("no whole")


def test_mean_skips_what_is_missing():
    assert mean([0.5, Missing("x"), 1.0], "none") == 0.75
    assert mean([Missing("x")], "none") == Missing("none")


def test_section_explains_its_nulls():
    assert section(a=1, b=Missing("why")) == {"a": 1, "b": None, "reasons": {"b": "why"}}
    assert section(a=1) == {"a": 1}
