"""A newcomer is a module and an entry: a toy of each kind trains and predicts."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.data.dataset import Record
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.exporting.conversion import convert
from auxnet_cli.inference.decoding import Decoder
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.inspection import Box
from auxnet_cli.model.encoders.encoder import Encoder
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.heads.head import Head
from auxnet_cli.model.networks.network import Network, find_network
from auxnet_cli.model.scaling import UNIT
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.image_evidence import collect_evidence
from auxnet_cli.scoring.metrics.metric import Metric
from auxnet_cli.scoring.metrics.undetected_classes import undetected_classes
from auxnet_cli.scoring.registry import METRICS
from auxnet_cli.scoring.scores import score
from auxnet_cli.settings import AnchorSettings, DecisionSettings, LossSettings
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.registry import DETECTORS, ENCODERS, NETWORKS, Entry, NetworkEntry
from auxnet_cli.task import TASKS, Task, parse_tasks
from auxnet_cli.training.batches import targets_of
from auxnet_cli.training.multitask_model import MultitaskModel
from auxnet_cli.verdict.verdict import Verdict

SIZE, CLASSES = (32, 64), ("pit", "crack")


def toy_levels(pixels, settings):
    levels, x = {}, pixels
    for level in range(1, 6):
        x = levels[level] = layers.Conv2D(4, 2, 2, "same", name=f"toy{level}")(x)
    return levels


TOY_ENCODER = Encoder(toy_levels, re.compile("toy"))


def toy_scores(classes, label_kind, tasks, size, settings, seed=0, scaling=UNIT):
    keras.utils.set_random_seed(seed)
    pixels = layers.Input((*size, 3), dtype="uint8")
    x = layers.GlobalAveragePooling2D()(scaling.layer()(pixels))
    return keras.Model(pixels, {"classification": layers.Dense(classes, name="scores")(x)})


TOY_NETWORK = Network(toy_scores, lambda heads: {"scores": "classification"})


class CentreDetector(Head):
    """Knows one box an image, of half its width and height."""

    class_layers = ("detection_centre",)
    finest_level = 5

    @property
    def outputs(self):
        return {"detection_centre": {"classes": self.classes}}

    def build(self, levels, merged, settings):
        x = layers.GlobalAveragePooling2D()(merged[5])
        return {"detection_centre": layers.Dense(self.classes, name="detection_centre")(x)}

    def targets(self, truth):
        _, labels = truth.boxes
        return {"detection_centre": np.isin(range(self.classes), labels).astype(np.float32)}

    def loss(self, targets, outputs, settings, weights):
        return ops.mean((targets["detection_centre"] - outputs["detection_centre"]) ** 2)

    def decode(self, outputs, height, width, decision):
        scores = outputs["detection_centre"]
        label = int(scores.argmax())
        return (Box(label, float(scores.max()), width / 4, height / 4, width / 2, height / 2),)


class ShareHead(Head):
    """Learns which part of the image each class covers."""

    class_layers = ("share",)

    @property
    def outputs(self):
        return {"share": {"classes": self.classes}}

    def build(self, levels, merged, settings):
        x = layers.GlobalAveragePooling2D()(levels[3])
        return {"share": layers.Dense(self.classes, name="share")(x)}

    def targets(self, truth):
        return {"share": truth.masks.mean(axis=(0, 1)).astype(np.float32)}

    def loss(self, targets, outputs, settings, weights):
        return ops.mean((targets["share"] - outputs["share"]) ** 2)

    def decode(self, outputs, height, width, decision):
        return np.clip(outputs["share"], 0, 1)


class ShareLoss(LossSettings):
    share_weight: float = 2.0


class ShareDecision(DecisionSettings):
    share: float = 0.01


class ShareMetric(Metric):
    """The largest share that a class was said to cover."""

    task, headlines = "share", ("largest",)

    def weighted_section(self, weights):
        shares = [image.votes["share"].max() for image in self.split.evidence]
        figures = {"shown": len(shares), "missed": 0.0}
        return {"largest": max(shares), "per_class": dict.fromkeys(self.classes, figures)}


SHARE = Task(
    section="share",
    head="toys:ShareHead",
    answer="scores",
    threshold="share",
    rule="a class covers at least {decision.share:.0%}",
    headline="largest",
    scores=("largest",),
    support="shown",
    detected="missed",
    undetected="covering nothing on {} images (share)",
    case="image",
    answers="shares",
    noun="share",
    network=" share",
)


def open_all(settings):
    model = settings.model
    return open_heads(settings.tasks, len(CLASSES), "multi-label", SIZE, model)


def train(settings):
    """A step on one image with a defect; the model and the losses."""
    network = find_network(settings.model.name).build(
        len(CLASSES), "multi-label", settings.tasks, SIZE, settings.model
    )
    instances = np.zeros((*SIZE, 2), np.uint16)
    instances[4:20, 8:30, 1] = 1
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3)).astype(np.uint8)
    heads = open_all(settings)
    targets = targets_of(Sample(image, instances), heads)
    trained = MultitaskModel(network, settings, heads)
    trained.compile(optimizer=keras.optimizers.SGD(0.01), jit_compile=False)
    batch = image[None], {name: value[None] for name, value in targets.items()}
    before = [weight.copy() for weight in network.get_weights()]
    losses = trained.train_on_batch(*batch, return_dict=True)
    moved = zip(before, network.get_weights(), strict=True)
    assert any((former != weight).any() for former, weight in moved)
    return trained, {name: float(loss) for name, loss in losses.items()}


def predict(network, settings):
    card = ModelCard(
        tool_version="0", name="toy", classes=CLASSES, label_kind="multi-label",
        tasks=settings.tasks, size=SIZE, anchors=settings.model.anchors,
        mask_stride=settings.model.mask_stride,
        decision=DecisionSettings(), parameters=1, initial_weights="none", dataset={}, sha256="",
    ).model_copy(update={"decision": settings.decision})  # fmt: skip
    inspector = NetworkInspector.of(card, open_engine(network, "keras"))
    (inspection,) = inspector.inspect_batch([np.zeros((50, 70, 3), np.uint8)])
    return inspection


def exported_alike(network, folder):
    """Whether the network gives the same once it runs on OpenVINO."""
    if keras.backend.backend() != "tensorflow":
        return True
    images = np.random.default_rng(1).integers(0, 256, (2, *SIZE, 3)).astype(np.uint8)
    artefact = open_artefact(convert(network, ENGINES["openvino"], folder), "openvino")
    there, here = artefact.run(images), network(images, training=False)
    return there.keys() == here.keys() and all(
        np.allclose(there[name], keras.ops.convert_to_numpy(here[name]), atol=1e-3) for name in here
    )


def settings(tiny, *overrides):
    return load_settings("demo", overrides=[*tiny, f"data.size={list(SIZE)}", *overrides])


@pytest.fixture
def register(monkeypatch):
    def enter(registry, name):
        monkeypatch.setitem(sys.modules, "toys", sys.modules[__name__])
        entry = NetworkEntry if registry is NETWORKS else Entry
        monkeypatch.setitem(registry, "toy", entry("Toy", f"toys:{name}"))

    return enter


def test_an_encoder(tiny, eager, register, tmp_path):
    register(ENCODERS, "TOY_ENCODER")
    chosen = settings(tiny, "model.encoder=toy")
    trained, losses = train(chosen)
    assert set(losses) == {"loss", "classification", "segmentation", "detection"}
    assert [layer.name for layer in trained.backbone] == [f"toy{level}" for level in range(1, 6)]
    inspection = predict(trained.network, chosen)
    assert inspection.masks.shape == (50, 70, 2)
    assert exported_alike(trained.network, tmp_path)


def test_a_network(tiny, eager, register, tmp_path):
    register(NETWORKS, "TOY_NETWORK")
    chosen = settings(tiny, "model.name=toy", "tasks=[cls]")
    trained, losses = train(chosen)
    assert set(losses) == {"loss", "classification"}
    inspection = predict(trained.network, chosen)
    assert inspection.scores.shape == (2,)
    assert exported_alike(trained.network, tmp_path)


def test_a_detector(tiny, eager, register):
    register(DETECTORS, "CentreDetector")
    chosen = settings(tiny, "model.detector=toy", "tasks=[det]")
    trained, losses = train(chosen)
    assert set(losses) == {"loss", "detection"}
    heads = open_all(chosen)
    assert find_network(chosen.model.name).class_layers(heads) == {"detection_centre": "detection"}
    card = ModelCard.model_construct(
        classes=CLASSES,
        label_kind="multi-label",
        tasks=("det",),
        anchors=AnchorSettings(),
        detector="toy",
        mask_stride=4,
        size=SIZE,
        decision=DecisionSettings(),
    )
    outputs = trained.network.predict_on_batch(np.zeros((1, *SIZE, 3), np.uint8))
    shapes = {name: values.shape[1:] for name, values in outputs.items()}
    assert shapes == heads["det"].shapes
    decoded = Decoder(card).decode({name: values[0] for name, values in outputs.items()}, 40, 80)
    (box,) = decoded.answers["det"]
    assert (box.x, box.y, box.width, box.height) == (20, 10, 40, 20)


def test_a_task(tiny, eager, monkeypatch):
    """Its entry, its head, its settings and its metric."""
    monkeypatch.setitem(sys.modules, "toys", sys.modules[__name__])
    monkeypatch.setitem(TASKS, "share", SHARE)
    monkeypatch.setitem(METRICS, "share", ShareMetric)
    assert parse_tasks("share,cls") == ("cls", "share")
    chosen = settings(tiny, "tasks=[cls, share]")
    parts = {"loss": ShareLoss(), "decision": ShareDecision(verdict=("share",))}
    chosen = chosen.model_copy(update=parts)
    trained, losses = train(chosen)
    assert losses["loss"] == pytest.approx(losses["classification"] + 2 * losses["share"], rel=1e-4)
    inspection = predict(trained.network, chosen)
    rule = Verdict(chosen.decision).rule(chosen.tasks)
    assert rule == "defective when a class covers at least 1%"
    assert list(inspection.votes) == ["cls", "share"]
    assert inspection.defective == bool((inspection.votes["share"] >= 0.01).any())
    record = Record(1, "a.png", Path("a.png"), 50, 70, (), group="a.png")
    evidence = [collect_evidence(record, inspection, len(CLASSES))]
    report = score(EvaluatedSplit(evidence, CLASSES, chosen.tasks, chosen.decision))
    assert report["share"]["largest"] == inspection.votes["share"].max()
    assert report["segmentation"] is None
    never = undetected_classes(report)
    assert [entry["heads"].get("share") for entry in never] == [1, 1]


def test_what_is_not_registered_is_refused():
    with pytest.raises(InputError, match=r"'resnet18', 'resnet50', .* or 'efficientnet-lite2'"):
        load_settings("demo", overrides=["model.encoder=toy"])
    with pytest.raises(InputError, match=r"Input should be 'defect-aux-net', .* or 'cascade-rcnn'"):
        load_settings("demo", overrides=["model.name=toy"])
    with pytest.raises(InputError, match="Input should be 'cls', 'seg' or 'det'"):
        load_settings("demo", overrides=["tasks=[share]"])
