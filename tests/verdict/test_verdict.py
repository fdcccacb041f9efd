import numpy as np
import pytest

from auxnet_cli.settings import DecisionSettings
from auxnet_cli.settings.calibration import Calibration, Rate
from auxnet_cli.verdict.verdict import Verdict

CLEAN = {"cls": [0.1, 0.49], "seg": [0.0, 0.49], "det": [0.39, 0.0]}
FOUND = {"cls": [0.1, 0.5], "seg": [0.5, 0.0], "det": [0.0, 0.4]}


def _votes(given):
    return {head: np.array(vote, np.float32) for head, vote in given.items()}


def _defective(given, **decision):
    return Verdict(DecisionSettings(**decision)).defective(_votes(given))


def _calibration(**weights):
    rate = Rate(hits=1, trials=2, low=0.1, high=0.9)
    return Calibration(
        weights=weights,
        bias=-1,
        thresholds={"pit": 0.5, "crack": 0.8},
        shared=(),
        target="catch",
        level=0.95,
        dataset="ab",
        recall=rate,
        false_alarms=rate,
    )


@pytest.mark.parametrize("task", ["cls", "seg", "det"])
def test_each_head_named_can_make_an_image_defective(task):
    assert not _defective(CLEAN)
    found = {**CLEAN, task: FOUND[task]}
    assert _defective(found)
    assert _defective(found, verdict=(task,))
    others = tuple({"cls", "seg", "det"} - {task})
    assert not _defective(found, verdict=others)
    # Where none of the heads named was built, those that were decide.
    alone = {task: FOUND[task]}
    assert _defective(alone, verdict=others[:1])


def test_the_rule_is_told_in_words():
    verdict = Verdict(DecisionSettings(class_score=0.3, verdict=("cls", "seg")))
    assert verdict.rule(("cls", "det")) == "defective when a class scores at least 0.3"
    assert "0.020% of the image" in verdict.rule(("cls", "seg", "det"))
    assert "box" in verdict.rule(("det",))


def test_a_calibration_takes_the_place_of_the_heads_own_thresholds():
    decision = DecisionSettings(calibration=_calibration(cls=1.0, det=0.5))
    strong = {"cls": [0.6, 0.6], "det": [0.0, 0.0]}
    assert _defective(strong)
    assert not Verdict(decision).defective(_votes(strong))
    weak = {"cls": [0.49, 0.0], "det": [0.39, 0.0]}
    assert not _defective(weak)
    assert not Verdict(decision).defective(_votes(weak))
    together = {"cls": [0.7, 0.0], "det": [0.6, 0.0]}  # -1 + 0.847 + 0.5 × 0.405 > 0
    assert Verdict(decision).defective(_votes(together))
    other_class = {"cls": [0.0, 0.7], "det": [0.0, 0.6]}  # 0.51 < 0.8
    assert not Verdict(decision).defective(_votes(other_class))


def test_a_calibration_for_heads_that_were_not_built_does_not_count():
    verdict = Verdict(DecisionSettings(calibration=_calibration(cls=1.0, seg=1.0)))
    assert verdict.defective(_votes({"cls": [0.6, 0.0]}))
    assert verdict.rule(("cls",)) == "defective when a class scores at least 0.5"
    assert "logit(seg)" in verdict.rule(("cls", "seg"))


def test_all_masks_together_decide_only_where_they_are_named():
    shared = {**CLEAN, "any": [0.64, 0.64]}
    assert not _defective(shared)
    assert _defective(shared, verdict=("cls", "any"))
    assert not _defective(shared, verdict=("any",), mask_score=0.7)
    rule = Verdict(DecisionSettings(verdict=("any",), mask_score=0.7)).rule(("seg", "any"))
    assert rule == (
        "defective when the pixels that show any class with a probability of at least 0.7 cover at "
        "least 0.020% of the image"
    )


def test_the_novelty_decides_only_where_it_is_named():
    new = {**CLEAN, "novelty": [0.9, 0.9]}
    assert not _defective(new)
    assert _defective(new, verdict=("cls", "novelty"))
    assert not _defective(new, verdict=("cls", "novelty"), novelty_score=0.95)
    # A run without a memory is judged by its heads, whatever the setting names.
    assert _defective(FOUND, verdict=("novelty",))
    rule = Verdict(DecisionSettings(verdict=("cls", "novelty"))).rule(("cls", "novelty"))
    assert rule == "defective when a class scores at least 0.5, or the novelty is at least 0.5"


def test_a_calibration_weighs_the_novelty_with_the_heads():
    verdict = Verdict(DecisionSettings(calibration=_calibration(cls=1.0, novelty=1.0)))
    assert not verdict.defective(_votes({"cls": [0.3, 0.3], "novelty": [0.1, 0.1]}))
    assert verdict.defective(_votes({"cls": [0.3, 0.3], "novelty": [0.99, 0.99]}))
    assert "1 × logit(novelty)" in verdict.rule(("cls", "novelty"))
    assert "fused" not in verdict.rule(("cls",))
