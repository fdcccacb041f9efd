from xml.etree import ElementTree

from auxnet_cli.documents.benchmark import Latency
from auxnet_cli.reports.benchmark.tables import families
from auxnet_cli.reports.charts.latencies import Bars, latencies_chart, lines_of


def words(chart):
    root = ElementTree.fromstring(chart.svg)
    return [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_each_way_has_a_line_and_each_other_model(benchmarked):
    document = benchmarked(against=("yolo.onnx",))
    lines = lines_of(document, families(document))
    assert [(line.title, line.ours) for line in lines] == [
        ("tensorflow fp32", True),
        ("openvino fp32", True),
        ("yolo.onnx: openvino fp32", False),
    ]
    assert lines[0].singles == (50.0, 150.0, 200.0)
    chart = latencies_chart(lines, "1 thread, batch 1")
    assert {"tensorflow fp32", "400", "240", "320", "192", "yolo.onnx", "ms a call"} < set(
        words(chart)
    )
    assert chart.description.startswith(
        "tensorflow fp32: 240.0 ms, the single-task networks 400.0 ms; openvino fp32: 192.0 ms"
    )
    assert chart.description.endswith("yolo.onnx: openvino fp32: 240.0 ms")


def test_other_models_of_other_conditions_stay_out(benchmarked):
    document = benchmarked(against=("yolo.onnx",), threads=(1, 2))
    second = [group for group in families(document) if group[0].threads == 2]
    assert len(lines_of(document, second)) == 3


def test_the_caption_explains_the_colours_that_are_there():
    line = Bars("a", (), Latency(median=5.0, p5=4.0, p95=6.0))
    assert "other models" not in latencies_chart([line], "1 thread").caption
    other = Bars("b", (), Latency(median=5.0, p5=4.0, p95=6.0), ours=False)
    assert "Red: other models" in latencies_chart([line, other], "1 thread").caption
