"""Builds Cascade R-CNN's heads: each reads the boxes that the one before has refined."""

from collections.abc import Mapping

from auxnet_cli.backend import Tensor, layers, ops
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.anchor_head import detection_levels
from auxnet_cli.model.detection.box_tensors import decode_boxes
from auxnet_cli.model.detection.boxes import Floats
from auxnet_cli.model.detection.cascade import STAGES
from auxnet_cli.model.detection.output_layers import small_weights
from auxnet_cli.model.detection.proposals import proposal_layers, propose
from auxnet_cli.model.detection.roi_align import roi_align
from auxnet_cli.settings import ModelSettings

BINS = 7
"""Places a side that a box is read at."""

SPREADS = {"background": 0.01, "scores": 0.01, "boxes": 0.001}
"""Standard deviations of the first weights of what a stage answers (Fast R-CNN, section 2.3)."""


def cascade_layers(
    merged: Mapping[int, Tensor],
    anchors: Floats,
    classes: int,
    size: tuple[int, int],
    settings: ModelSettings,
) -> dict[str, Tensor]:
    """Builds the proposals on P2 to P6 and the stages on P2 to P5.

    A stage has two dense layers of 1024 channels where ``detection_width`` is 256.

    Args:
        merged: P2 to P5.
        anchors: (anchors, 4) of the proposals, pixels of the input.
        classes: scores of each box beside the background's.
        size: (height, width) of the input, pixels.
        settings: widths and anchors.

    Returns:
        The raw outputs that :class:`auxnet_cli.model.detection.cascade.Cascade` names.
    """
    levels = detection_levels(merged, 2, 5, settings.pyramid_width)
    coarse = layers.MaxPooling2D(1, 2, padding="same", name="detection_down6")(levels[5])
    objects, shifts = proposal_layers(
        {**levels, 6: coarse}, settings.pyramid_width, settings.anchors
    )
    boxes = propose(objects, shifts, anchors, size)
    outputs = {"detection_objects": objects, "detection_shifts": shifts}
    for stage in range(1, STAGES + 1):
        x = layers.Reshape((boxes.shape[1], -1), name=f"detection_read{stage}")(
            roi_align(levels, boxes, BINS)
        )
        for number in (1, 2):
            name = f"detection_dense{stage}_{number}"
            x = layers.Dense(4 * settings.detection_width, activation="relu", name=name)(x)
        parts = [
            layers.Dense(
                values,
                kernel_initializer=small_weights(SPREADS[name]),
                dtype=OUTPUT,
                name=f"detection_{name}{stage}",
            )(x)
            for name, values in (("background", 1), ("scores", classes), ("boxes", 4))
        ]
        join = layers.Concatenate(dtype=OUTPUT, name=f"detection_softmax{stage}")
        outputs[f"detection_regions{stage}"] = boxes
        outputs[f"detection_scores{stage}"] = join(parts[:2])
        outputs[f"detection_boxes{stage}"] = parts[2]
        boxes = ops.stop_gradient(decode_boxes(parts[2], boxes, 1 / stage, size))
    return outputs
