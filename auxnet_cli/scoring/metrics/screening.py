"""The verdict: defects that escape, good parts that are stopped, and what both cost."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flags, Ints
from auxnet_cli.scoring.figure import ratio, section

HEADLINES = ("escape_rate", "false_alarm_rate", "cost")


class Screening:
    """The verdicts of a split.

    - escape_rate: part of the defective images that were passed as good
    - false_alarm_rate: part of the good images that were stopped
    - cost: (cost_escape · escapes + cost_false_alarm · false alarms) / images, the mean cost of an
      image where defects are as frequent as in this split
    - threshold_rule: the rule, in words, by which the verdicts were made

    Args:
        evidence: images.
        rule: in words.
        cost_escape: of a defective image passed as good, in any unit.
        cost_false_alarm: of a good image stopped, in the same.
    """

    figures = HEADLINES
    per_class = ()

    def __init__(
        self,
        evidence: Sequence[Evidence],
        rule: str,
        cost_escape: float = 1.0,
        cost_false_alarm: float = 1.0,
    ) -> None:
        self._rule = rule
        self._costs = {"cost_escape": cost_escape, "cost_false_alarm": cost_false_alarm}
        self._defective = np.array([image.defective for image in evidence], bool)
        self._stopped = np.array([image.stopped for image in evidence], bool)

    def section(self, weights: Ints | None = None) -> dict[str, Any]:
        """The report's ``screening`` section.

        Args:
            weights: (images,) how often each image counts; once if not given.
        """
        weights = np.ones(len(self._stopped), np.int64) if weights is None else weights
        defective = int(weights @ self._defective)
        good = int(weights.sum()) - defective
        escapes = int(weights @ (self._defective & ~self._stopped))
        false_alarms = int(weights @ (~self._defective & self._stopped))
        cost = self._costs["cost_escape"] * escapes + self._costs["cost_false_alarm"] * false_alarms
        return section(
            escape_rate=ratio(escapes, defective, "no image is defective"),
            false_alarm_rate=ratio(false_alarms, good, "no image is good"),
            threshold_rule=self._rule,
            escapes=escapes,
            defective=defective,
            false_alarms=false_alarms,
            good=good,
            cost=ratio(cost, defective + good, "no image was scored"),
            **self._costs,
        )

    def rates(self) -> dict[tuple[str, str], tuple[Flags, Flags]]:
        """The plain rates: ("", figure) → the images that are hits, and those that count."""
        return {
            ("", "escape_rate"): (self._defective & ~self._stopped, self._defective),
            ("", "false_alarm_rate"): (~self._defective & self._stopped, ~self._defective),
        }
