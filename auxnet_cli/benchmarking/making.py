"""Builds networks, and exports and quantises them as the engines need it."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from auxnet_cli.benchmarking.plan import NetworkPlan
from auxnet_cli.documents.benchmark import Variant
from auxnet_cli.exporting.artefacts import EXPORTS, artefact_folder
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.model.memory import OUTPUT

RUN = "run"
PREDICTS = "openvino"
"""The engine that predicts by default."""

CALIBRATION = 4
"""Images of noise to quantise by: the time of a layer does not depend on its measured ranges."""


class NetworkCost(BaseModel):
    """Parameters of a network, and its operations for one image in 10^9."""

    parameters: int
    gflop: float


def noise(images: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Returns a batch of images (images, height, width, 3) of noise."""
    return np.random.default_rng(0).integers(0, 256, (images, *size, 3), np.uint8)


def build(plan: NetworkPlan, size: tuple[int, int]) -> Any:
    """Builds a network, untrained: neither trained weights nor true memories change the time."""
    from auxnet_cli.model.memory_layers import FEATURES, WHOLE, feature_network, with_memory
    from auxnet_cli.model.memory_whole import WholeImages
    from auxnet_cli.model.networks.network import find_network  # these import Keras

    architecture = find_network(plan.settings.name)
    network = architecture.build(plan.classes, plan.label_kind, plan.tasks, size, plan.settings)
    if not plan.memory or architecture.levels is None:
        return network
    names, channels = architecture.levels(plan.settings), plan.settings.memory.channels
    describe = feature_network(network, names, channels, seed=0)
    length = describe.output[FEATURES].shape[-1]
    vectors = np.random.default_rng(0).standard_normal((plan.memory, length))
    whole = None
    if plan.settings.memory.whole:
        width = describe.output[WHOLE].shape[-1]
        whole = WholeImages(np.zeros(width, np.float32), np.eye(width, dtype=np.float32))
    return with_memory(network, describe, vectors.astype(np.float32), whole)


def artefact(folder: Path, index: int, variant: Variant) -> Path:
    """Returns where the artefact of the network at ``index`` lies."""
    entry = ENGINES[variant.engine]
    return artefact_folder(folder / str(index), entry, variant.precision) / entry.format.file


def make(
    plan: NetworkPlan,
    index: int,
    variants: Iterable[Variant],
    size: tuple[int, int],
    folder: Path,
    run: bool = False,
) -> NetworkCost:
    """Builds a network, and writes it for each variant that runs an artefact.

    Its index among all names its folder. With ``run`` it is also written as a run, for ``auxnet
    predict``.
    """
    from auxnet_cli.exporting.conversion import convert  # these import Keras
    from auxnet_cli.exporting.quantisation import quantise
    from auxnet_cli.model.cost import gflop

    network = build(plan, size)
    if run:
        _write_run(network, plan, size, folder / RUN)
    wanted = {variant for variant in variants if ENGINES[variant.engine].artefact}
    for name in sorted({variant.engine for variant in wanted}):
        entry = ENGINES[name]
        fp32 = artefact(folder, index, Variant(engine=name, precision="fp32"))
        if run and name == PREDICTS:
            shutil.copytree(folder / RUN / EXPORTS / PREDICTS, fp32.parent)
        else:
            fp32.parent.mkdir(parents=True)
            convert(network, entry, fp32.parent)
        int8 = Variant(engine=name, precision="int8")
        if int8 in wanted:
            int8_folder = artefact(folder, index, int8).parent
            int8_folder.mkdir(parents=True)
            images = (image[np.newaxis] for image in noise(CALIBRATION, size))
            quantise(fp32, entry, size, images, int8_folder)
    return NetworkCost(parameters=int(network.count_params()), gflop=round(gflop(network), 3))


def _write_run(network: Any, plan: NetworkPlan, size: tuple[int, int], run: Path) -> None:
    """Writes a network as a run that is exported for the engine that predicts."""
    from auxnet_cli import __version__
    from auxnet_cli.documents.memory import MemoryCard
    from auxnet_cli.documents.model_card import ModelCard
    from auxnet_cli.exporting.export_network import Original, export_network
    from auxnet_cli.settings import DecisionSettings
    from auxnet_cli.system.files import sha256

    run.mkdir(parents=True)
    network.save(run / "model.keras")
    memory = None
    if OUTPUT in network.output:
        memory = MemoryCard(vectors=plan.memory, images=1, judged=1, median=0, spread=1)
    ModelCard(
        tool_version=__version__,
        name=plan.family,
        classes=tuple(f"class {number + 1}" for number in range(plan.classes)),
        label_kind=plan.label_kind,
        tasks=plan.tasks,
        size=size,
        anchors=plan.settings.anchors,
        segmenter=plan.settings.segmenter,
        mask_stride=plan.settings.mask_stride,
        detector=plan.settings.detector,
        decision=DecisionSettings(),
        memory=memory,
        parameters=int(network.count_params()),
        initial_weights="none",
        dataset={"name": "none", "fingerprint": "none"},
        sha256=sha256(run / "model.keras"),
    ).write(run / "model.json")
    export_network(Original(run), ENGINES[PREDICTS], run / EXPORTS)
