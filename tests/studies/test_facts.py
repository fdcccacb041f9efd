import json

import pytest

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.studies.facts import training_facts
from auxnet_cli.system.files import write_yaml
from auxnet_cli.workspace import CONFIG, HISTORY


def facts(folder, network, *overrides):
    """Those of a run of two epochs of 45 seconds."""
    settings = load_settings("swift", overrides=[f"model.name={network}", *overrides])
    write_yaml(folder / CONFIG, settings.model_dump(mode="json"))
    (folder / HISTORY).write_text(f"{json.dumps({'seconds': 45})}\n" * 2)
    card = ModelCard(
        tool_version="0", name="toy", classes=("pit",), label_kind="multi-label",
        tasks=settings.tasks, size=(64, 96), anchors=settings.model.anchors,
        decision=settings.decision, parameters=7, initial_weights="none", dataset={}, sha256="",
    )  # fmt: skip
    return training_facts(folder, card)


def test_what_was_trained_for_how_long(tmp_path):
    found = facts(tmp_path, "unet", "model.encoder=resnet18", "model.encoder_width=0.5")
    assert (found.minutes, found.parameters) == (1.5, 7)
    assert found.settings["network"] == "unet"
    assert found.settings["encoder"] == "resnet18 x 0.5"
    assert (found.settings["input"], found.settings["epochs"]) == ("64 x 96", "2")


@pytest.mark.parametrize(
    ("network", "overrides", "of_masks", "of_boxes"),
    [
        (
            "defect-aux-net",
            ["loss.segmentation=dice", "loss.box_scores=focal", "loss.focal_gamma=4"],
            "dice",
            "focal, gamma 4, giou",
        ),
        ("unet", ["loss.segmentation=bce"], "bce", None),
        ("ssd300", [], None, "softmax with the hardest background, smooth-l1"),
        (
            "cascade-rcnn",
            [],
            None,
            "softmax with the hardest background in each stage, smooth-l1",
        ),
        ("resnet50", [], None, None),
    ],
)
def test_the_losses_of_each_network_are_named(tmp_path, network, overrides, of_masks, of_boxes):
    settings = facts(tmp_path, network, *overrides).settings
    assert settings.get("loss of masks") == of_masks
    assert settings.get("loss of boxes") == of_boxes
