import pytest

from auxnet_cli.reports.evaluation.cautions import cautions


def leads(report):
    return [caution.lead for caution in cautions(report)]


def text_of(report, lead):
    return next((caution.text for caution in cautions(report) if lead in caution.lead), None)


def test_a_class_that_no_head_finds_comes_before_all(judged):
    first, *others = cautions(judged()[0])
    assert first.lead == "crack is never found"
    assert first.grave
    assert not any(caution.grave for caution in others)


def test_other_heads_are_named_only_where_they_find_the_class(report):
    report["never_found"] = [
        {"class": "pit", "heads": {"seg": 1}},
        {"class": "crack", "heads": {"seg": 3}},
    ]
    wholly, partly, *_ = cautions(report)  # cls finds pits, and has no truth for cracks
    assert partly.grave
    assert [str(wholly), str(partly)] == [
        "crack is never found. 0 found of 3 images (masks). Means over all classes hide this.",
        "Never found by the masks. pit (0 of 1 image). Other heads find it at times.",
    ]
    report["classification"]["per_class"]["crack"]["recall"] = 0.5
    assert "crack (0 of 3 images). Other heads find them at times." in str(cautions(report)[0])


@pytest.mark.parametrize(
    ("defective", "good", "expected"),
    [
        (16, 24, ["16 defective images", "24 good images"]),
        (60, 24, ["24 good images"]),
        (60, 60, []),
        (0, 60, []),
        (1, 60, ["1 defective image"]),
    ],
)
def test_few_images(report, defective, good, expected):
    report["defective"], report["good"] = defective, good
    assert [lead[5:] for lead in leads(report) if lead.startswith("Only")] == expected


def test_the_uncertainty_is_clopper_and_pearsons(report):
    report["defective"] = 56
    assert "up to 6.4 % of the defective parts might escape" in str(cautions(report)[0])


def test_a_precision_that_leaves_classes_out(report):
    lead = "Precision leaves classes out"
    expected = "It is the mean over 1 of 2 classes; 1 was never predicted: crack."
    assert text_of(report, lead) == expected
    report["classification"]["precision_classes"] = 2
    assert text_of(report, lead) is None


def test_rare_classes_are_named_but_not_absent_ones(report):
    report["classification"]["per_class"]["pit"]["support"] = 9
    assert text_of(report, "Few images").startswith("pit 9: read")


def test_provenance(report):
    report["split"] = "val"
    report["dataset"]["groups_lost"] = True
    report["model"]["dataset"] = {**report["dataset"], "fingerprint": "ab" * 32}
    assert leads(report)[:3] == [
        "Trained on another preparation of the data",
        "Not the test split but val",
        "The data set has no groups",
    ]


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
    assert text_of(report, "pretrained") == text


def test_headline_figures_without_a_value(report):
    report["classification"] |= {"f1": None, "reasons": {"f1": "no class has this figure"}}
    assert text_of(report, "No value for F1") == "The reason: no class has this figure."


def test_unreadable_images(report):
    assert text_of(report, "could not be read") is None
    report["unreadable"] = ["a.png"]
    assert leads(report)[-1] == "1 image could not be read"
    report["unreadable"] *= 2
    assert str(cautions(report)[-1]).startswith("2 images could not be read. They were passed")
