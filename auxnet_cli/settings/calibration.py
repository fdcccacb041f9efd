"""The calibration of a verdict, which ``auxnet calibrate`` fits and the model card carries."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from auxnet_cli.task import voters

Target = Literal["catch", "false-alarms"]
Share = Annotated[float, Field(ge=0, le=1)]


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
        weights: of the log-odds of each vote, ``cls``, ``seg``, ``det``, ``any`` or ``novelty``.
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
    def _known_voters_and_classes(self) -> "Calibration":
        known = voters()
        unknown = [voter for voter in self.weights if voter not in known]
        if unknown:
            raise ValueError(f"weights has {unknown[0]!a:.60}, and voters are {', '.join(known)}")
        unlisted = [name for name in self.shared if name not in self.thresholds]
        if unlisted:
            raise ValueError(f"shared has {unlisted[0]!a:.60}, which has no threshold")
        return self
