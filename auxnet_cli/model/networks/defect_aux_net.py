"""Defect-Aux-Net: one encoder, one pyramid, and the heads of the tasks that are asked for."""

from collections.abc import Sequence
from typing import Any

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.detection.anchors import anchors_per_place
from auxnet_cli.model.encoders import encoder
from auxnet_cli.model.heads import classification_head, detection_head, segmentation_head
from auxnet_cli.model.pyramid import detection_levels, pyramid
from auxnet_cli.model.scaling import UNIT, Scaling
from auxnet_cli.settings import ModelSettings


def defect_aux_net(
    classes: int,
    label_kind: str,
    tasks: Sequence[str],
    size: tuple[int, int],
    settings: ModelSettings,
    seed: int = 0,
    scaling: Scaling = UNIT,
) -> keras.Model:
    """Build the network; only the branches of ``tasks`` exist.

    Args:
        classes: number of defect classes.
        label_kind: ``exclusive`` (at most one class an image: softmax over "good" and the classes)
            or ``multi-label`` (sigmoid a class).
        tasks: of cls, seg, det.
        size: (height, width) of the input, pixels.
        settings: encoder, attention, widths, anchors.
        seed: of the initial weights; sets Keras's global seed.
        scaling: of the pixels, as the weights to start from expect it.

    Returns:
        A functional model from (batch, height, width, 3) uint8 RGB pixels to a dictionary of raw
        outputs, named and shaped as ``inference.engines.engine.Engine`` says.
    """
    keras.utils.set_random_seed(seed)
    pixels = layers.Input((*size, 3), dtype="uint8", name="pixels")
    levels = encoder(scaling.layer()(pixels), settings)
    outputs: dict[str, Any] = {}
    if "cls" in tasks:
        count = classes + 1 if label_kind == "exclusive" else classes
        outputs["classification"] = classification_head(levels[5], count)
    finest, coarsest = settings.anchors.levels
    needed = [2] * ("seg" in tasks) + [min(finest, 5)] * ("det" in tasks)
    if needed:
        merged = pyramid(levels, min(needed), settings.pyramid_width)
    if "seg" in tasks:
        outputs["segmentation"] = segmentation_head(
            merged, classes, settings.segmentation_width, size, settings.separable
        )
    if "det" in tasks:
        outputs["detection_scores"], outputs["detection_boxes"] = detection_head(
            detection_levels(merged, finest, coarsest, settings.pyramid_width, settings.separable),
            classes,
            anchors_per_place(settings.anchors),
            settings.detection_width,
            settings.detection_depth,
            settings.separable,
        )
    return keras.Model(pixels, outputs, name="-".join(["defect_aux_net", *tasks]))
