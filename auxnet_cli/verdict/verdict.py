"""Decides from the heads' votes whether a part is good or defective, by a declared rule."""

from collections.abc import Collection
from dataclasses import dataclass

from auxnet_cli.settings import DecisionSettings
from auxnet_cli.settings.calibration import Calibration
from auxnet_cli.task import ANY, NOVELTY, TASKS
from auxnet_cli.verdict.fused_votes import Votes, calibrated_rule, stops

_RULES = {
    ANY: "the pixels that show any class with a probability of at least {decision.mask_score:g} "
    "cover at least {decision.mask_area:.3%} of the image",
    NOVELTY: "the novelty is at least {decision.novelty_score:g}",
}


@dataclass(frozen=True)
class Verdict:
    """A part is defective when the votes for a class are strong enough.

    Voters are the heads, ``any`` for the masks of all classes together, and ``novelty`` where the
    network has a memory of good parts.

    Without a calibration each head that votes has its own threshold, and one head is enough. With
    one, the votes are fused to a score for each class, which has a threshold for each class. A
    calibration that weighs a head which was not built does not count.

    Attributes:
        decision: thresholds, the heads that vote, and the calibration.
    """

    decision: DecisionSettings

    def defective(self, votes: Votes) -> bool:
        """Decides.

        Args:
            votes: of each head that was built, (classes,) 0-1; see ``verdict.votes``.
        """
        calibration = self._calibration(votes)
        if calibration is not None:
            return bool(stops(calibration, votes))
        thresholds = self.thresholds
        return any((votes[task] >= thresholds[task]).any() for task in self.voters(votes))

    def rule(self, tasks: Collection[str]) -> str:
        """Writes the rule with these voters in words."""
        calibration = self._calibration(tasks)
        if calibration is not None:
            return calibrated_rule(calibration)
        named = self.voters(tasks)
        rules = [TASKS[name].rule if name in TASKS else _RULES[name] for name in named]
        return "defective when " + ", or ".join(rules).format(decision=self.decision)

    @property
    def thresholds(self) -> dict[str, float]:
        """The vote from which each voter, by itself, says that the image shows a class."""
        of_heads = {name: getattr(self.decision, task.threshold) for name, task in TASKS.items()}
        others = {ANY: self.decision.mask_score, NOVELTY: self.decision.novelty_score}
        return {**of_heads, **others}

    def voters(self, tasks: Collection[str]) -> list[str]:
        """Returns the heads that decide: those of the setting, or all if none of them was built."""
        named: list[str] = [task for task in self.decision.verdict if task in tasks]
        return named or [task for task in TASKS if task in tasks]

    def _calibration(self, tasks: Collection[str]) -> Calibration | None:
        calibration = self.decision.calibration
        if calibration is None or not all(task in tasks for task in calibration.weights):
            return None
        return calibration
