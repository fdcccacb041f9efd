import re

from auxnet_cli.documents.study import LATENCY_MS
from auxnet_cli.reports.study.charts import CHARTS, study_charts

ACCURACY, DICE = "classification.accuracy", "segmentation.dice"


def texts(chart):
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg)


def test_an_arm_without_a_figure_has_no_row(make, arm):
    boxes = arm("RetinaNet", 0.4, 0.6, metric="detection.map")
    (chart,) = study_charts(make([arm("U-Net", 0.8, 0.856), boxes]), DICE)
    assert chart.name in CHARTS
    assert "U-Net" in texts(chart)
    assert "RetinaNet" not in texts(chart)
    assert chart.description == "U-Net: 0.800, paper 0.856"
    assert "Diamond: the paper" in chart.caption


def test_times_are_in_milliseconds(make, arm):
    (chart,) = study_charts(
        make([arm("U-Net, openvino fp32", 244.04, None, metric=LATENCY_MS)]), LATENCY_MS
    )
    assert chart.description == "U-Net, openvino fp32: 244, paper none"
    assert "Diamond" not in chart.caption


def test_parts_of_the_training_images_make_a_line_for_each_arm(make, arm):
    arms = [
        arm(name, mean, None, fraction, metric=ACCURACY)
        for name, mean in (("Defect-Aux-Net", 0.97), ("classifier alone", None))
        for fraction in (1.0, 0.5)
    ]
    (chart,) = study_charts(make(arms), ACCURACY)
    shown = texts(chart)
    assert {"50", "100", "training images in %"} <= set(shown)
    assert shown.count("Defect-Aux-Net") == shown.count("classifier alone") == 1
    assert "Defect-Aux-Net, 50%: 0.970; classifier alone, 100%: none" in chart.description


def test_classes_have_a_row_each_where_there_are_several(make, arm):
    classes = {"pit": {DICE: 0.8}, "crack": {DICE: None}}
    arms = [arm(name, 0.9, None).model_copy(update={"per_class": classes}) for name in ("a", "b")]
    _, chart = study_charts(make(arms), DICE)
    assert chart.name in CHARTS
    assert {"pit", "crack", "a", "b"} <= set(texts(chart))
    one = [each.model_copy(update={"per_class": {"pit": {DICE: 0.8}}}) for each in arms]
    assert len(study_charts(make(one), DICE)) == 1
