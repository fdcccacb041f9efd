"""A newcomer is a module and an entry: a toy of each kind trains and predicts."""

import re
import sys

import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.decoding import Decoder
from auxnet_cli.inference.engines.opening import open_engine
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.inspection import Box
from auxnet_cli.model.detection import DETECTORS, open_detector
from auxnet_cli.model.detection.detector import Detector
from auxnet_cli.model.encoders.encoder import Encoder
from auxnet_cli.model.networks.network import Network, find_network
from auxnet_cli.model.scaling import UNIT
from auxnet_cli.settings import AnchorSettings, DecisionSettings
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.registry import ENCODERS, NETWORKS, Entry
from auxnet_cli.settings.section import Section
from auxnet_cli.training.multitask_model import MultitaskModel
from auxnet_cli.training.targets import TargetMaker

SIZE, CLASSES = (32, 64), ("pit", "crack")


def toy_levels(pixels, settings):
    levels, x = {}, pixels
    for level, stride in {2: 4, 3: 2, 4: 2, 5: 2}.items():
        x = levels[level] = layers.Conv2D(4, stride, stride, "same", name=f"toy{level}")(x)
    return levels


TOY_ENCODER = Encoder(toy_levels, re.compile("toy"))


def toy_scores(classes, label_kind, tasks, size, settings, seed=0, scaling=UNIT):
    keras.utils.set_random_seed(seed)
    pixels = layers.Input((*size, 3), dtype="uint8")
    x = layers.GlobalAveragePooling2D()(scaling.layer()(pixels))
    return keras.Model(pixels, {"classification": layers.Dense(classes, name="scores")(x)})


TOY_NETWORK = Network(toy_scores, lambda settings: {"scores": "classification"})


class CentreSettings(Section):
    """Of a detector that knows one box an image, of half its width and height."""


class CentreDetector(Detector):
    class_layers = ("detection_centre",)
    finest_level = 5

    def head(self, merged, classes, settings):
        x = layers.GlobalAveragePooling2D()(merged[5])
        return {"detection_centre": layers.Dense(classes, name="detection_centre")(x)}

    def output_shapes(self, classes):
        return {"detection_centre": (classes,)}

    def targets(self, boxes, labels):
        return {"detection_centre": np.isin(range(len(CLASSES)), labels).astype(np.float32)}

    def loss(self, targets, outputs, settings):
        return ops.mean((targets["detection_centre"] - outputs["detection_centre"]) ** 2)

    def decode(self, outputs, height, width, decision):
        scores = outputs["detection_centre"]
        label = int(scores.argmax())
        return (Box(label, float(scores.max()), width / 4, height / 4, width / 2, height / 2),)


def train(settings):
    """A step on one image with a defect; the model and the losses."""
    network = find_network(settings.model.name).build(
        len(CLASSES), "multi-label", settings.tasks, SIZE, settings.model
    )
    instances = np.zeros((*SIZE, 2), np.uint16)
    instances[4:20, 8:30, 1] = 1
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3)).astype(np.uint8)
    sample = Sample(image, instances)
    targets = TargetMaker(settings, exclusive=False)(sample)
    trained = MultitaskModel(network, settings, exclusive=False)
    trained.compile(optimizer=keras.optimizers.SGD(0.01), jit_compile=False)
    batch = image[None], {name: value[None] for name, value in targets.items()}
    before = [weight.copy() for weight in network.get_weights()]
    losses = trained.train_on_batch(*batch, return_dict=True)
    moved = zip(before, network.get_weights(), strict=True)
    assert any((one != other).any() for one, other in moved)
    return trained, {name: float(loss) for name, loss in losses.items()}


def predict(network, settings):
    card = ModelCard(
        tool_version="0", name="toy", classes=CLASSES, label_kind="multi-label",
        tasks=settings.tasks, size=SIZE, anchors=settings.model.anchors,
        decision=DecisionSettings(), parameters=1, initial_weights="none", dataset={}, sha256="",
    )  # fmt: skip
    inspector = NetworkInspector.of(card, open_engine(network, "keras"))
    (inspection,) = inspector.inspect_batch([np.zeros((50, 70, 3), np.uint8)])
    return inspection


def settings(tiny, *overrides):
    return load_settings("demo", overrides=[*tiny, f"data.size={list(SIZE)}", *overrides])


@pytest.fixture
def register(monkeypatch):
    def enter(registry, name):
        monkeypatch.setitem(sys.modules, "toys", sys.modules[__name__])
        monkeypatch.setitem(registry, "toy", Entry("Toy", f"toys:{name}"))

    return enter


def test_an_encoder(tiny, eager, register):
    register(ENCODERS, "TOY_ENCODER")
    chosen = settings(tiny, "model.encoder=toy")
    trained, losses = train(chosen)
    assert set(losses) == {"loss", "classification", "segmentation", "detection"}
    assert [layer.name for layer in trained.backbone] == [f"toy{level}" for level in (2, 3, 4, 5)]
    assert predict(trained.network, chosen).masks.shape == (50, 70, 2)


def test_a_network(tiny, eager, register):
    register(NETWORKS, "TOY_NETWORK")
    chosen = settings(tiny, "model.name=toy", "tasks=[cls]")
    trained, losses = train(chosen)
    assert set(losses) == {"loss", "classification"}
    assert predict(trained.network, chosen).scores.shape == (2,)


def test_a_detector(tiny, eager, monkeypatch):
    monkeypatch.setitem(DETECTORS, CentreSettings, CentreDetector)
    chosen = settings(tiny, "tasks=[det]")
    model = chosen.model.model_copy(update={"anchors": CentreSettings()})
    trained, losses = train(chosen.model_copy(update={"model": model}))
    assert set(losses) == {"loss", "detection"}
    assert find_network(model.name).class_layers(model)["detection_centre"] == "detection"
    detector = open_detector(CentreSettings(), SIZE)
    card = ModelCard.model_construct(
        classes=CLASSES,
        label_kind="multi-label",
        anchors=CentreSettings(),
        size=SIZE,
        decision=DecisionSettings(),
    )
    outputs = trained.network.predict_on_batch(np.zeros((1, *SIZE, 3), np.uint8))
    shapes = {name: values.shape[1:] for name, values in outputs.items()}
    assert shapes == detector.output_shapes(len(CLASSES))
    (box,) = (
        Decoder(card).decode({name: values[0] for name, values in outputs.items()}, 40, 80).boxes
    )
    assert (box.x, box.y, box.width, box.height) == (20, 10, 40, 20)


def test_what_is_not_registered_is_refused():
    with pytest.raises(InputError, match="'resnet18', 'resnet50' or 'efficientnetb0'"):
        load_settings("demo", overrides=["model.encoder=toy"])
    with pytest.raises(InputError, match="Input should be 'defect-aux-net'"):
        load_settings("demo", overrides=["model.name=toy"])
    assert isinstance(open_detector(AnchorSettings(), SIZE), DETECTORS[AnchorSettings])
