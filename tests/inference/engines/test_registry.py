import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines import registry
from auxnet_cli.inference.engines.registry import ENGINES, check_engine, fastest, find_formats


@pytest.fixture
def installed(monkeypatch):
    """The packages that are there, which a test may change."""
    packages = {"openvino", "onnxruntime", "onnx", "tf2onnx", "ai_edge_litert", "tensorflow"}
    monkeypatch.setattr(registry, "find_spec", lambda name: name in packages or None)
    return packages


def test_every_engine_can_be_imported():
    for entry in ENGINES.values():
        try:
            entry.require()
        except InputError:
            continue
        assert entry.load().name == entry.name


def test_formats_by_name_each_once():
    assert find_formats(["onnx", "openvino", "onnx"]) == [ENGINES["onnx"], ENGINES["openvino"]]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["onx"], r"no format 'onx' to export to\. Did you mean 'onnx'\?"),
        (["keras"], r"no format 'keras' .*Known: openvino, onnx, litert, saved_model\."),
        ([], r"names no format: give some of openvino,onnx,litert"),
    ],
)
def test_unknown_formats_and_none(names, says):
    with pytest.raises(InputError, match=says):
        find_formats(names)


@pytest.mark.parametrize(
    ("name", "missing", "converting", "says"),
    [
        ("onnx", "onnxruntime", False, r'ONNX Runtime .* onnxruntime, .*install "auxnet\[onnx\]"'),
        ("onnx", "tf2onnx", True, r'needs the package tf2onnx, .*install "auxnet\[onnx\]"'),
        ("litert", "ai_edge_litert", False, r'LiteRT .*install "auxnet\[litert\]"'),
        ("openvino", "openvino", False, r'OpenVINO .*install "auxnet"\.'),
    ],
)
def test_a_missing_package_is_named_with_its_extra(installed, name, missing, converting, says):
    installed.discard(missing)
    assert ENGINES[name].installed == (missing != ENGINES[name].runtime)
    with pytest.raises(InputError, match=says):
        ENGINES[name].require(converting)
    if converting:
        ENGINES[name].require()  # converters are not needed to run


@pytest.mark.parametrize(
    ("name", "precision", "says"),
    [
        ("tensorflw", "fp32", r"no engine 'tensorflw'.*'tensorflow'.*auto, tensorflow"),
        ("saved_model", "fp32", "no engine 'saved_model'"),
        ("auto", "int4", r"no precision 'int4'.*Precisions: fp32, bf16, int8"),
        ("litert", "int8", "litert does not compute in int8: take `engine` openvino or onnx"),
        ("onnx", "bf16", "onnx does not compute in bf16: take `engine` openvino"),
    ],
)
def test_what_an_engine_cannot_do(name, precision, says):
    with pytest.raises(InputError, match=says):
        check_engine(name, precision)
    check_engine("onnx", "int8")


def test_the_fastest_engine_has_the_precision(installed):
    assert fastest() is ENGINES["openvino"]
    installed.discard("openvino")
    assert fastest() is fastest("int8") is ENGINES["onnx"]
    assert fastest("bf16") is None
