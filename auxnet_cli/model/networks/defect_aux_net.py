"""Builds Defect-Aux-Net: an encoder, a pyramid, and the heads of the tasks that are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.detection import DETECTORS, open_detector
from auxnet_cli.model.encoders.encoder import find_encoder
from auxnet_cli.model.heads import CLASS_LAYERS, classification_head, segmentation_head
from auxnet_cli.model.networks.network import Network
from auxnet_cli.model.pyramid import pyramid
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
    """Builds the network; only the branches of ``tasks`` exist.

    Args:
        classes: number of defect classes.
        label_kind: ``exclusive`` (at most one class an image: softmax over "good" and the classes)
            or ``multi-label`` (sigmoid a class).
        tasks: of cls, seg, det.
        size: (height, width) of the input, pixels.
        settings: encoder, attention, widths, detection.
        seed: of the initial weights; sets Keras's global seed.
        scaling: of the pixels, as the weights to start from expect it.

    Returns:
        A functional model from (batch, height, width, 3) uint8 RGB pixels to a dictionary of raw
        outputs, named and shaped as ``inference.engines.engine.Engine`` says.
    """
    keras.utils.set_random_seed(seed)
    pixels = layers.Input((*size, 3), dtype="uint8", name="pixels")
    levels = find_encoder(settings.encoder).build(scaling.layer()(pixels), settings)
    outputs: dict[str, Any] = {}
    if "cls" in tasks:
        count = classes + 1 if label_kind == "exclusive" else classes
        outputs["classification"] = classification_head(levels[5], count)
    detector = open_detector(settings.anchors, size) if "det" in tasks else None
    finest = [2] * ("seg" in tasks) + ([detector.finest_level] if detector else [])
    if finest:
        merged = pyramid(levels, min(finest), settings.pyramid_width)
    if "seg" in tasks:
        outputs["segmentation"] = segmentation_head(
            merged, classes, settings.segmentation_width, size
        )
    if detector:
        outputs |= detector.head(merged, classes, settings)
    return keras.Model(pixels, outputs, name="-".join(["defect_aux_net", *tasks]))


def class_layers(settings: ModelSettings) -> Mapping[str, str]:
    """Returns the layers whose outputs each belong to a class, with their heads."""
    detection = DETECTORS[type(settings.anchors)].class_layers
    return {**CLASS_LAYERS, **dict.fromkeys(detection, "detection")}


DEFECT_AUX_NET = Network(
    defect_aux_net,
    class_layers,
    parts=("pyramid", "classification", "segmentation", "detection"),
)
