"""Calibration: the votes of the heads fused to one score a class, and from where it stops a part.

``auxnet calibrate`` fits it, and the model card carries it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from auxnet_cli.inspection import TASKS

Floats = NDArray[np.float64]
Votes = Mapping[str, NDArray[Any]]
Target = Literal["catch", "false-alarms"]
Share = Annotated[float, Field(ge=0, le=1)]

FAINTEST_VOTE = 1e-4
"""Votes are kept so far from 0 and from 1."""

MOST_LOG_ODDS = 30
"""Fused log-odds are kept within plus and minus this."""


def log_odds(votes: NDArray[Any]) -> Floats:
    """ln(v / (1 − v)) of votes, which are kept within 0.0001 and 0.9999."""
    inside = np.clip(np.asarray(votes, np.float64), FAINTEST_VOTE, 1 - FAINTEST_VOTE)
    return np.log(inside / (1 - inside))


def fuse(votes: Votes, weights: Mapping[Any, float], bias: float) -> Floats:
    """The fused score: 1 / (1 + e^−s), s = bias + Σ weight × log-odds of the head's vote.

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


class Rate(BaseModel):
    """A rate on the validation split.

    Attributes:
        hits, trials: images.
        low, high: the 95 % interval of the rate, 0-1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hits: Annotated[int, Field(ge=0)]
    trials: Annotated[int, Field(ge=0)]
    low: Share
    high: Share

    @model_validator(mode="after")
    def _a_part(self) -> "Rate":
        if self.hits > self.trials or self.low > self.high:
            raise ValueError("hits must not be above trials, nor low above high")
        return self


class Calibration(BaseModel):
    """How the heads' votes are fused, from where a part is stopped, and what it was fitted on.

    Attributes:
        weights: of the log-odds of each head's vote, ``cls``, ``seg`` or ``det``.
        bias: of the fused log-odds.
        thresholds: by class, in the classes' order: the fused score that stops a part.
        shared: the classes with too few images for a threshold of their own, which share one.
        target: what was promised on the validation split: to catch at least ``level`` of the
            defective images, or to stop at most ``level`` of the good ones.
        level: 0-1.
        dataset: fingerprint of the data set whose validation split it was fitted on.
        recall: of the validation split's defective images, those stopped.
        false_alarms: of its good images, those stopped.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    weights: Annotated[dict[str, Annotated[float, Field(ge=0, le=1e6)]], Field(min_length=1)]
    bias: Annotated[float, Field(ge=-1e6, le=1e6)]
    thresholds: Annotated[dict[str, Share], Field(min_length=1)]
    shared: tuple[str, ...]
    target: Target
    level: Share
    dataset: str
    recall: Rate
    false_alarms: Rate

    @model_validator(mode="after")
    def _of_known(self) -> "Calibration":
        unknown = [task for task in self.weights if task not in TASKS]
        if unknown:
            raise ValueError(f"weights has {unknown[0]!a:.60}, and heads are {', '.join(TASKS)}")
        strange = [name for name in self.shared if name not in self.thresholds]
        if strange:
            raise ValueError(f"shared has {strange[0]!a:.60}, which has no threshold")
        return self

    def stops(self, votes: Votes) -> NDArray[np.bool_]:
        """Whether the fused score of a class reaches its threshold: (...) bool.

        Args:
            votes: of each head that is weighed, (..., classes) 0-1.
        """
        scores = fuse(votes, self.weights, self.bias)
        return np.asarray((scores >= list(self.thresholds.values())).any(axis=-1))

    def in_words(self) -> str:
        """The rule, with its numbers."""
        parts = [f"{weight:.3g} × logit({task})" for task, weight in self.weights.items()]
        limits = [f"{name} {limit:.4g}" for name, limit in self.thresholds.items()]
        aim = {
            "catch": f"catch at least {100 * self.level:.4g} % of the defective",
            "false-alarms": f"stop at most {100 * self.level:.4g} % of the good",
        }[self.target]
        return (
            f"defective when the fused score of a class reaches its threshold "
            f"({', '.join(limits)}), calibrated to {aim} images of the validation split; fused "
            f"score = sigmoid({self.bias:.3g} + {' + '.join(parts)}) of the heads' votes for the "
            "class"
        )
