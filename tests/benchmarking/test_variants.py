import json

import pytest

from auxnet_cli.benchmarking import variants as module
from auxnet_cli.benchmarking.variants import choose_variants, default_engines
from auxnet_cli.errors import InputError

PACKAGES = ("auxnet_cli.inference.engines.registry", "auxnet_cli.exporting.quantisation")


@pytest.fixture
def all_installed(monkeypatch):
    for place in PACKAGES:
        monkeypatch.setattr(f"{place}.find_spec", lambda name: name)


@pytest.mark.parametrize(
    ("environment", "file", "engines"),
    [
        (None, None, ("tensorflow", "openvino")),
        ("jax", None, ("keras",)),
        (None, {"backend": "torch"}, ("keras",)),
        ("tensorflow", {"backend": "torch"}, ("tensorflow", "openvino")),
        (None, {"epsilon": 1e-7}, ("tensorflow", "openvino")),
        (None, [], ("tensorflow", "openvino")),
    ],
)
def test_engines_that_the_back_end_allows(tmp_path, monkeypatch, environment, file, engines):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", environment or "")
    if file is not None:
        (tmp_path / "keras.json").write_text(json.dumps(file))
    assert default_engines() == engines


def test_every_engine_in_each_precision_that_it_has_once(all_installed, monkeypatch):
    monkeypatch.setattr(module, "computes_in_bf16", lambda: True)
    variants, left_out = choose_variants(
        ["openvino", "onnx", "openvino", "tensorflow"], ["int8", "fp32", "bf16", "fp32"]
    )
    assert [variant.label for variant in variants] == [
        "openvino int8", "openvino fp32", "openvino bf16", "onnx int8", "onnx fp32",
        "tensorflow fp32",
    ]  # fmt: skip
    assert left_out == [
        "The engine onnx does not compute in bf16.",
        "The engine tensorflow does not compute in int8.",
        "The engine tensorflow does not compute in bf16.",
    ]


def test_a_cpu_without_bf16(all_installed, monkeypatch):
    monkeypatch.setattr(module, "computes_in_bf16", lambda: False)
    variants, left_out = choose_variants(["openvino"], ["fp32", "bf16"])
    assert [variant.label for variant in variants] == ["openvino fp32"]
    assert left_out == ["This CPU does not compute in bf16."]
    with pytest.raises(InputError, match=r"nothing to time. This CPU does not compute in bf16"):
        choose_variants(["openvino"], ["bf16"])


@pytest.mark.parametrize(
    ("engines", "precisions", "says"),
    [
        ([], ["fp32"], "`engines` names none"),
        (["openvino"], [], "`precisions` names none"),
        (["auto"], ["fp32"], "`engines` auto: name those to time, of tensorflow, keras, openvino"),
        (["tensorflo"], ["fp32"], "Did you mean 'tensorflow'"),
        (["openvino"], ["int4"], "no precision 'int4'"),
        (["litert"], ["int8"], "nothing to time. The engine litert does not compute in int8"),
    ],
)
def test_wrong_variants(all_installed, engines, precisions, says):
    with pytest.raises(InputError, match=says):
        choose_variants(engines, precisions)


@pytest.mark.parametrize(
    ("missing", "arguments", "says"),
    [
        (PACKAGES[0], (["litert"], ["fp32"]), r'pip install "auxnet\[litert\]"'),
        (PACKAGES[1], (["openvino"], ["int8"]), r'Quantising .* pip install "auxnet\[int8\]"'),
    ],
)
def test_packages_that_are_missing(all_installed, monkeypatch, missing, arguments, says):
    monkeypatch.setattr(f"{missing}.find_spec", lambda name: None)
    with pytest.raises(InputError, match=says):
        choose_variants(*arguments)
