from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.exporting.any_size import any_size
from auxnet_cli.exporting.conversion import convert
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.model.archive import load_archive
from auxnet_cli.model.memory import OUTPUT
from auxnet_cli.model.memory_layers import (
    FEATURES,
    LEVELS,
    WHOLE,
    feature_network,
    with_memory,
    without_memory,
)
from auxnet_cli.model.memory_whole import WholeImages
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net, encoder_levels
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.registry import ENCODERS

SIZE = (32, 96)


@pytest.fixture(scope="module")
def built(tiny):
    """A tiny network, its features, and the same network with a memory of two images."""
    settings = load_settings("demo", overrides=tiny)
    network = defect_aux_net(2, "multi-label", ("cls", "seg"), SIZE, settings.model)
    describe = feature_network(network, encoder_levels(settings.model), 8, seed=1)
    good = describe.predict_on_batch(images(2))[FEATURES]
    vectors = good.reshape(-1, good.shape[-1])[::2]
    return network, describe, with_memory(network, describe, vectors), vectors


def images(count, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (count, *SIZE, 3), np.uint8)


def test_the_output_is_the_squared_distance_from_the_nearest_vector(built):
    _, describe, network, vectors = built

    distances = network.predict_on_batch(images(2, seed=5))[OUTPUT]

    features = describe.predict_on_batch(images(2, seed=5))[FEATURES]
    differences = features[:, :, :, None] - vectors
    expected = np.square(differences).sum(axis=-1).min(axis=-1)
    assert distances.shape == (2, 2, 6)
    assert distances == pytest.approx(expected, abs=1e-5)
    assert distances.min() > 0.01


@pytest.fixture(scope="module")
def comparing(built):
    """The network that also compares whole images, and what it compares them with."""
    network, describe, _, vectors = built
    whole = WholeImages.fit(describe.predict_on_batch(images(12))[WHOLE])
    whole = replace(whole, power=0.7, factor=0.02)
    return with_memory(network, describe, vectors, whole), whole


def test_no_place_is_nearer_than_the_image_as_a_whole(built, comparing):
    _, describe, remembering, _ = built
    network, whole = comparing
    shown = images(3, seed=5)
    places = remembering.predict_on_batch(shown)[OUTPUT]
    distances = whole.distances(describe.predict_on_batch(shown)[WHOLE])[:, None, None]
    assert (places < distances).any()
    assert (places > distances).any()
    expected = np.maximum(places, distances)
    assert network.predict_on_batch(shown)[OUTPUT] == pytest.approx(expected, rel=1e-3)
    assert network.count_params() > remembering.count_params()


def test_what_is_remembered_has_no_distance(built):
    _, _, network, _ = built

    places = network.predict_on_batch(images(2))[OUTPUT].ravel()

    assert places[::2] == pytest.approx(0, abs=1e-5)


def test_the_other_outputs_stay_and_nothing_is_to_be_learned(built):
    network, _, remembering, _ = built
    shown = images(2)

    before, after = network.predict_on_batch(shown), remembering.predict_on_batch(shown)

    assert {*after} == {*before, OUTPUT}
    for name, values in before.items():
        assert np.array_equal(after[name], values)
    assert len(remembering.trainable_weights) == len(network.trainable_weights)
    assert {*without_memory(remembering).output} == {*before}


def test_each_level_counts_alike_whatever_the_contrast(built):
    _, describe, _, _ = built

    features = describe.predict_on_batch(images(1))[FEATURES]

    lengths = np.linalg.norm(features.reshape(-1, len(LEVELS), 8), axis=-1)
    assert lengths == pytest.approx(1, abs=1e-5)


def test_the_same_seed_gives_the_same_features(built, tiny):
    network, describe, _, _ = built
    names = encoder_levels(load_settings("demo", overrides=tiny).model)
    again, other = (feature_network(network, names, 8, seed) for seed in (1, 2))
    shown = images(1)

    first = describe.predict_on_batch(shown)[FEATURES]

    assert np.array_equal(again.predict_on_batch(shown)[FEATURES], first)
    assert not np.allclose(other.predict_on_batch(shown)[FEATURES], first)


def test_a_network_with_a_memory_is_read_back_from_its_file(comparing, tmp_path):
    network, _ = comparing
    network.save(tmp_path / "model.keras")

    read = load_archive(tmp_path / "model.keras")

    shown = images(2, seed=7)
    assert np.array_equal(
        read.predict_on_batch(shown)[OUTPUT], network.predict_on_batch(shown)[OUTPUT]
    )


@pytest.mark.parametrize("engine", ["openvino", "onnx", "litert"])
def test_exports_have_the_memory_by_themselves(comparing, tmp_path, engine):
    network, _ = comparing
    path = convert(network, ENGINES[engine], tmp_path)

    answers = open_artefact(path, engine).run(images(1, seed=9))

    expected = network.predict_on_batch(images(1, seed=9))[OUTPUT]
    assert answers[OUTPUT] == pytest.approx(expected, abs=1e-4)


def test_a_network_for_any_size_has_places_for_any_size(comparing):
    network, _ = comparing

    answers = any_size(network).predict_on_batch(np.zeros((1, 64, 128, 3), np.uint8))

    assert answers[OUTPUT].shape == (1, 4, 8)


QUICK = ("resnet18", "efficientnet-lite0")


@pytest.mark.parametrize(
    "encoder",
    [
        *QUICK,
        *(pytest.param(name, marks=pytest.mark.slow) for name in ENCODERS if name not in QUICK),
    ],
)
def test_every_encoder_has_the_levels_even_where_no_pyramid_asks_for_them(encoder, tiny):
    overrides = [*tiny, f"model.encoder={encoder}", "model.attention=se+spatial"]
    settings = load_settings("demo", overrides=overrides).model
    network = defect_aux_net(1, "multi-label", ("cls",), (48, 80), settings)

    describe = feature_network(network, encoder_levels(settings), 8, seed=0)

    assert describe.output[FEATURES].shape[1:3] == (3, 5)
    assert np.isfinite(
        describe.predict_on_batch(np.zeros((1, 48, 80, 3), np.uint8))[FEATURES]
    ).all()
