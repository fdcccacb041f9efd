import json

import pytest

from auxnet_cli.benchmarking.document import document

THREE = "three single-task networks"


def ratios(result, kind):
    return [(ratio.label, ratio.to, ratio.value) for ratio in result.ratios if ratio.kind == kind]


def test_keys_are_those_of_the_contract_in_their_order(measured):
    result = document(measured(threads=(2, 1), against=("a.onnx",))).document()
    times = [
        "engine", "precision", "threads", "batch", "gflop", "latency_ms", "images_per_second",
        "peak_share", "runs", "peak_rss_mb",
    ]  # fmt: skip
    assert list(result) == [
        "schema", "tool_version", "cpu", "threads", "input", "call_style", "networks", "reduction",
        "paper", "ratios", "against", "peak", "throughput", "first_result_s", "left_out",
    ]  # fmt: skip
    assert list(result["networks"][0]) == ["name", "tasks", "parameters", "family", *times]
    assert list(result["networks"][0]["latency_ms"]) == ["median", "p5", "p95"]
    assert list(result["against"][0]) == ["name", "parameters", "input", "own_size", *times]
    assert list(result["ratios"][0]) == [
        "kind", "family", "engine", "precision", "threads", "batch", "to", "value", "ci95",
    ]  # fmt: skip
    assert list(result["peak"]["gflops"][0]) == ["threads", "precision", "gflops"]
    assert list(result["throughput"][0]) == ["engine", "precision", "images_per_second", "way"]
    assert (result["threads"], result["first_result_s"]) == (2, 1.25)
    assert result["input"] == {"height": 128, "width": 800}
    assert result["call_style"] == (
        "tensorflow: tf.function, openvino: one request; reduction within tensorflow fp32, batch 1"
    )
    assert [(network["name"], network["tasks"]) for network in result["networks"][:4]] == [
        ("Defect-Aux-Net", ["cls", "seg", "det"]),
        ("ResNet-50", ["cls"]),
        ("ResNet-50 FPN", ["seg"]),
        ("ResNet-50 RetinaNet", ["det"]),
    ]
    assert result["reduction"] == {"parameters": 0.6, "latency": 0.4}
    assert result["paper"] == {"parameters": 0.571, "latency": 0.455}
    json.dumps(result, allow_nan=False)


def test_every_network_in_every_condition(measured):
    networks = document(measured(threads=(1, 2), batches=(1, 8))).networks
    assert [(network.threads, network.batch, network.engine) for network in networks] == [
        (threads, batch, engine)
        for threads in (1, 2)
        for batch in (1, 8)
        for engine in ("tensorflow", "openvino")
        for _ in range(4)
    ]


def test_speeds_worked_by_hand(measured):
    result = document(measured(batches=(2,)))
    ours = result.networks[0]
    assert (ours.latency_ms.median, ours.runs) == (480, 7)
    assert ours.images_per_second == pytest.approx(2 / 0.48, abs=0.01)
    # 2 x 12 GFLOP in 0.48 s are 50 GFLOP/s, of a peak of 200.
    assert ours.peak_share == 0.25
    assert [network.peak_rss_mb for network in result.networks] == [900.5] * 4 + [None] * 4


def test_ratios_worked_by_hand(measured):
    ways = ("tensorflow fp32", "openvino fp32", "openvino bf16")
    result = document(measured(ways))
    assert ratios(result, "single-task") == [(way, f"{THREE}, {way}", 0.6) for way in ways]
    assert ratios(result, "tensorflow") == [
        ("tensorflow fp32", f"{THREE}, tensorflow fp32", 1.6667),
        ("openvino fp32", f"{THREE}, tensorflow fp32", 2.0833),
        ("openvino bf16", f"{THREE}, tensorflow fp32", 4.1667),
    ]
    assert ratios(result, "against") == []
    assert all(ratio.ci95 == [ratio.value] * 2 for ratio in result.ratios)


def test_without_tensorflow_nothing_is_compared_with_it(measured):
    result = document(measured(("openvino bf16", "openvino fp32")))
    assert ratios(result, "tensorflow") == []
    assert "reduction within openvino bf16" in result.call_style


def test_few_rounds_have_no_interval(measured):
    assert {ratio.ci95 for ratio in document(measured(rounds=2)).ratios} == {None}


def test_external_models_are_compared_in_the_most_similar_variant(measured):
    ways = ("tensorflow fp32", "openvino fp32", "openvino bf16")
    result = document(measured(ways, against=("yolo.onnx",)))
    assert ratios(result, "against") == [
        ("tensorflow fp32", "yolo.onnx, openvino fp32", 1.0),
        ("openvino fp32", "yolo.onnx, openvino fp32", 1.25),
        ("openvino bf16", "yolo.onnx, openvino bf16", 1.25),
    ]
    assert [(model.name, model.precision) for model in result.against] == [
        ("yolo.onnx", "fp32"),
        ("yolo.onnx", "bf16"),
    ]
    first = result.against[0]
    assert (first.latency_ms.median, first.input.height, first.input.width) == (240, 640, 640)


def test_a_second_preset_is_compared_with_its_own_and_the_first_with_both(measured):
    result = document(measured(beside="swift"))
    compared = [
        (ratio.family, ratio.to, ratio.value)
        for ratio in result.ratios
        if (ratio.kind, ratio.engine) == ("tensorflow", "openvino")
    ]
    assert compared == [
        ("severstal", f"{THREE}, tensorflow fp32", 2.0833),
        ("severstal", f"{THREE} of swift, tensorflow fp32", 1.0417),
        ("swift", f"{THREE}, tensorflow fp32", 2.0833),
    ]
    assert (result.reduction.parameters, result.reduction.latency) == (0.6, 0.4)
