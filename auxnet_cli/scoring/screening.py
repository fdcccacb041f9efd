"""The verdict: defects that escape and good parts that are stopped."""

from typing import Any

from auxnet_cli.inspection import Inspection
from auxnet_cli.scoring.figure import ratio, section
from auxnet_cli.scoring.truth import Truth


class ScreeningScores:
    """Counts verdicts.

    - escape_rate: part of the defective images that were passed as good
    - false_alarm_rate: part of the good images that were stopped
    - threshold_rule: the rule, in words, by which the verdicts were made
    """

    def __init__(self, threshold_rule: str) -> None:
        self.threshold_rule = threshold_rule
        self.defective = 0
        self.good = 0
        self._escapes = 0
        self._false_alarms = 0

    def add(self, truth: Truth, inspection: Inspection) -> None:
        """Take one image."""
        if truth.defective:
            self.defective += 1
            self._escapes += not inspection.defective
        else:
            self.good += 1
            self._false_alarms += inspection.defective

    def figures(self) -> dict[str, Any]:
        """The report's ``screening`` section."""
        return section(
            escape_rate=ratio(self._escapes, self.defective, "no image is defective"),
            false_alarm_rate=ratio(self._false_alarms, self.good, "no image is good"),
            threshold_rule=self.threshold_rule,
        )
