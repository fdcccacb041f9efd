"""Builds the memory of good parts of a trained network, after its training."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.engine import Outputs
from auxnet_cli.inference.engines.opening import open_engine
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.model.coreset import coreset
from auxnet_cli.model.memory import OUTPUT, distance_scale, image_distance
from auxnet_cli.model.memory_layers import (
    FEATURES,
    WHOLE,
    feature_network,
    with_memory,
    without_memory,
)
from auxnet_cli.model.memory_whole import WholeImages
from auxnet_cli.model.networks.network import find_network
from auxnet_cli.settings import Settings
from auxnet_cli.training.record import save_model
from auxnet_cli.verdict.decoded_heads import Floats

FEWEST = 20
"""Good training images that a memory takes: of fewer it would know too little of what is good."""

FEWEST_JUDGES = 10
"""Good validation images that the scale takes; of fewer, training images are kept out for it."""

KEPT_OUT = 4
"""One of so many training images is then kept out."""

WINDOWS, CANDIDATES = 1000, 50_000
"""The most views of good parts, and about the most features of theirs to choose from."""


def build_memory(run: Path, dataset: Dataset, settings: Settings) -> str:
    """Adds a memory of good parts to the network of a run, and its scale to the model card.

    The same network, data and seed give the same memory. Both files are replaced together; a
    memory that is there already is built anew.

    Returns:
        A sentence on what was built, or on why there is no memory; empty if none is wanted.

    Raises:
        InputError: the network or the card is damaged.
    """
    levels = find_network(settings.model.name).levels
    wanted, seed = settings.model.memory, settings.seed
    if not wanted.vectors or levels is None:
        return ""
    rng = np.random.default_rng(seed)
    train, val = (_good(dataset.split(name), rng) for name in ("train", "val"))
    if len(train) < FEWEST:
        return (
            f"No memory of good parts: it takes {FEWEST} good training images, and there are "
            f"{len(train)}."
        )
    judges = val
    if len(val) < FEWEST_JUDGES:
        judges, train = _kept_out(train)
    card = ModelCard.read(run / CARD)
    network = without_memory(load_network(run / NETWORK, card))
    describe = feature_network(network, levels(settings.model), wanted.channels, seed)
    good = _features(describe, card, train, rng)
    chosen = coreset(good.features, wanted.vectors, seed)
    vectors = good.features[chosen]
    views = _judged_views(network, describe, vectors, card, judges)
    whole = _fitted_whole(good.wholes, views) if wanted.whole else None
    network = with_memory(network, describe, vectors, whole)
    distances = [max(image_distance(_with_whole(view, whole)) for view in image) for image in views]
    median, spread = distance_scale(distances)
    memory = MemoryCard(
        vectors=len(chosen), images=good.images, judged=len(distances), median=median, spread=spread
    )
    update = {"memory": memory, "parameters": network.count_params()}
    save_model(run, network, card.model_copy(update=update))
    return (
        f"Memory of good parts: {memory.vectors} features of {memory.images} images, "
        f"scaled by {memory.judged} others."
    )


def _good(records: Sequence[Record], rng: np.random.Generator) -> list[Record]:
    """Returns the images of good parts, shuffled."""
    good = [record for record in records if not record.annotations]
    return [good[index] for index in rng.permutation(len(good))]


def _kept_out(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Keeps one of ``KEPT_OUT`` images or a few more out, no part on both sides if that can be."""
    sizes = Counter(record.group for record in records)
    groups: set[str] = set()
    for record in records:
        if sum(sizes[group] for group in groups) >= len(records) // KEPT_OUT:
            break
        groups.add(record.group)
    if len(groups) == len(sizes):  # all show one part
        return list(records[: len(records) // KEPT_OUT]), list(records[len(records) // KEPT_OUT :])
    sides: tuple[list[Record], list[Record]] = ([], [])
    for record in records:
        sides[record.group not in groups].append(record)
    return sides


@dataclass(frozen=True)
class _Good:
    """What is known of good training images.

    Attributes:
        features: (features, channels) of places.
        wholes: (views, channels) of whole views.
        images: how many they come from.
    """

    features: Floats
    wholes: Floats
    images: int


@dataclass(frozen=True)
class _View:
    """A view of a good image: the distances of its (rows, columns), and its (channels,) mean."""

    distances: Floats
    whole: Floats


def _features(
    describe: keras.Model, card: ModelCard, records: Sequence[Record], rng: np.random.Generator
) -> _Good:
    """Describes some of the images."""
    numbers = [len(windows(record.height, record.width, card.tile)) for record in records]
    count = 1 + int(np.searchsorted(np.cumsum(numbers), WINDOWS))
    share = -(-CANDIDATES // sum(numbers[:count]))
    parts, wholes, images = [], [], 0
    for outputs in _outputs(describe, card, records[:count], "remember"):
        images += 1
        wholes += [batch[WHOLE] for batch in outputs]
        for view in np.concatenate([batch[FEATURES] for batch in outputs]):
            places = view.reshape(-1, view.shape[-1])
            parts.append(places[rng.permutation(len(places))[:share]])
    return _Good(np.concatenate(parts), np.concatenate(wholes), images)


def _judged_views(
    network: keras.Model,
    describe: keras.Model,
    vectors: Floats,
    card: ModelCard,
    records: Sequence[Record],
) -> list[list[_View]]:
    """Returns the views of each image, with the distances of their places alone."""
    remembering = with_memory(network, describe, vectors)
    outputs = {OUTPUT: remembering.output[OUTPUT], WHOLE: describe.output[WHOLE]}
    judging = keras.Model(network.input, outputs)
    return [
        [
            _View(distances, whole)
            for batch in batches
            for distances, whole in zip(batch[OUTPUT], batch[WHOLE], strict=True)
        ]
        for batches in _outputs(judging, card, records[:WINDOWS], "scale")
    ]


def _fitted_whole(good: Floats, views: Sequence[Sequence[_View]]) -> WholeImages:
    """Returns what whole images are compared with, on the scale of the places' distances."""
    whole = WholeImages.fit(good)
    of_wholes = [
        float(whole.distances(np.stack([view.whole for view in image])).max()) for image in views
    ]
    of_places = [max(image_distance(view.distances) for view in image) for image in views]
    return whole.scaled(of_wholes, of_places)


def _with_whole(view: _View, whole: WholeImages | None) -> Floats:
    """Returns the distances of a view's places as the network gives them."""
    if whole is None:
        return view.distances
    return np.maximum(view.distances, whole.distances(view.whole))


def _outputs(
    network: keras.Model, card: ModelCard, records: Sequence[Record], title: str
) -> Iterator[list[Outputs]]:
    """Yields the outputs for the batches of each image that can be read.

    Raises:
        InputError: none can be read.
    """
    # Good parts are remembered and judged as they are, not in a mirror.
    plain = card.decision.model_copy(update={"mirrored": False})
    card = card.model_copy(update={"decision": plain})
    inspector = NetworkInspector.of(card, open_engine(network))
    error: InputError | None = None
    done = 0
    for record in tqdm(records, title, unit="image", leave=False, disable=None):
        try:
            image = read_record(record, card.bits)
        except InputError as failure:
            error = failure
            continue
        done += 1
        yield [inspector.engine.run(batch) for batch in inspector.batches([image])]
    if not done and error is not None:
        raise error
