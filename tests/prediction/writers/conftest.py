from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.prediction.image_result import ImageResult
from auxnet_cli.prediction.output import Output


@pytest.fixture
def output(tmp_path):
    """An output folder that is being written to."""
    with Output.hold(tmp_path / "out") as output:
        yield output


@pytest.fixture
def card():
    """What a writer takes of a model card."""
    return SimpleNamespace(classes=("pit", "rolled/in"), sha256="ab" * 32)


@pytest.fixture
def defective(card):
    """A pit of 6 pixels; both classes overlap on one of them."""
    masks = np.zeros((10, 12, 2), np.bool_)
    masks[2:4, 3:6, 0] = True
    masks[3, 5, 1] = True
    inspection = Inspection(
        10,
        12,
        card.classes,
        np.array([0.91, 0.125], np.float32),
        masks,
        (Box(0, 0.8, 3.004, 2, 3, 2, "fused"), Box(1, 0.3, 0, 0, 4, 4)),
        True,
        0.5,
        0.123456,
    )
    image = np.full((10, 12, 3), 90, np.uint8)
    return ImageResult(Path("photos/ä.png"), image, inspection)


@pytest.fixture
def bare(card):
    """Of a model that only classifies."""
    inspection = Inspection(10, 12, card.classes, np.array([0.1, 0.2]), None, None, False)
    return ImageResult(Path("b.png"), np.zeros((10, 12, 3), np.uint8), inspection)


@pytest.fixture
def unreadable():
    return ImageResult(Path("c.png"), error="c.png is empty.")
