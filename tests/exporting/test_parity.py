import numpy as np
import pytest

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.exporting.parity import parity
from auxnet_cli.exporting.parity_images import ParityImages, parity_images


class Changed:
    """An engine whose answers are changed on their way out."""

    name, precision = "changed", "fp32"

    def __init__(self, engine, change):
        self.engine, self.change = engine, change

    def run(self, images):
        return self.change(self.engine.run(images))


@pytest.fixture(scope="module")
def card(untrained):
    return ModelCard.read(untrained / "model.json")


@pytest.fixture(scope="module")
def engine(original):
    return original[1]


@pytest.fixture(scope="module")
def images(untrained, card, made):
    found = parity_images(untrained, card, made.root)
    return ParityImages(found.source, found.items[:3], found.bits)


def shifted(head, by):
    return lambda outputs: {**outputs, head: outputs[head] + np.float32(by)}


def test_a_network_equals_itself(card, engine, images):
    found = parity(card, engine, engine, images)
    assert found.passed
    assert found.images == 3
    assert found.verdicts_changed == 0
    assert {one.max_abs_difference for one in found.outputs.values()} == {0.0}
    assert all(one.max_abs > 0 for one in found.outputs.values())
    for figures in found.scores.values():
        assert figures is None or figures.change == 0
    assert found.scores["dice"].reference == found.scores["dice"].artefact


@pytest.mark.parametrize(
    "head", ["classification", "segmentation", "detection_scores", "detection_boxes"]
)
@pytest.mark.parametrize(("by", "passed"), [(5e-4, True), (2e-3, False)])
def test_each_head_is_compared(card, engine, images, head, by, passed):
    found = parity(card, engine, Changed(engine, shifted(head, by)), images)
    assert found.passed is passed
    for name, one in found.outputs.items():
        assert one.max_abs_difference == pytest.approx(by if name == head else 0, rel=0.02)


@pytest.mark.parametrize(
    "change",
    [
        shifted("segmentation", np.nan),
        lambda outputs: {k: v for k, v in outputs.items() if k != "classification"},
        lambda outputs: {**outputs, "classification": outputs["classification"][:, :1]},
        lambda outputs: {**outputs, "more": outputs["classification"]},
    ],
    ids=["no number", "a head is missing", "another shape", "a head too many"],
)
def test_answers_that_cannot_be_compared_do_not_pass(card, engine, change):
    noise = ParityImages("noise", (np.zeros((8, 8, 3), np.uint8),))
    found = parity(card, engine, Changed(engine, change), noise)
    assert not found.passed
    assert float("inf") in [one.max_abs_difference for one in found.outputs.values()]


def test_changed_scores_and_verdicts_are_told(card, engine, images):
    inverted = Changed(engine, lambda outputs: {k: -v for k, v in outputs.items()})
    found = parity(card, engine, inverted, images)
    assert found.scores["dice"].change != 0
    figures = found.scores["accuracy"]
    assert figures.change == figures.artefact - figures.reference


def test_without_truth_there_are_no_scores(card, engine):
    noise = ParityImages("noise", (np.full((9, 9, 3), 7, np.uint8),))
    found = parity(card, engine, engine, noise)
    assert found.passed
    assert found.scores == dict.fromkeys(("accuracy", "dice", "map", "map50"))


def test_without_images_nothing_is_proven(card, engine):
    assert not parity(card, engine, engine, ParityImages("none", ())).passed
