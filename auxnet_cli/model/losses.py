"""Losses of single values and of classification (eqs. 4-5). All take logits."""

from typing import Any

from auxnet_cli.backend import ops

Tensor = Any


def cross_entropy(truth: Tensor, logits: Tensor) -> Tensor:
    """Returns −y·log σ(x) − (1 − y)·log(1 − σ(x)), element by element.

    It is written without max(x, 0) and |x|, whose slopes at 0 differ between back ends: the
    gradient is σ(x) − y everywhere.
    """
    return truth * ops.softplus(-logits) + (1 - truth) * ops.softplus(logits)


def focal_loss(truth: Tensor, logits: Tensor, alpha: float, gamma: float) -> Tensor:
    """Returns −α_t · (1 − p_t)^γ · log p_t (eq. 5), element by element.

    Args:
        truth: 0 or 1, of any shape.
        logits: of the same shape.
        alpha: weight of the positives; the negatives weigh 1 − α.
        gamma: exponent, 0 or above.
    """
    # log(1 − p_t): the power of 1 − p_t itself has an endless slope at 0 where γ is below 1.
    log_miss = -cross_entropy(1 - truth, logits)
    weight = truth * alpha + (1 - truth) * (1 - alpha)
    return weight * ops.exp(gamma * log_miss) * cross_entropy(truth, logits)


def varifocal_loss(truth: Tensor, logits: Tensor, alpha: float, gamma: float) -> Tensor:
    """Returns y · cross-entropy where y > 0, else (1 − α) · σ(x)^γ · cross-entropy.

    It is the varifocal loss (Zhang et al. 2021, *VarifocalNet*, whose α is 1 − α here): scores
    learn a truth between 0 and 1, and where it is 0, easy ones are muted as in the focal loss.

    Args:
        truth: y, 0 to 1, of any shape.
        logits: x, of the same shape.
        alpha: the negatives weigh 1 − α.
        gamma: exponent, 0 or above.
    """
    muted = (1 - alpha) * ops.exp(-gamma * ops.softplus(-logits))
    return ops.where(truth > 0, truth, muted) * cross_entropy(truth, logits)


def smooth_l1(truth: Tensor, offsets: Tensor) -> Tensor:
    """Returns d² / 2 where |d| < 1, else |d| − 1/2, element by element."""
    distance = ops.absolute(truth - offsets)
    return ops.where(distance < 1, distance**2 / 2, distance - 0.5)


def classification_loss(
    truth: Tensor, logits: Tensor, exclusive: bool, weights: Tensor | None = None
) -> Tensor:
    """Returns the mean binary cross-entropy (eq. 4); for exclusive labels the categorical one.

    Args:
        truth: (batch, classes) 0 or 1; exclusive labels have "good" first and sum to 1.
        logits: (batch, classes).
        exclusive: the label kind.
        weights: (2, classes), of truth 0 and truth 1; 1 each if not given. Of exclusive labels
            only truth 1 counts.
    """
    # A tensor of a graph cannot be unpacked.
    absent, present = (1.0, 1.0) if weights is None else map(ops.convert_to_tensor, weights)
    if exclusive:
        return -ops.mean(ops.sum(truth * present * ops.log_softmax(logits), axis=-1))
    return ops.mean(cross_entropy(truth, logits) * (truth * present + (1 - truth) * absent))
