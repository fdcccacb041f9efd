"""The networks by name: their size as published, and that each trains, is saved and exported."""

from math import prod

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.exporting.conversion import convert
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.model.archive import load_archive
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.networks.network import find_network
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.registry import NETWORKS
from auxnet_cli.training.batches import targets_of
from auxnet_cli.training.multitask_model import MultitaskModel

SIZE, CLASSES = (64, 96), 2
IMAGES = np.random.default_rng(1).integers(0, 256, (2, *SIZE, 3)).astype(np.uint8)

BIASES = 26_560
"""``keras.applications``' ResNet-50, and so ours, has a bias in each convolution, of which the
normalisation behind it makes nothing. PyTorch's has none."""

PSPNET = {
    "ResNet-50": 23_508_032,
    "four poolings to 512 channels": 4 * (2048 * 512 + 2 * 512),
    "convolution of C5 and the four": 9 * 4096 * 512 + 2 * 512,
    "classes": 512 * 4 + 4,
}
"""Counted from the paper: the PSPNet that is published for comparison, with 24,314,820 parameters,
is another one, whose encoder ends at C3."""

PUBLISHED = {
    "resnet50": (23_516_228, BIASES),
    "se-resnet50": (26_047_220, BIASES),
    "efficientnet-b0": (4_012_672, 0),
    "fpn": (26_116_420, BIASES),
    "unet": (32_521_540, BIASES),
    "linknet": (31_177_876, BIASES),
    "pspnet": (sum(PSPNET.values()), BIASES),
    "retinanet": (32_263_304, BIASES),
    "ssd300": (24_146_894, 0),
    "cascade-rcnn": (69_161_066, BIASES),
}
"""With four classes: parameters of timm's classifiers, of segmentation-models-pytorch's networks
of torchvision's RetinaNet and SSD, and of mmdetection's Cascade R-CNN; and what ours have more."""


def build(settings, classes=CLASSES, size=SIZE):
    network = find_network(settings.model.name)
    return network.build(classes, "multi-label", settings.tasks, size, settings.model)


def named(name, *overrides):
    return load_settings("swift", overrides=[f"model.name={name}", *overrides])


@pytest.fixture(scope="module")
def small(tiny):
    """Settings of a small network of a name; the encoder is as small as there is."""

    def make(name):
        shrunk = [text for text in tiny if text.startswith("model.")]
        return named(name, *shrunk, f"data.size={list(SIZE)}")

    return make


def test_each_name_has_its_published_size():
    assert set(PUBLISHED) == set(NETWORKS) - {"defect-aux-net"}


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_to_the_unit(name):
    settings = named(name)
    network = build(settings, classes=4, size=settings.data.size)
    trained = sum(prod(weight.shape) for weight in network.trainable_weights)
    published, more = PUBLISHED[name]
    assert trained == published + more


def test_the_biases_of_resnet50():
    network = build(named("resnet50"))
    biases = [
        layer.bias.shape[0]
        for layer in network.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.use_bias
    ]
    assert sum(biases) == BIASES


def train(settings):
    """Takes a step on an image with a defect; returns the network and whether it moved."""
    network = build(settings)
    heads = open_heads(settings.tasks, CLASSES, "multi-label", SIZE, settings.model)
    instances = np.zeros((*SIZE, CLASSES), np.uint16)
    instances[4:40, 8:60, 1] = 1
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3)).astype(np.uint8)
    targets = targets_of(Sample(image, instances), heads)
    model = MultitaskModel(network, settings, heads)
    model.compile(optimizer=keras.optimizers.Adam(0.01), jit_compile=False)
    batch = image[None], {name: value[None] for name, value in targets.items()}
    losses = [float(model.train_on_batch(*batch, return_dict=True)["loss"]) for _ in range(20)]
    return network, heads, losses


