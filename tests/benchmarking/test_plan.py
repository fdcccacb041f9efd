import json
from pathlib import Path

import pytest

from auxnet_cli.benchmarking import plan as module
from auxnet_cli.benchmarking.plan import (
    Variant,
    default_engines,
    own_network,
    plan_variants,
    single_tasks,
    untrained,
)
from auxnet_cli.errors import InputError


@pytest.fixture
def all_installed(monkeypatch):
    monkeypatch.setattr("auxnet_cli.inference.engines.registry.find_spec", lambda name: name)
    monkeypatch.setattr("auxnet_cli.exporting.quantisation.find_spec", lambda name: name)


def test_singles_have_no_attention_and_all_else_alike():
    ours, size = untrained("severstal")
    assert size == (128, 800)
    assert ours.multi_task
    assert ours.settings.attention == "se+spatial"
    singles = single_tasks(ours)
    assert [(plan.name, plan.tasks) for plan in singles] == [
        ("ResNet-50", ("cls",)),
        ("ResNet-50 FPN", ("seg",)),
        ("ResNet-50 RetinaNet", ("det",)),
    ]
    for plan in singles:
        assert plan.settings == ours.settings.model_copy(update={"attention": "none"})
        assert (plan.classes, plan.label_kind) == (4, "multi-label")
        assert (plan.family, plan.multi_task) == ("severstal", False)


def test_an_encoder_of_another_width_is_named_so():
    ours, _ = untrained("swift")
    assert ours.settings.encoder_width == 0.5
    assert single_tasks(ours)[1].name == "ResNet-18 x 0.5 FPN"


def test_without_a_run_it_is_severstal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan, size, run = own_network(None, None)
    assert (plan.family, size, run) == ("severstal", (128, 800), None)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((None, "seversta"), "Did you mean 'severstal'"),
        ((Path("absent"), None), "no run absent"),
        ((Path("a"), "swift"), "exclude each other"),
    ],
)
def test_no_such_network(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=says):
        own_network(*arguments)


@pytest.mark.parametrize(
    ("environment", "file", "engines"),
    [
        ({}, None, ("tensorflow", "openvino")),
        ({"KERAS_BACKEND": "jax"}, None, ("keras",)),
        ({}, {"backend": "torch"}, ("keras",)),
        ({"KERAS_BACKEND": "tensorflow"}, {"backend": "torch"}, ("tensorflow", "openvino")),
        ({}, {"epsilon": 1e-7}, ("tensorflow", "openvino")),
        ({}, [], ("tensorflow", "openvino")),
    ],
)
def test_engines_that_the_back_end_allows(tmp_path, monkeypatch, environment, file, engines):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if file is not None:
        (tmp_path / "keras.json").write_text(json.dumps(file))
    assert default_engines() == engines


def test_every_engine_in_each_precision_that_it_has(all_installed, monkeypatch):
    monkeypatch.setattr(module, "computes_in_bf16", lambda: True)
    found, left_out = plan_variants(["openvino", "onnx", "tensorflow"], ["int8", "fp32", "bf16"])
    assert [str(one) for one in found] == [
        "openvino int8", "openvino fp32", "openvino bf16", "onnx int8", "onnx fp32",
        "tensorflow fp32",
    ]  # fmt: skip
    assert left_out == [
        "The engine onnx does not compute in bf16.",
        "The engine tensorflow does not compute in int8.",
        "The engine tensorflow does not compute in bf16.",
    ]


def test_named_twice_is_timed_once(all_installed):
    found, _ = plan_variants(["openvino", "openvino"], ["fp32", "fp32"])
    assert found == (Variant(engine="openvino", precision="fp32"),)


def test_a_cpu_without_bf16(all_installed, monkeypatch):
    monkeypatch.setattr(module, "computes_in_bf16", lambda: False)
    found, left_out = plan_variants(["openvino"], ["fp32", "bf16"])
    assert [str(one) for one in found] == ["openvino fp32"]
    assert left_out == ["This CPU does not compute in bf16."]
    with pytest.raises(InputError, match=r"nothing to time. This CPU does not compute in bf16"):
        plan_variants(["openvino"], ["bf16"])


@pytest.mark.parametrize(
    ("engines", "precisions", "says"),
    [
        ([], ["fp32"], "--engines names none"),
        (["openvino"], [], "--precisions names none"),
        (["auto"], ["fp32"], "--engines auto: name those to time, of tensorflow, keras, openvino"),
        (["tensorflo"], ["fp32"], "Did you mean 'tensorflow'"),
        (["openvino"], ["int4"], "no precision 'int4'"),
        (["litert"], ["int8"], "nothing to time. The engine litert does not compute in int8"),
    ],
)
def test_wrong_variants(all_installed, engines, precisions, says):
    with pytest.raises(InputError, match=says):
        plan_variants(engines, precisions)


def test_packages_that_are_missing(monkeypatch):
    monkeypatch.setattr("auxnet_cli.inference.engines.registry.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "auxnet\[litert\]"'):
        plan_variants(["litert"], ["fp32"])
    monkeypatch.setattr("auxnet_cli.inference.engines.registry.find_spec", lambda name: name)
    monkeypatch.setattr("auxnet_cli.exporting.quantisation.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'Quantising needs .* pip install "auxnet\[int8\]"'):
        plan_variants(["openvino"], ["fp32", "int8"])
