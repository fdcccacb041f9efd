"""Builds the memory of good parts of a trained network, after its training."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.model.coreset import coreset
from auxnet_cli.model.memory import distance_scale, image_distance
from auxnet_cli.model.memory_layers import (
    feature_network,
    with_memory,
    without_memory,
)
from auxnet_cli.model.networks.network import find_network
from auxnet_cli.settings import Settings
from auxnet_cli.training.memory_views import fitted_whole, good_parts, judged_views, with_whole
from auxnet_cli.training.record import save_model

FEWEST = 20
"""Good training images that a memory takes: of fewer it would know too little of what is good."""

FEWEST_JUDGES = 10
"""Good validation images that the scale takes; of fewer, training images are kept out for it."""

KEPT_OUT = 4
"""One of so many training images is then kept out."""


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
    good = good_parts(describe, card, train, rng)
    chosen = coreset(good.features, wanted.vectors, seed)
    vectors = good.features[chosen]
    views = judged_views(network, describe, vectors, card, judges)
    whole = fitted_whole(good.wholes, views) if wanted.whole else None
    network = with_memory(network, describe, vectors, whole)
    distances = [max(image_distance(with_whole(view, whole)) for view in image) for image in views]
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
