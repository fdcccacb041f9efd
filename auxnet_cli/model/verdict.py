"""The verdict: from findings to a part that is good or defective, by a declared rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from auxnet_cli.inspection import TASKS
from auxnet_cli.settings import DecisionSettings


@dataclass(frozen=True)
class Verdict:
    """A part is defective when one of the heads that vote says so.

    Attributes:
        decision: thresholds, and the heads that vote.
    """

    decision: DecisionSettings

    def rule(self, tasks: Collection[str]) -> str:
        """The rule with these heads, in words."""
        own = self.decision
        words = {
            "cls": f"a class scores at least {own.class_score:g}",
            "seg": f"the pixels of a class that score at least {own.mask_score:g} cover at least "
            f"{own.mask_area:.3%} of the image",
            "det": f"a box scores at least {own.box_score:g}",
        }
        return "defective when " + ", or ".join(words[task] for task in self._voters(tasks))

    def defective(self, found: Mapping[str, Any]) -> bool:
        """Decide.

        Args:
            found: ``cls``: (classes,) scores, ``seg``: (height, width, classes) bool masks,
                ``det``: boxes; ``None`` where a head was not built.
        """
        own = self.decision
        for task in self._voters([task for task, value in found.items() if value is not None]):
            value = found[task]
            if task == "cls":
                stops = (value >= own.class_score).any()
            elif task == "seg":
                covered = np.count_nonzero(value, axis=(0, 1))
                stops = (covered >= max(1, own.mask_area * value[..., 0].size)).any()
            else:
                stops = any(box.score >= own.box_score for box in value)
            if stops:
                return True
        return False

    def _voters(self, tasks: Collection[str]) -> list[str]:
        """The heads that decide: those of the setting, or all where none of them was built."""
        named: list[str] = [task for task in self.decision.verdict if task in tasks]
        return named or [task for task in TASKS if task in tasks]
