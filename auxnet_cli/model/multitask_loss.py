"""Combines the losses of the heads that a network has (eq. 6)."""

from collections.abc import Mapping

from auxnet_cli.backend import Tensor, ops
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.heads.head import Head
from auxnet_cli.settings import LossSettings
from auxnet_cli.task import TASKS


def head_losses(
    heads: Mapping[str, Head],
    targets: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
    settings: LossSettings,
    weights: ClassWeights | None = None,
) -> dict[str, Tensor]:
    """Returns the loss of each head, unweighted, by the section of its task.

    Args:
        heads: by task.
        targets: of the heads, see :meth:`Head.targets`, with the batch first.
        outputs: the network's raw outputs.
        settings: kinds and parameters.
        weights: of the classes.
    """
    # PyTorch's trainer hands targets on as NumPy arrays.
    targets = {name: ops.convert_to_tensor(values) for name, values in targets.items()}
    return {
        TASKS[task].section: head.loss(targets, outputs, settings, weights)
        for task, head in heads.items()
    }


def total_loss(losses: Mapping[str, Tensor], settings: LossSettings) -> Tensor:
    """Returns L_M = β L_class + β1 L_seg + β2 L_det (eq. 6), over the heads that were built."""
    return sum(getattr(settings, f"{section}_weight") * loss for section, loss in losses.items())
