from pathlib import Path

import pytest

from auxnet_cli.documents.parity import ScoreChange
from auxnet_cli.exporting.accuracy_control import AccuracyError, Trial, control_accuracy

PARTS = (
    "encoder 1/2",
    "channel attention",
    "encoder 1/4",
    "segmentation head",
    "segmentation output",
    "detection_scores output",
    "classification output",
)
NONE = {"accuracy": None, "dice": None, "map": None, "map50": None}


def scores(**changes):
    return NONE | {
        name: ScoreChange(reference=0.9, artefact=0.9 + change, change=change)
        for name, change in changes.items()
    }


class Network:
    """A made-up network that loses Dice for each part in int8."""

    def __init__(self, **costs):
        self.costs, self.tried, self.said = costs, [], []

    def __call__(self, kept):
        self.tried.append(kept)
        lost = sum(cost for part, cost in self.costs.items() if part.replace("_", " ") not in kept)
        return Trial(Path("x"), kept, scores(dice=-lost, accuracy=0.001))

    def control(self, kept=()):
        return control_accuracy(self, PARTS, kept, self.said.append)


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({"dice": -0.005}, True),
        ({"dice": 0.8 - 0.805}, True),
        ({"dice": -0.0051}, False),
        ({"accuracy": -0.0051}, False),
        ({"map": -0.01, "accuracy": 0.1}, True),
        ({"map": -0.0101, "dice": 0.1}, False),
        ({"map50": -1.0, "map": 0.0}, True),
    ],
)
def test_the_limits(changes, passed):
    assert Trial(Path("x"), (), scores(**changes)).passed is passed


def test_what_is_no_number_does_not_pass():
    assert not Trial(Path("x"), (), None).passed


def test_without_losses_only_what_was_asked_for_stays():
    network = Network()
    assert network.control(("no such part", "channel attention")).kept == ("channel attention",)
    assert len(network.tried) == 1
    assert network.said == []


def test_the_part_that_costs_is_found_from_the_outputs_on():
    network = Network(segmentation_head=0.006, encoder_1=0.001)
    found = network.control()
    assert found.kept == ("segmentation head",)
    assert network.tried == [(), ("segmentation output",), ("segmentation head",)]
    assert "dice -0.0070" in network.said[0]
    assert "trying with segmentation output in fp32" in network.said[0]


def test_parts_that_help_only_together():
    class Both(Network):
        def __call__(self, kept):
            self.tried.append(kept)
            lost = 0.0 if {"encoder 1/2", "encoder 1/4"} <= set(kept) else 0.02
            return Trial(Path("x"), kept, scores(dice=-lost))

    found = Both().control()
    assert {"encoder 1/2", "encoder 1/4"} <= set(found.kept)
    assert len(found.kept) < len(PARTS)


def test_what_cannot_be_kept():
    network = Network(any_part_at_all=0.02)
    with pytest.raises(AccuracyError, match=r"accuracy \+0.0010, dice -0.0200"):
        network.control()
    assert all(len(kept) < len(PARTS) for kept in network.tried)
