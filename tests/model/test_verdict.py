import numpy as np
import pytest

from auxnet_cli.inspection import Box
from auxnet_cli.model.verdict import Verdict
from auxnet_cli.settings import DecisionSettings

SHAPE = (64, 96, 2)
CLEAN = {
    "cls": np.array([0.1, 0.49], np.float32),
    "seg": np.zeros(SHAPE, bool),
    "det": (Box(0, 0.39, 1, 2, 3, 4),),
}


def _defective(found, **decision):
    return Verdict(DecisionSettings(**decision)).defective(found)


def _stained(pixels):
    masks = np.zeros(SHAPE, bool)
    masks.reshape(-1, 2)[:pixels, 1] = True
    return {"seg": masks}


@pytest.mark.parametrize(
    "finding",
    [
        {"cls": np.array([0.1, 0.5], np.float32)},
        _stained(7),
        {"det": (Box(0, 0.4, 1, 2, 3, 4),)},
    ],
)
def test_each_head_named_can_make_an_image_defective(finding):
    (task,) = finding
    assert not _defective(CLEAN)
    found = {**CLEAN, **finding}
    assert _defective(found)
    assert _defective(found, verdict=(task,))
    others = tuple({"cls", "seg", "det"} - {task})
    assert not _defective(found, verdict=others)
    # Where none of the heads named was built, those that were decide.
    alone = {**dict.fromkeys(CLEAN), **finding}
    assert _defective(alone, verdict=others[:1])


@pytest.mark.parametrize(("pixels", "defective"), [(6, False), (7, True)])
def test_a_mask_counts_from_its_area_on(pixels, defective):
    # 64 × 96 × 0.001 = 6.1 pixels
    assert _defective({**CLEAN, **_stained(pixels)}, mask_area=0.001) is defective


def test_the_rule_is_told_in_words():
    verdict = Verdict(DecisionSettings(class_score=0.3, verdict=("cls", "seg")))
    assert verdict.rule(("cls", "det")) == "defective when a class scores at least 0.3"
    assert "0.020% of the image" in verdict.rule(("cls", "seg", "det"))
    assert "box" in verdict.rule(("det",))
