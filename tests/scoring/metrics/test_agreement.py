import json

import numpy as np

from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.metrics.agreement import agreement

CLASSES = ("pit", "crack")
THRESHOLDS = {"cls": 0.5, "seg": 0.6, "det": 0.4}


def _image(name, labels=(False, False), **votes):
    found = {head: np.array(vote, np.float32).astype(float) for head, vote in votes.items()}
    return Evidence(name, name, np.array(labels), False, None, found, None, None, None, ())


def test_contradictions_are_counted_and_listed():
    images = [
        _image("same", cls=[0.9, 0], seg=[0.9, 0], det=[0.9, 0]),
        _image("torn", [True, False], cls=[0.5, 0], seg=[0.59, 0], det=[0.4, 0]),
        _image("both", [False, True], cls=[0, 0.9], seg=[0.6, 0], det=[0, 0]),
    ]
    found = agreement(images, CLASSES, THRESHOLDS)
    assert json.loads(json.dumps(found)) == found
    assert found["images"] == 3
    assert found["heads"] == ["cls", "seg", "det"]
    assert found["contradictions"] == 2
    assert found["share"] == 2 / 3
    assert found["pairs"] == [
        {"heads": ["cls", "seg"], "images": 2},
        {"heads": ["cls", "det"], "images": 1},
        {"heads": ["seg", "det"], "images": 2},
    ]
    assert found["per_class"] == {
        "pit": {"images": 2, "shown": 1},
        "crack": {"images": 1, "shown": 1},
    }
    says = {"cls": True, "seg": False, "det": True}
    assert found["listed"] == [
        {"name": "torn", "class": "pit", "truth": True, **says},
        {"name": "both", "class": "pit", "truth": False, "cls": False, "seg": True, "det": False},
        {"name": "both", "class": "crack", "truth": True, "cls": True, "seg": False, "det": False},
    ]


def test_a_head_that_was_not_built_says_nothing():
    found = agreement([_image("a", seg=[0.9, 0], det=[0, 0])], CLASSES, THRESHOLDS)
    assert found["heads"] == ["seg", "det"]
    assert found["pairs"] == [{"heads": ["seg", "det"], "images": 1}]
    assert found["listed"][0]["cls"] is None


def test_one_head_alone_cannot_contradict():
    found = agreement([_image("a", det=[0.9, 0])], CLASSES, THRESHOLDS)
    assert found["contradictions"] is found["share"] is None
    assert found["reasons"]["share"] == "only one head was built"
    assert agreement([], CLASSES, THRESHOLDS)["reasons"]["share"].startswith("there are no images")


def test_a_threshold_counts_as_the_decoder_counts_it():
    """0.7 as 32-bit float is a little less than as 64-bit float."""
    images = [_image("a", cls=[0.7, 0], det=[0.9, 0])]
    assert agreement(images, CLASSES, {"cls": 0.7, "det": 0.4})["contradictions"] == 0
