"""Describes a verdict that is fitted to a split: the result of ``auxnet calibrate``."""

from auxnet_cli.documents.section import Interval, Section


class StoppedRate(Section):
    """Part of the defective or of the good images that is stopped."""

    value: float
    hits: int
    trials: int
    ci95: Interval


class StoppedRates(Section):
    """What a verdict stops on the validation split."""

    recall: StoppedRate
    """Of the defective images."""
    false_alarms: StoppedRate
    """Of the good images."""


class TestForecast(Section):
    """In which intervals the rates of the test split will lie in 95 % of cases."""

    defective: int
    good: int
    recall: Interval | None
    """``None`` without defective images."""
    false_alarms: Interval | None
    """``None`` without good images."""


class ClassThreshold(Section):
    """The threshold of a class."""

    images: int
    """Images of the validation split that show the class."""
    stopped: int
    """How many of them are stopped."""
    threshold: float
    """Fused score that stops a part, 0-1."""
    shared: bool
    """Whether the class has too few images for a threshold of its own, and shares one."""


class FittedCalibration(Section):
    """A fitted verdict, as ``model.json`` has it, with what it gives and costs."""

    weights: dict[str, float]
    """Of the log-odds of each head's vote."""
    bias: float
    thresholds: dict[str, float]
    shared: list[str]
    target: str
    """``catch`` or ``false-alarms``."""
    level: float
    dataset: str
    """Fingerprint of the data set."""
    recall: StoppedRate
    false_alarms: StoppedRate
    images: int
    groups: int
    """Independent parts among the images."""
    before: StoppedRates
    """By the heads' own thresholds."""
    test: TestForecast
    per_class: dict[str, ClassThreshold]


class CalibrationErrors(Section):
    """How honest the class scores of the validation split are."""

    expected_calibration_error: float
    brier: float


class FittedTemperature(Section):
    """The temperature of the class scores, and what it changed."""

    value: float
    before: CalibrationErrors
    after: CalibrationErrors


class CalibrationResult(Section):
    """What was fitted and written into the run; ``None`` where it was not fitted now."""

    model: str
    """Folder of the run."""
    rule: str
    """The rule of the verdict from now on, in words."""
    temperature: FittedTemperature | None
    calibration: FittedCalibration | None
