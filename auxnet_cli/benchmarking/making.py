"""Making what the benchmark times: each network, exported and quantised as the engines need it."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.benchmarking.plan import NetworkPlan, Variant
from auxnet_cli.exporting.artefacts import EXPORTS, artefact_folder
from auxnet_cli.inference.engines.registry import ENGINES, EngineEntry

RUN = "run"
DEFAULT = "openvino"
"""The engine that predicts."""

CALIBRATION = 4
"""Images of noise to quantise by. The time of a layer does not depend on the ranges found."""


def build(plan: NetworkPlan, size: tuple[int, int]) -> Any:
    """A network, untrained: trained weights do not change the time."""
    from auxnet_cli.model.networks.network import find_network

    network = find_network(plan.settings.name)
    return network.build(plan.classes, plan.label_kind, plan.tasks, size, plan.settings)


def artefact(folder: Path, index: int, variant: Variant) -> Path:
    """Where the artefact of the network at ``index`` lies, of a variant that runs an artefact."""
    entry = ENGINES[variant.engine]
    own = artefact_folder(folder / str(index), entry, variant.precision)
    return own / entry.format.file


def make(
    plan: NetworkPlan,
    index: int,
    variants: Iterable[Variant],
    size: tuple[int, int],
    folder: Path,
    run: bool = False,
) -> dict[str, Any]:
    """Build a network, and write it for each variant that runs an artefact.

    Args:
        plan: the network.
        index: its place among all; names its folder.
        variants: what it is timed in.
        size: (height, width) of its input.
        folder: where to.
        run: also write it as a run, for ``auxnet predict``.

    Returns:
        ``parameters``, and ``gflop`` per image.
    """
    from auxnet_cli.exporting.conversion import convert
    from auxnet_cli.model.cost import gflop

    network = build(plan, size)
    if run:
        write_run(network, plan, size, folder / RUN)
    wanted = {one for one in variants if ENGINES[one.engine].artefact}
    for name in sorted({one.engine for one in wanted}):
        entry = ENGINES[name]
        plain = artefact(folder, index, Variant(engine=name, precision="fp32"))
        if run and name == DEFAULT:
            shutil.copytree(folder / RUN / EXPORTS / DEFAULT, plain.parent)
        else:
            plain.parent.mkdir(parents=True)
            convert(network, entry, plain.parent)
        quantised = Variant(engine=name, precision="int8")
        if quantised in wanted:
            _quantise(plain, entry, size, artefact(folder, index, quantised).parent)
    return {"parameters": int(network.count_params()), "gflop": round(gflop(network), 3)}


def write_run(network: Any, plan: NetworkPlan, size: tuple[int, int], run: Path) -> None:
    """Write a network as a run that is exported for the default engine.

    Raises:
        AuxnetError: it cannot be exported, or its artefact answers otherwise than Keras.
    """
    from auxnet_cli import __version__
    from auxnet_cli.documents.model_card import ModelCard
    from auxnet_cli.exporting.artefacts import EXPORTS
    from auxnet_cli.exporting.export_network import Original, export_fp32
    from auxnet_cli.settings import DecisionSettings
    from auxnet_cli.system.files import sha256

    run.mkdir(parents=True)
    network.save(run / "model.keras")
    ModelCard(
        tool_version=__version__,
        name=plan.family,
        classes=tuple(f"class {number + 1}" for number in range(plan.classes)),
        label_kind=plan.label_kind,
        tasks=plan.tasks,
        size=size,
        anchors=plan.settings.anchors,
        decision=DecisionSettings(),
        parameters=int(network.count_params()),
        initial_weights="none",
        dataset={"name": "none", "fingerprint": "none"},
        sha256=sha256(run / "model.keras"),
    ).write(run / "model.json")
    export_fp32(Original(run), ENGINES[DEFAULT], run / EXPORTS)


def _quantise(path: Path, entry: EngineEntry, size: tuple[int, int], folder: Path) -> Path:
    from auxnet_cli.exporting.quantisation import quantise

    folder.mkdir(parents=True)
    return quantise(path, entry, size, _noise(size), folder)


def _noise(size: tuple[int, int]) -> Iterator[NDArray[np.uint8]]:
    """Batches of one image."""
    rng = np.random.default_rng(0)
    for _ in range(CALIBRATION):
        yield rng.integers(0, 256, (1, *size, 3), np.uint8)
