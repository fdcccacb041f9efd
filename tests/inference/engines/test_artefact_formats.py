import pytest
from auxnet_cli.inference.engines.artefact_formats import FORMATS, find_formats

from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines import artefact_formats as formats


def test_formats_by_name_each_once():
    assert find_formats(["onnx", "openvino", "onnx"]) == [FORMATS["onnx"], FORMATS["openvino"]]


def test_an_unknown_format_and_none():
    with pytest.raises(InputError, match=r"no format 'onx' to export to\. Did you mean 'onnx'\?"):
        find_formats(["onx"])
    with pytest.raises(InputError, match=r"names no format: give some of openvino,onnx,litert"):
        find_formats([])


@pytest.mark.parametrize(
    ("name", "missing", "converting", "says"),
    [
        ("onnx", "onnxruntime", False, r'ONNX Runtime .* onnxruntime, .*install "auxnet\[onnx\]"'),
        ("onnx", "tf2onnx", True, r'needs the package tf2onnx, .*install "auxnet\[onnx\]"'),
        ("litert", "ai_edge_litert", False, r'LiteRT .*install "auxnet\[litert\]"'),
        ("openvino", "openvino", False, r'OpenVINO .*install "auxnet"\.'),
    ],
)
def test_a_missing_package_is_named_with_its_extra(monkeypatch, name, missing, converting, says):
    monkeypatch.setattr(formats, "find_spec", lambda package: package != missing or None)
    assert FORMATS[name].installed == (missing != FORMATS[name].runtime)
    with pytest.raises(InputError, match=says):
        FORMATS[name].require(converting)


def test_converters_are_not_needed_to_run(monkeypatch):
    monkeypatch.setattr(formats, "find_spec", lambda package: package != "tf2onnx" or None)
    FORMATS["onnx"].require()
    with pytest.raises(InputError, match="tf2onnx"):
        FORMATS["onnx"].require(converting=True)
