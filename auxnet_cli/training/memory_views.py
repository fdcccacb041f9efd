"""Describes views of good parts, for the memory to be built from and to be scaled by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.engine import Outputs
from auxnet_cli.inference.engines.opening import open_engine
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.model.memory import OUTPUT, image_distance
from auxnet_cli.model.memory_layers import FEATURES, WHOLE, with_memory
from auxnet_cli.model.memory_whole import WholeImages
from auxnet_cli.verdict.decoded_heads import Floats

WINDOWS, CANDIDATES = 1000, 50_000
"""The most views of good parts, and about the most features of theirs to choose from."""


@dataclass(frozen=True)
class GoodParts:
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
class View:
    """A view of a good image: the distances of its (rows, columns), and its (channels,) mean."""

    distances: Floats
    whole: Floats


def good_parts(
    describe: keras.Model, card: ModelCard, records: Sequence[Record], rng: np.random.Generator
) -> GoodParts:
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
    return GoodParts(np.concatenate(parts), np.concatenate(wholes), images)


def judged_views(
    network: keras.Model,
    describe: keras.Model,
    vectors: Floats,
    card: ModelCard,
    records: Sequence[Record],
) -> list[list[View]]:
    """Returns the views of each image, with the distances of their places alone."""
    remembering = with_memory(network, describe, vectors)
    outputs = {OUTPUT: remembering.output[OUTPUT], WHOLE: describe.output[WHOLE]}
    judging = keras.Model(network.input, outputs)
    return [
        [
            View(distances, whole)
            for batch in batches
            for distances, whole in zip(batch[OUTPUT], batch[WHOLE], strict=True)
        ]
        for batches in _outputs(judging, card, records[:WINDOWS], "scale")
    ]


def fitted_whole(good: Floats, views: Sequence[Sequence[View]]) -> WholeImages:
    """Returns what whole images are compared with, on the scale of the places' distances."""
    whole = WholeImages.fit(good)
    of_wholes = [
        float(whole.distances(np.stack([view.whole for view in image])).max()) for image in views
    ]
    of_places = [max(image_distance(view.distances) for view in image) for image in views]
    return whole.scaled(of_wholes, of_places)


def with_whole(view: View, whole: WholeImages | None) -> Floats:
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
