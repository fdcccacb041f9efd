import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.backend import ops
from auxnet_cli.model.distillation import distillation_losses


def outputs(seed, scale=2.0):
    rng = np.random.default_rng(seed)
    shapes = {
        "classification": (2, 3),
        "segmentation": (2, 4, 5, 3),
        "detection_scores": (2, 6, 3),
        "detection_boxes": (2, 6, 4),
    }
    return {name: rng.normal(0, scale, shape).astype(np.float32) for name, shape in shapes.items()}


def losses(teacher, own, exclusive=False):
    both = (
        {name: ops.convert_to_tensor(values) for name, values in answers.items()}
        for answers in (teacher, own)
    )
    found = distillation_losses(*both, exclusive)
    return {head: float(ops.convert_to_numpy(loss)) for head, loss in found.items()}


@given(seed=st.integers(0, 1000), exclusive=st.booleans())
def test_nothing_to_learn_from_an_equal_and_something_from_any_other(seed, exclusive):
    teacher = outputs(seed)
    assert all(abs(loss) < 1e-6 for loss in losses(teacher, teacher, exclusive).values())
    assert all(loss > 1e-3 for loss in losses(teacher, outputs(seed + 1), exclusive).values())


def test_worked_by_hand():
    """A teacher of probability 1/2, a learner of 1/5: KL = log 5 - log 4 / 2 - log 2."""
    half, fifth = np.zeros((1, 1), np.float32), np.full((1, 1), math.log(0.25), np.float32)
    kl = 0.5 * math.log(0.5 / 0.2) + 0.5 * math.log(0.5 / 0.8)
    found = losses({"classification": half}, {"classification": fifth})
    assert found == {"classification": pytest.approx(kl, rel=1e-5)}
    # The same two answers as a choice of two.
    pair = [np.concatenate([each, np.zeros_like(each)], axis=1) for each in (half, fifth)]
    found = losses({"classification": pair[0]}, {"classification": pair[1]}, exclusive=True)
    assert found == {"classification": pytest.approx(kl, rel=1e-5)}


def test_boxes_count_where_the_teacher_is_sure():
    teacher = outputs(0)
    teacher["detection_scores"][:] = -20
    teacher["detection_scores"][0, 2, 1] = 20
    own = {name: value.copy() for name, value in teacher.items()}
    own["detection_boxes"][0, 3] += 5
    assert losses(teacher, own)["detection"] == pytest.approx(0, abs=1e-5)
    own["detection_boxes"][0, 2] += 5
    # Smooth L1 of 5 is 4.5; the sum of the certainties is 1.
    assert losses(teacher, own)["detection"] == pytest.approx(4.5, rel=1e-3)


def test_heads_that_the_teacher_lacks_are_left_out():
    assert set(losses({"segmentation": outputs(0)["segmentation"]}, outputs(1))) == {"segmentation"}
