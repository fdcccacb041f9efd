import numpy as np
import pytest

from auxnet_cli.backend import ops
from auxnet_cli.model.detection.roi_align import roi_align


def read(levels, boxes, bins=7):
    tensors = {level: ops.convert_to_tensor(values) for level, values in levels.items()}
    return ops.convert_to_numpy(roi_align(tensors, ops.convert_to_tensor(boxes), bins))


def onnx_roi_align(features, boxes, stride, bins):
    """ONNX's operation, whose half_pixel mode is torchvision's ``aligned=True``."""
    onnx = pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    helper, real = onnx.helper, onnx.TensorProto.FLOAT
    node = helper.make_node(
        "RoiAlign", ["x", "rois", "batch"], ["y"],
        coordinate_transformation_mode="half_pixel", mode="avg", sampling_ratio=2,
        spatial_scale=1 / stride, output_height=bins, output_width=bins,
    )  # fmt: skip
    inputs = [
        helper.make_tensor_value_info("x", real, [None] * 4),
        helper.make_tensor_value_info("rois", real, [None, 4]),
        helper.make_tensor_value_info("batch", onnx.TensorProto.INT64, [None]),
    ]
    graph = helper.make_graph(
        [node], "roi", inputs, [helper.make_tensor_value_info("y", real, [None] * 4)]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    session = runtime.InferenceSession(model.SerializeToString())
    batch, count = boxes.shape[:2]
    given = {
        "x": features.transpose(0, 3, 1, 2),
        "rois": boxes.reshape(-1, 4),
        "batch": np.repeat(np.arange(batch), count),
    }
    (found,) = session.run(None, given)
    return found.transpose(0, 2, 3, 1).reshape(batch, count, bins, bins, -1)


@pytest.mark.parametrize(("stride", "bins"), [(16, 7), (8, 3), (4, 1)])
def test_it_is_onnx_runtimes(stride, bins):
    """Also where boxes leave the image, are empty, or smaller than a place."""
    rng = np.random.default_rng(stride)
    level = {4: 2, 8: 3, 16: 4}[stride]
    features = rng.normal(size=(2, 9, 13, 5)).astype(np.float32)
    low = rng.uniform(-30, 13 * stride, (2, 40, 2))
    boxes = np.concatenate([low, low + rng.uniform(0, 9 * stride, (2, 40, 2))], axis=-1)
    boxes = boxes.astype(np.float32)
    boxes[0, 0] = [8, 8, 8, 8]
    boxes[0, 1] = [0, 0, 13 * stride, 9 * stride]
    expected = onnx_roi_align(features, boxes, stride, bins)
    np.testing.assert_allclose(read({level: features}, boxes, bins), expected, atol=1e-5)


def test_on_a_linear_ramp_a_bin_reads_its_centre():
    rows, columns = np.mgrid[0:16, 0:24].astype(np.float32)
    # Place k is centred at (k + 1/2) · 16 pixels.
    ramp = 3 * (columns + 0.5) * 16 - 2 * (rows + 0.5) * 16
    box = np.array([[[40, 50, 180, 130]]], np.float32)
    found = read({4: ramp[None, :, :, None]}, box, bins=4)[0, 0, :, :, 0]
    x = 40 + (np.arange(4) + 0.5) * 140 / 4
    y = 50 + (np.arange(4) + 0.5) * 80 / 4
    np.testing.assert_allclose(found, 3 * x[None] - 2 * y[:, None], rtol=1e-5)


@pytest.mark.parametrize(
    ("side", "level"),
    [(10, 2), (100, 2), (112, 3), (223, 3), (224, 4), (447, 4), (448, 5), (2000, 5)],
)
def test_a_box_is_read_from_the_level_of_its_size(side, level):
    """The rule of the feature pyramid network's paper, its equation 1."""
    # Maps that are all one value, of an image that holds the largest box.
    sides = {number: 4096 // 2**number for number in range(2, 6)}
    levels = {
        number: np.full((1, size, size, 1), number, np.float32) for number, size in sides.items()
    }
    boxes = np.array([[[0, 0, side, side], [0, 0, side * 2, side / 2]]], np.float32)
    np.testing.assert_allclose(read(levels, boxes, bins=1).ravel(), level, atol=1e-4)
