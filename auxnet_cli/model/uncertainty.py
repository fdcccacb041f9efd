"""Uncertainty weighting: the weights of the heads are learned beside the network.

Kendall, Gal and Cipolla 2018, "Multi-Task Learning Using Uncertainty to Weigh Losses", eq. 10. With
s = log σ² a head's part 1/σ² · L + log σ is exp(−s) · L + s / 2. (Their factor 1/2 before the loss
of a regression is left out: only our boxes are one, and their s learns it.) It is least at
exp(−s) = 1 / (2 L): a head weighs the more, the smaller its loss has become.
"""

import math
from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import ops
from auxnet_cli.settings import LossSettings

Tensor = Any


def first_log_variance(head: str, settings: LossSettings) -> float:
    """The s at which a head has the weight that the settings give it, exp(−s) = β."""
    return -math.log(getattr(settings, f"{head}_weight"))


def uncertainty_loss(
    losses: Mapping[str, Tensor],
    log_variances: Mapping[str, Tensor],
    labelled: Mapping[str, Tensor],
) -> Tensor:
    """Σ exp(−s) · L + s / 2 over the heads.

    Args:
        losses: scalars, of the heads that were built.
        log_variances: s of the same heads.
        labelled: from :func:`labelled_heads`. Without labels a loss of 0 would be taken for
            certainty, and the head's weight would grow without end.
    """
    return sum(
        labelled[head] * (ops.exp(-log_variances[head]) * loss + log_variances[head] / 2)
        for head, loss in losses.items()
    )


def labelled_heads(
    targets: Mapping[str, Tensor], losses: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Per head 1 where the batch has a label for it, else 0.

    Image labels and boxes follow from any annotation; masks alone can be missing.

    Args:
        targets: as :func:`auxnet_cli.model.losses.head_losses` takes them.
        losses: of the heads that were built.
    """
    labelled = {head: ops.ones_like(loss) for head, loss in losses.items()}
    if "segmentation" in losses:
        known = ops.max(ops.convert_to_tensor(targets["segmentation_known"]))
        labelled["segmentation"] = ops.cast(known > 0, losses["segmentation"].dtype)
    return labelled
