import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.detection import proposals
from auxnet_cli.model.detection.boxes import decode, iou
from auxnet_cli.model.detection.proposals import propose

SIZE = (100, 120)


def proposed(objects, shifts, anchors):
    given = [layers.Input(values.shape[1:]) for values in (objects, shifts)]
    network = keras.Model(given, propose(*given, anchors, SIZE))
    return keras.ops.convert_to_numpy(network([objects, shifts]))


@pytest.fixture
def given():
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 80, (300, 2))
    anchors = np.concatenate([low, low + rng.uniform(5, 40, (300, 2))], axis=1).astype(np.float32)
    objects = rng.normal(size=(2, 300, 1)).astype(np.float32)
    return objects, rng.normal(0, 1, (2, 300, 4)).astype(np.float32), anchors


def test_the_best_boxes_are_proposed_and_covered_ones_only_where_these_are_few(given, monkeypatch):
    monkeypatch.setattr(proposals, "CANDIDATES", 150)
    monkeypatch.setattr(proposals, "REGIONS", 40)
    objects, shifts, anchors = given
    found = proposed(*given)
    for image in range(2):
        boxes = np.clip(decode(shifts[image], anchors), 0, [120, 100, 120, 100])
        order = np.argsort(-objects[image, :, 0])[:150]
        covered = np.triu(iou(boxes[order], boxes[order]), 1).max(axis=0) > 0.7
        assert 0 < covered.sum() < 110
        best = np.concatenate([order[~covered], order[covered]])[:40]
        expected = boxes[np.sort(best)]
        np.testing.assert_allclose(found[image], expected, atol=1e-3)


def test_few_anchors_propose_all(given):
    objects, shifts, anchors = (values[..., :20, :] for values in given)
    assert proposed(objects, shifts, anchors).shape == (2, 20, 4)
