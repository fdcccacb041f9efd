import pytest

from auxnet_cli.settings.registry import NETWORKS
from auxnet_cli.studies.latency import latency_document, rivals


def test_table_six(benchmarked):
    study = latency_document(benchmarked(), "paper")
    names = [arm.name for arm in study.arms]
    assert names[:2] == ["Defect-Aux-Net, tensorflow fp32", "ResNet-50, tensorflow fp32"]
    ours = study.arms[0].figures["latency.ms"]
    assert (ours.mean, ours.paper) == (pytest.approx(240), 192.7)
    low, high = ours.p5_p95
    assert low <= ours.mean <= high
    assert ours.ci95 is None  # percentiles of calls are no interval over parts
    assert study.arms[1].figures["latency.ms"].paper == 65.4
    openvino = next(arm for arm in study.arms if arm.name == "ResNet-50, openvino fp32")
    assert openvino.figures["latency.ms"].paper is None  # the paper ran TensorFlow
    time, *_, parameters = study.claims
    assert time.text == "one network saves time against three, tensorflow fp32"
    assert time.difference == pytest.approx(1 - 240 / 400)
    assert (time.verdict, time.paper) == ("reproduced", 0.455)
    assert parameters.difference == pytest.approx(1 - 36.6 / 91.5, abs=1e-4)
    assert (parameters.ci95[0], parameters.verdict) == (parameters.difference, "reproduced")


def test_each_rival_is_timed_once():
    # A quick run's single-task networks stand on another encoder than the paper's.
    ten = set(NETWORKS) - {"defect-aux-net"}
    assert sorted(rivals("quick")) == sorted(ten)
    assert {*rivals("paper"), "resnet50", "fpn", "retinanet"} == ten
    assert len(rivals("paper")) == 7


def test_of_few_rounds_nothing_can_be_told_of_the_time(benchmarked):
    study = latency_document(benchmarked(rounds=3), "paper")
    assert study.claims[0].verdict == "these data cannot tell"


def test_a_quick_run_stands_beside_no_figure_of_the_paper_and_judges_nothing(benchmarked):
    study = latency_document(benchmarked(), "quick")
    assert {claim.verdict for claim in study.claims} == {"these data cannot tell"}
    assert all(arm.figures["latency.ms"].paper is None for arm in study.arms)