@pytest.mark.parametrize("name", NETWORKS)
def test_it_learns_and_is_saved_and_exported(name, small, eager, tmp_path):
    network, heads, losses = train(small(name))
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.8 * losses[0]
    shapes = {name: shape for head in heads.values() for name, shape in head.shapes.items()}
    assert {name: value.shape[1:] for name, value in network.output.items()} == shapes
    expected = outputs(network, IMAGES)
    network.save(tmp_path / "model.keras")
    same(outputs(load_archive(tmp_path / "model.keras"), IMAGES), expected, 1e-5)
    told = inspected(network, small(name))
    assert (told.scores is not None) == ("cls" in heads)
    assert (told.boxes is not None) == ("det" in heads)
    assert (None if told.masks is None else told.masks.shape) == (
        (50, 70, CLASSES) if "seg" in heads else None
    )
    if keras.backend.backend() == "tensorflow":
        same(exported(network, heads, "openvino", tmp_path), expected, 1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_exported_to_onnx(name, small, eager, tmp_path):
    for package in ENGINES["onnx"].format.converters:
        pytest.importorskip(package)
    if keras.backend.backend() != "tensorflow":
        pytest.skip("Keras runs on another back end")
    network, heads, _ = train(small(name))
    same(exported(network, heads, "onnx", tmp_path), outputs(network, IMAGES), 1e-3)


def exported(network, heads, engine, folder):
    """What an artefact answers."""
    entry = ENGINES[engine]
    (folder / engine).mkdir()
    path = convert(network, entry, folder / engine)
    axes = {name: axes for head in heads.values() for name, axes in head.outputs.items()}
    named = {"pixels": ("height", "width", "channels"), **axes}
    entry.load().annotate(path, {name: ("batch", *each) for name, each in named.items()}, {})
    return open_artefact(path, engine).run(IMAGES)


def inspected(network, settings):
    """What the network says of an image of another size."""
    model = settings.model
    card = ModelCard(
        tool_version="0", name="toy", classes=("pit", "crack"), label_kind="multi-label",
        tasks=settings.tasks, size=SIZE, anchors=model.anchors, segmenter=model.segmenter,
        mask_stride=model.mask_stride, detector=model.detector, decision=settings.decision,
        parameters=1, initial_weights="none", dataset={}, sha256="",
    )  # fmt: skip
    inspector = NetworkInspector.of(card, open_engine(network, "keras"))
    (inspection,) = inspector.inspect_batch([np.full((50, 70, 3), 90, np.uint8)])
    return inspection


def outputs(network, images):
    answers = network(images, training=False)
    return {name: keras.ops.convert_to_numpy(value) for name, value in answers.items()}


def same(found, expected, tolerance):
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-3, atol=tolerance)


def test_settings_that_only_fit_together():
    """Neither stands alone, and each order will do."""
    pair = ("model.segmenter=unet", "model.mask_stride=1")
    assert load_settings("swift", overrides=pair) == load_settings("swift", overrides=pair[::-1])
    with pytest.raises(
        InputError, match="mask_stride=2: model: with segmenter unet mask_stride is 1"
    ):
        load_settings("swift", overrides=[*pair, "model.mask_stride=2", "seed=1"])


def test_a_name_brings_its_settings_and_tasks():
    """They override the preset's, and one's own override them."""
    chosen = named("retinanet", "model.encoder=efficientnet-lite0", "loss.focal_gamma=3")
    assert chosen.tasks == ("det",)
    assert (chosen.model.detection_width, chosen.model.anchors.base) == (256, 4)
    assert (chosen.model.encoder, chosen.loss.focal_gamma) == ("efficientnet-lite0", 3)
    assert chosen.training.sampling == "balanced"  # swift's


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (["model.name=unet", "tasks=[cls]"], "network unet is built for seg alone"),
        (["model.segmenter=unet"], "with segmenter unet mask_stride is 1"),
        (["model.mask_stride=8"], "with segmenter fpn mask_stride is 4 or 2"),
        (["model.segmenter=pspnet", "model.mask_stride=8"], "memory.vectors is 0"),
        (
            ["model.segmenter=pspnet", "model.mask_stride=8", "model.memory.vectors=0"],
            "segmenter pspnet leaves det no pyramid",
        ),
    ],
)
def test_what_does_not_fit_is_refused(overrides, says):
    with pytest.raises(InputError, match=says):
        load_settings("swift", overrides=[*overrides])


@pytest.mark.parametrize("segmenter", ["unet", "linknet"])
def test_another_decoder_beside_the_other_tasks(segmenter, small, shallow):
    chosen = load_settings(
        "swift",
        overrides=[
            f"model.segmenter={segmenter}",
            "model.mask_stride=1",
            "model.encoder_width=0.125",
        ],
    )
    network = build(chosen)
    assert network.output["segmentation"].shape[1:] == (*SIZE, CLASSES)
    assert "detection_scores" in network.output
