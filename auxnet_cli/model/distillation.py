"""Distillation: a small network learns from a trained one's answers, beside the labels.

Hinton, Vinyals and Dean, 2015, at temperature 1, for three heads. Each loss is the divergence of
the two answers, 0 where they are the same: cross-entropy less the teacher's own entropy.
"""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import ops
from auxnet_cli.model.losses import cross_entropy, smooth_l1

Tensor = Any


def distillation_losses(
    taught: Mapping[str, Tensor], outputs: Mapping[str, Tensor], exclusive: bool
) -> dict[str, Tensor]:
    """A scalar a head, of the heads that the teacher has.

    Args:
        taught: the teacher's raw outputs, named and shaped as
            ``inference.engines.engine.Engine`` says.
        outputs: the learner's; of detection both outputs have the same anchors.
        exclusive: the label kind.
    """
    losses: dict[str, Tensor] = {}
    if "classification" in taught:
        teacher, own = taught["classification"], outputs["classification"]
        losses["classification"] = (
            ops.mean(_categorical(teacher, own)) if exclusive else ops.mean(_binary(teacher, own))
        )
    if "segmentation" in taught:
        losses["segmentation"] = ops.mean(_binary(taught["segmentation"], outputs["segmentation"]))
    if "detection_scores" in taught:
        losses["detection"] = _detection(taught, outputs)
    return losses


def _binary(teacher: Tensor, own: Tensor) -> Tensor:
    truth = ops.sigmoid(teacher)
    return cross_entropy(truth, own) - cross_entropy(truth, teacher)


def _categorical(teacher: Tensor, own: Tensor) -> Tensor:
    difference = ops.log_softmax(teacher) - ops.log_softmax(own)
    return ops.sum(ops.softmax(teacher) * difference, axis=-1)


def _detection(taught: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> Tensor:
    """Scores of all anchors, and boxes as much as the teacher is sure of something there.

    Divided by the sum of that certainty, which stands for the matched anchors of the usual loss.
    """
    scores = taught["detection_scores"]
    sure = ops.max(ops.sigmoid(scores), axis=-1)
    shift = ops.mean(smooth_l1(taught["detection_boxes"], outputs["detection_boxes"]), axis=-1)
    divergence = ops.sum(_binary(scores, outputs["detection_scores"]))
    return (divergence + ops.sum(sure * shift)) / ops.maximum(ops.sum(sure), 1.0)
