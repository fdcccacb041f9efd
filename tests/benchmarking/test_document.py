import json

import pytest

from auxnet_cli.benchmarking.document import document

CONTRACT = [
    "name", "tasks", "engine", "precision", "parameters", "gflop", "latency_ms", "runs",
    "peak_rss_mb",
]  # fmt: skip


def ratios(found, kind):
    return [
        (f"{one['engine']} {one['precision']}", one["to"], one["value"])
        for one in found["ratios"]
        if one["kind"] == kind
    ]


def test_it_is_as_the_contract_says(measured):
    found = document(measured(threads=(2, 1)))
    assert set(found["cpu"]) == {"model", "cores", "flags"}
    assert found["threads"] == 2
    assert found["input"] == {"height": 128, "width": 800}
    assert found["call_style"] == (
        "tensorflow: tf.function, openvino: one request; reduction within tensorflow fp32, batch 1"
    )
    for network in found["networks"]:
        assert set(CONTRACT) < set(network)
        assert list(network["latency_ms"]) == ["median", "p5", "p95"]
        assert network["runs"] == 7
    assert [(one["name"], one["tasks"]) for one in found["networks"][:4]] == [
        ("Defect-Aux-Net", ["cls", "seg", "det"]),
        ("ResNet-50", ["cls"]),
        ("ResNet-50 FPN", ["seg"]),
        ("ResNet-50 RetinaNet", ["det"]),
    ]
    assert found["reduction"] == {"parameters": 0.6, "latency": 0.4}
    assert found["paper"] == {"parameters": 0.571, "latency": 0.455}
    json.dumps(found, allow_nan=False)


def test_every_network_in_every_way(measured):
    found = document(measured(threads=(1, 2), batches=(1, 8)))
    ways = [(one["threads"], one["batch"], one["engine"]) for one in found["networks"]]
    expected = [
        (threads, batch, engine)
        for threads in (1, 2)
        for batch in (1, 8)
        for engine in ("tensorflow", "openvino")
        for _ in range(4)
    ]
    assert ways == expected


def test_speeds_worked_by_hand(measured):
    ours = document(measured(batches=(2,)))["networks"][0]
    assert ours["latency_ms"]["median"] == 480
    assert ours["images_per_second"] == pytest.approx(2 / 0.48, abs=0.01)
    # 2 x 12 GFLOP in 0.48 s are 50 GFLOP/s, of a peak of 1 GFLOP in 5 ms.
    assert ours["peak_share"] == 0.25
    assert document(measured())["peak"]["gflops"] == [
        {"threads": 1, "precision": "fp32", "gflops": 200.0}
    ]


def test_memory_of_those_that_were_measured(measured):
    networks = document(measured())["networks"]
    assert [one["peak_rss_mb"] for one in networks] == [900.5] * 4 + [None] * 4


def test_ratios_worked_by_hand(measured):
    found = document(measured(("tensorflow fp32", "openvino fp32", "openvino bf16")))
    three = "three single-task networks"
    assert ratios(found, "single-task") == [
        (way, f"{three}, {way}", 0.6)
        for way in ("tensorflow fp32", "openvino fp32", "openvino bf16")
    ]
    assert ratios(found, "tensorflow") == [
        ("tensorflow fp32", f"{three}, tensorflow fp32", 1.6667),
        ("openvino fp32", f"{three}, tensorflow fp32", 2.0833),
        ("openvino bf16", f"{three}, tensorflow fp32", 4.1667),
    ]
    assert ratios(found, "against") == []
    assert {tuple(one["ci95"]) for one in found["ratios"]} == {
        (one["value"], one["value"]) for one in found["ratios"]
    }


def test_without_tensorflow_nothing_is_held_against_it(measured):
    found = document(measured(("openvino bf16", "openvino fp32")))
    assert ratios(found, "tensorflow") == []
    assert "reduction within openvino bf16" in found["call_style"]


def test_few_rounds_have_no_interval(measured):
    assert {one["ci95"] for one in document(measured(rounds=2))["ratios"]} == {None}


def test_others_models_are_held_against_what_runs_most_alike(measured):
    ways = ("tensorflow fp32", "openvino fp32", "openvino bf16")
    found = document(measured(ways, against=("yolo.onnx",)))
    assert ratios(found, "against") == [
        ("tensorflow fp32", "yolo.onnx, openvino fp32", 1.0),
        ("openvino fp32", "yolo.onnx, openvino fp32", 1.25),
        ("openvino bf16", "yolo.onnx, openvino bf16", 1.25),
    ]
    assert [(one["name"], one["precision"]) for one in found["against"]] == [
        ("yolo.onnx", "fp32"),
        ("yolo.onnx", "bf16"),
    ]
    assert found["against"][0]["latency_ms"]["median"] == 240
    assert found["against"][0]["input"] == {"height": 640, "width": 640}


def test_a_preset_beside_is_held_against_its_own_and_the_first_against_both(measured):
    found = document(measured(beside="swift"))
    told = [
        (one["family"], one["engine"], one["to"], one["value"])
        for one in found["ratios"]
        if one["kind"] == "tensorflow" and one["engine"] == "openvino"
    ]
    three = "three single-task networks"
    assert told == [
        ("severstal", "openvino", f"{three}, tensorflow fp32", 2.0833),
        ("severstal", "openvino", f"{three} of swift, tensorflow fp32", 1.0417),
        ("swift", "openvino", f"{three}, tensorflow fp32", 2.0833),
    ]
    assert found["reduction"] == {"parameters": 0.6, "latency": 0.4}
