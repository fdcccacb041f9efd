"""Combines the losses of the heads that a network has (eq. 6)."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import ops
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.detection.detector import Detector
from auxnet_cli.model.losses import classification_loss
from auxnet_cli.model.segmentation_loss import segmentation_loss
from auxnet_cli.settings import LossSettings

Tensor = Any


def head_losses(
    targets: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
    settings: LossSettings,
    exclusive: bool,
    weights: ClassWeights | None = None,
    detector: Detector | None = None,
) -> dict[str, Tensor]:
    """Returns the loss of each head, unweighted.

    Args:
        targets: ``classification``, ``segmentation``, ``segmentation_known`` and the detector's,
            shaped as the losses say; of the heads that were built.
        outputs: the network's raw outputs.
        settings: kinds and parameters.
        exclusive: the label kind.
        weights: of the classes, for classification and segmentation.
        detector: of the detection head, where there is one.
    """
    # PyTorch's trainer hands targets on as NumPy arrays.
    targets = {name: ops.convert_to_tensor(values) for name, values in targets.items()}
    losses = {}
    if "classification" in outputs:
        truth, logits = targets["classification"], outputs["classification"]
        each = weights and weights.classification
        losses["classification"] = classification_loss(truth, logits, exclusive, each)
    if "segmentation" in outputs:
        logits = outputs["segmentation"]
        truth = ops.cast(targets["segmentation"], logits.dtype)
        known = ops.cast(targets["segmentation_known"], truth.dtype)
        each = weights and weights.segmentation
        losses["segmentation"] = segmentation_loss(truth, logits, known, settings, each)
    if detector is not None:
        losses["detection"] = detector.loss(targets, outputs, settings)
    return losses


def total_loss(losses: Mapping[str, Tensor], settings: LossSettings) -> Tensor:
    """Returns L_M = β L_class + β1 L_seg + β2 L_det (eq. 6), over the heads that were built."""
    return sum(getattr(settings, f"{head}_weight") * loss for head, loss in losses.items())
