"""The promise that a calibration is asked to keep, and whether a split can bear it."""

from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.errors import InputError
from auxnet_cli.scoring.calibration.thresholds import images_needed
from auxnet_cli.scoring.evidence import Flags
from auxnet_cli.settings.calibration import Target


@dataclass(frozen=True)
class Promise:
    """A rate of verdicts.

    Attributes:
        target: ``catch``: of the defective images at least ``level`` are stopped;
            ``false-alarms``: of the good images at most.
        level: above 0 and below 1.
    """

    target: Target
    level: float

    @classmethod
    def of(cls, catch: float | None, false_alarms: float | None) -> "Promise | None":
        """The promise of the options, ``None`` without one.

        Raises:
            InputError: both are given, or a level cannot be promised.
        """
        given: dict[Target, float | None] = {"catch": catch, "false-alarms": false_alarms}
        found = [cls(target, level) for target, level in given.items() if level is not None]
        if len(found) > 1:
            raise InputError("Give one of --catch and --false-alarms, not both.")
        for promise in found:
            if not 0 < promise.level < 1:
                raise InputError(
                    f"--{promise.target} is {promise.level:g}, but must be above 0 and below 1: no "
                    "number of images is enough to promise all or none."
                )
        return found[0] if found else None

    def check(self, defective: Flags, root: Path) -> None:
        """Refuse what the validation split cannot bear.

        Args:
            defective: (images,) bool, of the split.
            root: the data set's folder.

        Raises:
            InputError: there are too few images.
        """
        numbers = {"defective": int(defective.sum()), "good": int((~defective).sum())}
        kinds = ("defective", "good") if self.target == "catch" else ("good", "defective")
        held, others = (numbers[kind] for kind in kinds)
        needed = images_needed(self.target, self.level)
        if held < needed:
            raise InputError(
                f"The validation split of {root} holds {held} {kinds[0]} images, but "
                f"--{self.target} {self.level:g} takes at least {needed}: {self._easier(held)}"
                "prepare the data set with a larger --val."
            )
        if not others:
            raise InputError(
                f"The validation split of {root} holds no {kinds[1]} image, and without one the "
                "votes of the heads cannot be weighed: prepare the data set with some."
            )

    def _easier(self, held: int) -> str:
        """What so many images can bear, in thousandths."""
        if held < 2:
            return ""
        if self.target == "catch":
            return f"ask for --catch {1000 * (held - 1) // held / 1000:g} at most, or "
        return f"ask for --false-alarms {-(-1000 // held) / 1000:g} at least, or "
