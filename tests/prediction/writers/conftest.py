from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.prediction.writers import Model, Output, Result


@pytest.fixture
def output(tmp_path):
    """An output folder that is being written to."""
    with Output.hold(tmp_path / "out") as output:
        yield output


@pytest.fixture
def model():
    return Model(("pit", "rolled/in"), "ab" * 32)


@pytest.fixture
def found(model):
    """A pit of 6 pixels; both classes overlap on one of them."""
    masks = np.zeros((10, 12, 2), np.bool_)
    masks[2:4, 3:6, 0] = True
    masks[3, 5, 1] = True
    inspection = Inspection(
        10,
        12,
        model.classes,
        np.array([0.91, 0.125], np.float32),
        masks,
        (Box(0, 0.8, 3.004, 2, 3, 2), Box(1, 0.3, 0, 0, 4, 4)),
        True,
        0.5,
        0.123456,
    )
    image = np.full((10, 12, 3), 90, np.uint8)
    return Result(Path("photos/ä.png"), "ä", image, inspection)


@pytest.fixture
def bare(model):
    """Of a model that only classifies."""
    inspection = Inspection(10, 12, model.classes, np.array([0.1, 0.2]), None, None, False)
    return Result(Path("b.png"), "b", np.zeros((10, 12, 3), np.uint8), inspection)


@pytest.fixture
def unreadable():
    return Result(Path("c.png"), "c", error="c.png is empty.")
