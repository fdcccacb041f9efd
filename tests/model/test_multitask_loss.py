import math

import numpy as np
import pytest

from auxnet_cli.backend import ops
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.multitask_loss import head_losses, total_loss
from auxnet_cli.settings import LossSettings, ModelSettings

tensor = ops.convert_to_tensor


FULL = ModelSettings.model_construct(mask_stride=1)  # logits of the size of the input


def test_the_sum_is_equation_6():
    settings = LossSettings(classification_weight=1, segmentation_weight=2, detection_weight=3)
    parts = {"classification": 10.0, "segmentation": 100.0, "detection": 1000.0}
    assert total_loss(parts, settings) == 3210
    assert total_loss({"segmentation": 5.0}, settings) == 10


def test_the_weights_reach_the_heads():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 4, 4, 2)).astype(np.float32)
    outputs = {"classification": tensor(logits[:, 0, 0]), "segmentation": tensor(logits)}
    targets = {
        "classification": np.eye(2, dtype=np.float32),
        "segmentation": rng.integers(0, 2, logits.shape).astype(np.uint8),
        "segmentation_known": np.ones(2, np.float32),
    }
    weights = ClassWeights(np.full((2, 2), 3, np.float32), np.full(2, 5, np.float32))
    settings = LossSettings(segmentation="dice")
    heads = open_heads(("cls", "seg"), 2, "multi-label", (4, 4), FULL)
    plain = head_losses(heads, targets, outputs, settings)
    weighted = head_losses(heads, targets, outputs, settings, weights)
    for head, factor in (("classification", 3), ("segmentation", 5)):
        assert float(weighted[head]) == pytest.approx(factor * float(plain[head]), rel=1e-5)


def test_only_the_heads_built_have_a_loss():
    heads = open_heads(("cls",), 3, "multi-label", (4, 4), FULL)
    outputs = {"classification": ops.zeros((2, 3))}
    targets = {"classification": np.zeros((2, 3), np.float32)}
    losses = head_losses(heads, targets, outputs, LossSettings())
    assert list(losses) == ["classification"]
    assert float(losses["classification"]) == pytest.approx(math.log(2))
