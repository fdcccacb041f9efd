from copy import deepcopy

import pytest

from auxnet_cli.reports.evaluation.cautions import cautions


def leads(report):
    return [one.lead for one in cautions(report)]


def test_a_class_that_no_head_finds_comes_before_all(judged):
    report, *_ = judged()
    first = cautions(report)[0]
    assert first.lead == "crack is never found"
    assert first.grave
    assert not any(one.grave for one in cautions(report)[1:])


def test_a_class_that_one_head_never_finds(report):
    report["never_found"] = [{"class": "pit", "heads": {"seg": 16}}]
    first = cautions(report)[0]
    assert str(first) == (
        "Never found by the masks. pit (0 of 16 images). Other heads find it at times."
    )
    assert first.grave


def test_other_heads_are_named_only_where_they_find_the_class(report):
    report["never_found"] = [
        {"class": "pit", "heads": {"seg": 1}}, {"class": "crack", "heads": {"seg": 3}},
    ]  # fmt: skip
    lost, partly, *_ = cautions(report)  # cls finds pits, and has no truth for cracks
    assert str(lost) == (
        "crack is never found. 0 found of 3 images (masks). Means over all classes hide this."
    )
    assert (
        str(partly) == "Never found by the masks. pit (0 of 1 image). Other heads find it at times."
    )
    report["classification"]["per_class"]["crack"]["recall"] = 0.5
    assert "crack (0 of 3 images). Other heads find them at times." in str(cautions(report)[0])


@pytest.mark.parametrize(
    ("defective", "good", "expected"),
    [(16, 24, ["defective", "good"]), (60, 24, ["good"]), (60, 60, []), (0, 60, [])],
)
def test_few_images(report, defective, good, expected):
    report["defective"], report["good"] = defective, good
    found = [lead.split()[2] for lead in leads(report) if lead.startswith("Only")]
    assert found == expected


def test_one_image_is_no_images(report):
    report["defective"] = 1
    assert "Only 1 defective image" in leads(report)


def test_the_open_end_is_clopper_and_pearsons(report):
    report["defective"] = 56
    assert "up to 6.4 % of the defective parts might escape" in str(cautions(report)[0])


def test_a_precision_that_leaves_classes_out(report):
    found = [one.text for one in cautions(report) if one.lead == "Precision leaves classes out"]
    assert found == ["It is the mean over 1 of 2 classes; 1 was never predicted: crack."]
    report["classification"]["precision_classes"] = 2
    assert "Precision leaves classes out" not in leads(report)


def test_rare_classes_are_named_but_not_absent_ones(report):
    report["classification"]["per_class"]["pit"]["support"] = 9
    (text,) = [one.text for one in cautions(report) if one.lead.startswith("Few")]
    assert text.startswith("pit 9:")


@pytest.mark.parametrize(("split", "warned"), [("test", False), ("val", True), ("train", True)])
def test_images_that_the_model_knows(report, split, warned):
    report["split"] = split
    assert (f"Not the test split but {split}" in leads(report)) is warned


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        ("ImageNet", None),
        ("file none.h5", None),
        (
            "none: learned from scratch, because there is no network",
            "The encoder was learned from scratch, because there is no network. Expect lower "
            "figures than from ImageNet weights.",
        ),
    ],
)
def test_weights_from_scratch(report, origin, text):
    report["model"]["initial_weights"] = origin
    found = [one.text for one in cautions(report) if "pretrained" in one.lead]
    assert found == ([] if text is None else [text])


def test_headline_figures_without_a_value(report):
    report = deepcopy(report)
    report["classification"]["f1"] = None
    report["classification"]["reasons"] = {"f1": "no class has this figure"}
    assert "The reason: no class has this figure." in [one.text for one in cautions(report)]


def test_unreadable_images(report):
    assert not any("could not be read" in lead for lead in leads(report))
    report["unreadable"] = ["a.png"]
    assert leads(report)[-1] == "1 image could not be read"
