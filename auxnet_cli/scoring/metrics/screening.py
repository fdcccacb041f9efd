"""The verdict: defects that escape, good parts that are stopped, and what both cost."""

import numpy as np

from auxnet_cli.documents.section import Entries
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.evidence import EvaluatedSplit, Ints
from auxnet_cli.scoring.figure import ratio
from auxnet_cli.scoring.metrics.metric import Key, Metric, Rate
from auxnet_cli.verdict.verdict import Verdict


class Screening(Metric):
    """Scores the verdicts; :mod:`auxnet_cli.documents.scores` defines the figures."""

    headlines = ("escape_rate", "false_alarm_rate", "cost")

    def __init__(self, split: EvaluatedSplit) -> None:
        super().__init__(split)
        self.defective = np.array([image.defective for image in split.evidence], bool)
        stopped = np.array([image.stopped for image in split.evidence], bool)
        self._escapes, self._false_alarms = self.defective & ~stopped, ~self.defective & stopped

    def weighted_section(self, weights: Ints) -> Entries:
        """Returns the ``screening`` section."""
        split = self.split
        defective = int(weights @ self.defective)
        good = int(weights.sum()) - defective
        escapes, false_alarms = int(weights @ self._escapes), int(weights @ self._false_alarms)
        cost = split.cost_escape * escapes + split.cost_false_alarm * false_alarms
        return {
            "escape_rate": ratio(escapes, defective, "no image is defective"),
            "false_alarm_rate": ratio(false_alarms, good, "no image is good"),
            "threshold_rule": Verdict(split.decision).rule(split.voters),
            "escapes": escapes,
            "defective": defective,
            "false_alarms": false_alarms,
            "good": good,
            "cost": ratio(cost, defective + good, "no image was scored"),
            "cost_escape": split.cost_escape,
            "cost_false_alarm": split.cost_false_alarm,
        }

    def rates(self) -> dict[Key, Rate]:
        """Returns the rates of escapes and of false alarms."""
        return {
            ("", "escape_rate"): (self._escapes, self.defective),
            ("", "false_alarm_rate"): (self._false_alarms, ~self.defective),
        }


def check_costs(cost_escape: float, cost_false_alarm: float) -> None:
    """Refuses costs that are none.

    Raises:
        InputError: a cost is below 0 or no number.
    """
    for name, cost in (("cost_escape", cost_escape), ("cost_false_alarm", cost_false_alarm)):
        if not 0 <= cost < float("inf"):
            raise InputError(f"`{name}` is {cost:g}, but a cost is 0 or more.")
