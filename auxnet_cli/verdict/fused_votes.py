"""Fuses the votes of the heads to a score for each class, and decides by its threshold."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.settings.calibration import Calibration

Floats = NDArray[np.float64]
Votes = Mapping[str, NDArray[Any]]

FAINTEST_VOTE = 1e-4
"""Least distance of a vote from 0 and from 1."""

MOST_LOG_ODDS = 30
"""Largest size of fused log-odds."""


def log_odds(votes: NDArray[Any]) -> Floats:
    """Returns ln(v / (1 − v)) of votes, which are kept within 0.0001 and 0.9999."""
    inside = np.clip(np.asarray(votes, np.float64), FAINTEST_VOTE, 1 - FAINTEST_VOTE)
    return np.log(inside / (1 - inside))


def mean_odds(votes: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
    """Returns the votes whose log-odds are the mean of those of several, all of one shape."""
    odds = np.mean([log_odds(each) for each in votes], axis=0)
    mean: NDArray[np.float32] = (1 / (1 + np.exp(-odds))).astype(np.float32)
    return mean


def fuse(votes: Votes, weights: Mapping[Any, float], bias: float) -> Floats:
    """Returns the fused score 1 / (1 + e^−s), s = bias + Σ weight × log-odds of the head's vote.

    Args:
        votes: of each head, (..., classes) 0-1.
        weights: of the heads that count, 0 or more.
        bias: added to the sum.

    Returns:
        (..., classes) 0-1.
    """
    odds = bias + sum(weight * log_odds(votes[task]) for task, weight in weights.items())
    # Bounded, so that scores stay apart from 0 and 1 and a threshold fits between.
    return np.asarray(np.tanh(np.clip(odds, -MOST_LOG_ODDS, MOST_LOG_ODDS) / 2) / 2 + 0.5)


def stops(calibration: Calibration, votes: Votes) -> NDArray[np.bool_]:
    """Decides whether the fused score of a class reaches its threshold: (...) bool.

    Args:
        calibration: how votes are fused, and the thresholds.
        votes: of each head that is weighed, (..., classes) 0-1.
    """
    scores = fuse(votes, calibration.weights, calibration.bias)
    return np.asarray((scores >= list(calibration.thresholds.values())).any(axis=-1))


def calibrated_rule(calibration: Calibration) -> str:
    """Writes the rule of a calibration in words, with its numbers."""
    parts = [f"{weight:.3g} × logit({task})" for task, weight in calibration.weights.items()]
    limits = [f"{name} {limit:.4g}" for name, limit in calibration.thresholds.items()]
    aim = {
        "catch": f"catch at least {100 * calibration.level:.4g} % of the defective",
        "false-alarms": f"stop at most {100 * calibration.level:.4g} % of the good",
    }[calibration.target]
    return (
        f"defective when the fused score of a class reaches its threshold "
        f"({', '.join(limits)}), calibrated to {aim} images of the validation split; fused "
        f"score = sigmoid({calibration.bias:.3g} + {' + '.join(parts)}) of the heads' votes for "
        "the class"
    )
