import numpy as np
import pytest

from auxnet_cli.benchmarking.external_model import external_variants, read_external
from auxnet_cli.documents.benchmark import Variant
from auxnet_cli.errors import InputError

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

OPENVINO = Variant(engine="openvino", precision="fp32")
KINDS = {"uint8": TensorProto.UINT8, "float32": TensorProto.FLOAT, "int64": TensorProto.INT64}


@pytest.fixture
def model(tmp_path):
    """Writes a model of one 3 x 3 convolution to 8 channels, with steps of 2."""

    def write(shape=(1, 3, 64, 96), kind="float32", last=False, inputs=1, fixed=False):
        nodes, name = [], "input"
        if kind != "float32":
            nodes.append(helper.make_node("Cast", [name], ["float"], to=TensorProto.FLOAT))
            name = "float"
        if last:
            nodes.append(helper.make_node("Transpose", [name], ["first"], perm=[0, 3, 1, 2]))
            name = "first"
        weights = numpy_helper.from_array(np.ones((8, 3, 3, 3), np.float32), "weights")
        if fixed:
            shape = (1, 3, "h", "w")
            sizes = numpy_helper.from_array(np.array([1, 3, 64, 96]), "weights")
            nodes, weights = [helper.make_node("Reshape", [name, "weights"], ["out"])], sizes
        elif len(shape) != 4:
            nodes.append(helper.make_node("Relu", [name], ["out"]))
        else:
            nodes.append(
                helper.make_node("Conv", [name, "weights"], ["out"], strides=[2, 2], pads=[1] * 4)
            )
        given = [
            helper.make_tensor_value_info("input" * (number + 1), KINDS[kind], shape)
            for number in range(inputs)
        ]
        graph = helper.make_graph(
            nodes,
            "net",
            given,
            [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
            [weights],
        )
        path = tmp_path / "Prüfling.onnx"
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        path.write_bytes(made.SerializeToString())
        return path

    return write


@pytest.mark.parametrize(
    ("shape", "last", "expected", "any_batch", "own_size"),
    [
        ((1, 3, 64, 96), False, (1, 3, 64, 96), False, True),
        ((2, 64, 96, 3), True, (2, 64, 96, 3), False, True),
        (("n", 3, "h", "w"), False, (1, 3, 128, 800), True, False),
        ((None, None, None, 3), True, (1, 128, 800, 3), True, False),
        ((1, 3, 64, "w"), False, (1, 3, 64, 800), False, True),
    ],
)
def test_what_is_open_is_filled_in(model, shape, last, expected, any_batch, own_size):
    external = read_external(model(shape, last=last), (128, 800))
    assert (external.shape, external.channels_first) == (expected, not last)
    assert (external.any_batch, external.own_size) == (any_batch, own_size)
    assert external.size == (expected[1:3] if last else expected[2:])
    assert (external.name, external.dtype) == ("Prüfling.onnx", "float32")


def test_its_cost_worked_by_hand(model):
    external = read_external(model(), (128, 800))
    assert external.parameters == 8 * 3 * 3 * 3
    # 32 x 48 positions, 27 multiply-accumulates for each of 8 channels.
    assert external.gflop == round(2 * 32 * 48 * 27 * 8 / 1e9, 3) > 0
    assert read_external(model((4, 3, 64, 96)), (128, 800)).gflop == external.gflop


@pytest.mark.parametrize("engine", ["openvino", "onnx"])
@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_it_runs(model, engine, kind):
    if engine == "onnx":
        pytest.importorskip("onnxruntime")
    variant = Variant(engine=engine, precision="fp32")
    call = read_external(model(("n", 3, "h", "w"), kind), (32, 64)).call(variant, 1, 2)
    (values,) = list(dict(call()).values()) if engine == "openvino" else call()
    assert values.shape == (2, 8, 16, 32)
    # The kernel's ones sum up noise: bytes, or floats below 1.
    assert (values.max() > 100) == (kind == "uint8")


def test_a_smaller_batch_of_its_own_runs_several_times(model):
    single = read_external(model(), (128, 800))
    assert len(single.call(OPENVINO, 1, 3)()) == 3
    pair = read_external(model((2, 3, 64, 96)), (128, 800))
    assert len(pair.call(OPENVINO, 1, 3)()) == 2


@pytest.mark.parametrize(
    ("ours", "runs_in"),
    [
        (["tensorflow fp32", "onnx fp32", "openvino int8", "openvino bf16"],
         ["onnx fp32", "openvino bf16"]),
        (["keras fp32"], ["openvino fp32"]),
    ],
)  # fmt: skip
def test_variants_that_need_no_quantising(ours, runs_in):
    pairs = map(str.split, ours)
    variants = [Variant(engine=engine, precision=precision) for engine, precision in pairs]
    assert [variant.label for variant in external_variants(variants)] == runs_in


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"inputs": 2}, "takes 2 inputs: only models of one image"),
        ({"kind": "int64"}, r"takes \[1,3,64,96\] of i64"),
        ({"shape": (1, 3, 64)}, r"takes \[1,3,64\] of f32"),
        ({"shape": (1, 4, 64, 96)}, r"cannot be read .* \(Data batch channel count \(4\)"),
        ({"fixed": True}, r"does not take an input of 128x800 \(.*\): give another `size`"),
    ],
)
def test_models_that_cannot_be_timed(model, given, says):
    with pytest.raises(InputError, match=rf"`against` .*Prüfling.onnx {says}"):
        read_external(model(**given), (128, 800))


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x07" * 40])
def test_a_broken_file(tmp_path, content):
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.onnx cannot be read as an ONNX model") as caught:
        read_external(path, (128, 800))
    assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_external(tmp_path / "absent.onnx", (128, 800))
