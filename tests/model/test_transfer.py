import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.model.blocks import upsample
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.networks.defect_aux_net import DEFECT_AUX_NET
from auxnet_cli.model.transfer import ClassOutputs, transfer
from auxnet_cli.settings import ModelSettings
from auxnet_cli.task import TASKS

SETTINGS = ModelSettings(
    encoder="resnet18",
    attention="se",
    pyramid_width=8,
    segmentation_width=8,
    detection_width=8,
    detection_depth=1,
)
HEADS = open_heads(TASKS, 1, "multi-label", (32, 64), SETTINGS)
CLASS_LAYERS = DEFECT_AUX_NET.class_layers(HEADS)


@pytest.fixture
def build(eager):
    def of(answers, seed, size=(32, 64), tasks=("cls", "seg", "det"), **changed):
        settings = SETTINGS.model_copy(update=changed)
        count = len(answers.classes)
        return DEFECT_AUX_NET.build(count, answers.label_kind, tasks, size, settings, seed)

    return of


def weights(network):
    return {layer.name: layer.get_weights() for layer in network.layers if layer.weights}


def same(first, second):
    return all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def multi(*classes):
    return ClassOutputs(classes, "multi-label")


def copy(network, donor, outputs, donor_outputs):
    return transfer(network, donor, outputs, donor_outputs, CLASS_LAYERS)


def summary(copied):
    return copied.summary(DEFECT_AUX_NET.part_of)


def test_the_same_classes_at_another_size_take_everything(build):
    answers = multi("pit", "scratch")
    donor, network = build(answers, 1), build(answers, 2, size=(64, 96))
    before, given = weights(network), weights(donor)
    assert not same(before["conv1_conv"], given["conv1_conv"])
    copied = copy(network, donor, answers, answers)
    assert set(copied.taken) == set(given)
    assert (copied.shared, copied.remade) == ({}, ())
    assert all(same(values, given[name]) for name, values in weights(network).items())
    assert summary(copied) == f"{len(given)} layers taken over"


def test_other_classes_are_made_anew(build):
    """Though their number is the same, so that every shape fits."""
    theirs, own = multi("pit", "scratch"), multi("fray", "break")
    donor, network = build(theirs, 1), build(own, 2)
    before, given = weights(network), weights(donor)
    copied = copy(network, donor, own, theirs)
    assert sorted(copied.remade) == sorted(CLASS_LAYERS)
    after = weights(network)
    for name, values in after.items():
        assert same(values, before[name] if name in CLASS_LAYERS else given[name]), name
    assert summary(copied).endswith("made anew: " + ", ".join(copied.remade))


def test_known_classes_are_taken_over_wherever_they_stand(build):
    theirs, own = multi("pit", "scratch", "stain"), multi("stain", "fray", "pit", "dent")
    donor, network = build(theirs, 1), build(own, 2)
    before, given = weights(network), weights(donor)
    copied = copy(network, donor, own, theirs)
    assert copied.shared == dict.fromkeys(CLASS_LAYERS, ("stain", "pit"))
    assert copied.remade == ()
    assert "of classification only stain, pit" in summary(copied)
    after = weights(network)
    for name in ("classification", "segmentation_conv"):
        for new, fresh, old in zip(after[name], before[name], given[name], strict=True):
            np.testing.assert_array_equal(new[..., [0, 2]], old[..., [2, 0]])
            np.testing.assert_array_equal(new[..., [1, 3]], fresh[..., [1, 3]])
    # 9 anchors, the classes of each one after another.
    kernel, fresh, old = (of["detection_scores_out"][0] for of in (after, before, given))
    for anchor in range(9):
        np.testing.assert_array_equal(kernel[..., 4 * anchor + 0], old[..., 3 * anchor + 2])
        np.testing.assert_array_equal(kernel[..., 4 * anchor + 1], fresh[..., 4 * anchor + 1])
        np.testing.assert_array_equal(kernel[..., 4 * anchor + 2], old[..., 3 * anchor + 0])


def test_good_is_a_class_of_exclusive_labels(build):
    theirs, own = ClassOutputs(("pit",), "exclusive"), ClassOutputs(("pit", "dent"), "exclusive")
    donor, network = build(theirs, 1, tasks=("cls",)), build(own, 2, tasks=("cls",))
    copied = copy(network, donor, own, theirs)
    assert copied.shared == {"classification": ("good", "pit")}
    kernel, old = (weights(each)["classification"][0] for each in (network, donor))
    np.testing.assert_array_equal(kernel[:, :2], old)


def test_scores_of_another_label_kind_are_made_anew(build):
    theirs, own = multi("pit"), ClassOutputs(("pit",), "exclusive")
    donor, network = build(theirs, 1), build(own, 2)
    copied = copy(network, donor, own, theirs)
    assert copied.remade == ("classification",)
    assert "segmentation_conv" in copied.taken


def test_heads_that_the_donor_has_not_start_fresh(build):
    answers = multi("pit")
    donor, network = build(answers, 1, tasks=("cls",)), build(answers, 2)
    before = weights(network)
    copied = copy(network, donor, answers, answers)
    assert set(copied.taken) == set(weights(donor))
    after = weights(network)
    assert set(summary(copied).partition("made anew: ")[2].split(", ")) == {
        "pyramid",
        "segmentation",
        "detection",
    }
    assert all(same(after[name], before[name]) for name in copied.remade)


def test_a_donor_that_enlarges_its_masks_itself_gives_every_layer(build):
    answers = multi("pit")
    inner, network = build(answers, 1), build(answers, 2)
    whole = upsample(
        inner.output["segmentation"], (32, 64), SETTINGS.mask_stride, "bilinear", "segmentation"
    )
    donor = keras.Model(inner.input, {**inner.output, "segmentation": whole})
    copied = copy(network, donor, answers, answers)
    assert not copied.remade
    assert all(same(weights(network)[name], values) for name, values in weights(inner).items())


def test_another_width_or_number_of_anchors_starts_fresh(build):
    answers = multi("pit")
    anchors = SETTINGS.anchors.model_copy(update={"ratios": (1.0,)})
    donor, network = build(answers, 1), build(answers, 2, segmentation_width=12, anchors=anchors)
    copied = copy(network, donor, answers, answers)
    assert {"detection_scores_out", "detection_boxes_out", "segmentation_conv"} < set(copied.remade)
    assert "detection_scores_conv1" in copied.taken
    assert "segmentation2_2_conv" in copied.remade
