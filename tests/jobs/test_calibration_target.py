from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.jobs.calibration_target import CalibrationTarget

ROOT = Path("data/strips")


def _split(defective, good):
    return np.repeat([True, False], [defective, good])


def test_one_promise_or_none():
    assert CalibrationTarget.of(None, None) is None
    assert CalibrationTarget.of(0.99, None) == CalibrationTarget("catch", 0.99)
    assert CalibrationTarget.of(None, 0.02) == CalibrationTarget("false-alarms", 0.02)
    with pytest.raises(InputError, match="one of `catch` and `false_alarms`"):
        CalibrationTarget.of(0.99, 0.02)


@pytest.mark.parametrize("level", [0, 1, -0.5, 99])
def test_all_or_none_cannot_be_promised(level):
    with pytest.raises(InputError, match=f"`catch` is {level}, but must be above 0 and below 1"):
        CalibrationTarget.of(level, None)
    with pytest.raises(InputError, match=f"`false_alarms` is {level}"):
        CalibrationTarget.of(None, level)


@pytest.mark.parametrize(
    ("target", "split", "words"),
    [
        (
            CalibrationTarget("catch", 0.99),
            (99, 500),
            "strips holds 99 defective images, but `catch` 0.99 takes at least 100: ask for "
            "`catch` 0.989 at most, or prepare",
        ),
        (
            CalibrationTarget("false-alarms", 0.02),
            (500, 49),
            "strips holds 49 good images, but `false_alarms` 0.02 takes at least 50: ask for "
            "`false_alarms` 0.021 at least, or prepare",
        ),
        (CalibrationTarget("catch", 0.9), (1, 9), "takes at least 10: prepare"),
        (CalibrationTarget("catch", 0.9), (10, 0), "strips holds no good image"),
        (CalibrationTarget("false-alarms", 0.1), (0, 10), "strips holds no defective image"),
    ],
)
def test_a_split_that_is_too_small_is_refused_with_what_would_do(target, split, words):
    with pytest.raises(InputError, match=words):
        target.check(_split(*split), ROOT)


def test_what_is_proposed_is_accepted():
    for held in range(2, 400):
        for target, other in (("catch", 0.9999), ("false-alarms", 0.0001)):
            split = _split(held, held)
            with pytest.raises(InputError) as caught:
                CalibrationTarget(target, other).check(split, ROOT)
            proposal = str(caught.value).split("ask for `")[1]
            level = float(proposal.split()[1])
            CalibrationTarget(target, level).check(split, ROOT)
