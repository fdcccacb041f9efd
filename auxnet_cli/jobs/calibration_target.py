"""Defines the rate that a calibration promises; checks that a split has images enough for it."""

from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.errors import InputError
from auxnet_cli.scoring.calibration.thresholds import images_needed
from auxnet_cli.scoring.evidence import Flags
from auxnet_cli.settings.calibration import Target


@dataclass(frozen=True)
class CalibrationTarget:
    """A promised rate of verdicts.

    Attributes:
        kind: ``catch``: of the defective images at least ``level`` are stopped;
            ``false-alarms``: of the good images at most.
        level: above 0 and below 1.
    """

    kind: Target
    level: float

    @classmethod
    def of(cls, catch: float | None, false_alarms: float | None) -> "CalibrationTarget | None":
        """Returns the target of the options, ``None`` without one.

        Raises:
            InputError: both are given, or a level cannot be promised.
        """
        given: dict[Target, float | None] = {"catch": catch, "false-alarms": false_alarms}
        targets = [cls(kind, level) for kind, level in given.items() if level is not None]
        if len(targets) > 1:
            raise InputError("Give one of `catch` and `false_alarms`, not both.")
        for target in targets:
            if not 0 < target.level < 1:
                raise InputError(
                    f"`{target.argument}` is {target.level:g}, but must be above 0 and below 1: no "
                    "number of images is enough to promise all or none."
                )
        return targets[0] if targets else None

    @property
    def argument(self) -> str:
        """The argument of :func:`auxnet_cli.jobs.calibrate.calibrate` that asks for it."""
        return self.kind.replace("-", "_")

    def check(self, defective: Flags, root: Path) -> None:
        """Refuses a target for which the validation split has too few images.

        Args:
            defective: (images,) bool, of the split.
            root: the data set's folder.

        Raises:
            InputError: there are too few images.
        """
        numbers = {"defective": int(defective.sum()), "good": int((~defective).sum())}
        kinds = ("defective", "good") if self.kind == "catch" else ("good", "defective")
        number, others = (numbers[kind] for kind in kinds)
        needed = images_needed(self.kind, self.level)
        if number < needed:
            raise InputError(
                f"The validation split of {root} holds {number} {kinds[0]} images, but "
                f"`{self.argument}` {self.level:g} takes at least {needed}: {self._easier(number)}"
                "prepare the data set with a larger `val`."
            )
        if not others:
            raise InputError(
                f"The validation split of {root} holds no {kinds[1]} image, and without one the "
                "votes of the heads cannot be weighed: prepare the data set with some."
            )

    def _easier(self, number: int) -> str:
        """Says what so many images are enough for, in thousandths."""
        if number < 2:
            return ""
        if self.kind == "catch":
            return f"ask for `catch` {1000 * (number - 1) // number / 1000:g} at most, or "
        return f"ask for `false_alarms` {-(-1000 // number) / 1000:g} at least, or "
