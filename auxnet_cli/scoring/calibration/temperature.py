"""Temperature scaling: a number that makes class scores honest."""

import numpy as np

from auxnet_cli.scoring.evidence import Flags, Floats

LOWEST, HIGHEST = 0.1, 10.0
_LEAST = 1e-7


def fit_temperature(scores: Floats, labels: Flags, exclusive: bool) -> float:
    """Fits the temperature T at which the scores of logits / T are likeliest, given the truth.

    Scores of T = 1 are turned back into logits. Where they are too sure, T is above 1. No order of
    scores changes by it in a class (multi-label).

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.

    Args:
        scores: (images, classes) 0-1, of temperature 1.
        labels: (images, classes) bool. Of exclusive classes the first counts that an image shows.
        exclusive: the label kind; the scores and that of a good part, 1 - their sum, are a softmax.

    Returns:
        0.1 to 10.
    """
    from scipy.optimize import minimize_scalar

    # Chances and truth of outcomes that exclude one another: (images, good and classes), or
    # (images × classes, absent and present).
    if exclusive:
        chances = np.column_stack([1 - scores.sum(axis=1, keepdims=True), scores])
        first = labels & (np.cumsum(labels, axis=1) == 1)
        truth = np.column_stack([~labels.any(axis=1), first])
    else:
        chances = np.stack([1 - scores.ravel(), scores.ravel()], axis=1)
        truth = np.stack([~labels.ravel(), labels.ravel()], axis=1)
    logits = np.log(np.maximum(chances, _LEAST))

    def loss(logarithm: float) -> float:
        scaled = logits / np.exp(logarithm)
        top = scaled.max(axis=1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(scaled - top).sum(axis=1))
        return float(np.mean(total - scaled[truth]))

    limits = np.log([LOWEST, HIGHEST])
    fit = minimize_scalar(loss, bounds=limits, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(fit.x))
