import math

import numpy as np
import pytest

from auxnet_cli.backend import ops
from auxnet_cli.model.uncertainty import first_log_variance, labelled_heads, uncertainty_loss
from auxnet_cli.settings import LossSettings

tensor = ops.convert_to_tensor


def test_it_starts_at_the_weights_of_the_settings():
    settings = LossSettings(segmentation_weight=4, detection_weight=0.5)
    assert first_log_variance("classification", settings) == 0
    assert math.exp(-first_log_variance("segmentation", settings)) == pytest.approx(4)
    assert math.exp(-first_log_variance("detection", settings)) == pytest.approx(0.5)


def test_by_hand():
    losses = {"segmentation": tensor(3.0), "detection": tensor(5.0)}
    scalars = {"segmentation": tensor(math.log(2)), "detection": tensor(-math.log(4))}
    both = {"segmentation": 1.0, "detection": 1.0}
    # 3 / 2 + log 2 / 2 and 5 · 4 − log 4 / 2
    parts = [1.5 + math.log(2) / 2, 20 - math.log(4) / 2]
    assert float(uncertainty_loss(losses, scalars, both)) == pytest.approx(sum(parts))
    one = {"segmentation": 0.0, "detection": 1.0}
    assert float(uncertainty_loss(losses, scalars, one)) == pytest.approx(parts[1])


def test_only_masks_can_be_missing():
    losses = {name: tensor(1.0) for name in ("classification", "segmentation", "detection")}
    for known, expected in (([0, 0], 0), ([0, 1], 1)):
        targets = {"segmentation_known": np.array(known, np.float32)}
        found = {name: float(value) for name, value in labelled_heads(targets, losses).items()}
        assert found == {"classification": 1, "segmentation": expected, "detection": 1}
    assert list(labelled_heads({}, {"detection": tensor(1.0)})) == ["detection"]
