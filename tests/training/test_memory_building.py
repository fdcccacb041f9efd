from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.inspector import Inspector
from auxnet_cli.model.memory import OUTPUT
from auxnet_cli.model.networks.defect_aux_net import DEFECT_AUX_NET, defect_aux_net
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training import memory_building
from auxnet_cli.training.memory_building import FEWEST, build_memory
from auxnet_cli.training.record import save_model

CLASSES = ("pit",)
SIZE = (64, 96)


def texture(seed, patch=False):
    """A brushed surface, (64, 96, 3); with a bright patch that none of the good ones has."""
    noise = np.random.default_rng(seed).normal(110, 25, SIZE)
    image = cv2.GaussianBlur(noise, (15, 3), 0)
    if patch:
        image[24:40, 40:64] = np.random.default_rng(seed + 1).choice([10, 240], (16, 24))
    return np.repeat(np.clip(image, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.fixture
def surfaces(tmp_path):
    """Makes a data set of good surfaces, and some with a patch in the training split."""
    folder = tmp_path / "images"
    folder.mkdir()

    def record(number, patch=False):
        path = folder / f"{number}.png"
        path.write_bytes(cv2.imencode(".png", texture(number, patch))[1])
        flaws = (Annotation(0, (40, 24, 24, 16), None),) if patch else ()
        return Record(number, path.name, path, *SIZE, flaws)

    def make(train, val):
        splits = {
            "train": [*map(record, range(train)), *(record(900 + n, True) for n in range(3))],
            "val": [record(500 + number) for number in range(val)],
        }
        return SimpleNamespace(split=splits.__getitem__)

    return make


@pytest.fixture
def run(tmp_path, tiny):
    """The folder and the settings of a run without a memory."""
    folder = tmp_path / "run"
    folder.mkdir()
    overrides = [*tiny, f"data.size={list(SIZE)}", "model.memory.vectors=100"]
    settings = load_settings("demo", overrides=overrides)
    network = defect_aux_net(1, "multi-label", settings.tasks, SIZE, settings.model)
    card = ModelCard(
        tool_version="1",
        name=settings.model.name,
        classes=CLASSES,
        label_kind="multi-label",
        tasks=settings.tasks,
        size=SIZE,
        anchors=settings.model.anchors,
        mask_stride=settings.model.mask_stride,
        decision=settings.decision,
        parameters=network.count_params(),
        initial_weights="none",
        dataset={},
        sha256="",
    )
    save_model(folder, network, card)
    return folder, settings


def test_a_patch_on_a_good_surface_is_newer_than_all_good_ones(run, surfaces):
    folder, settings = run

    said = build_memory(folder, surfaces(FEWEST + 10, 12), settings)

    memory = ModelCard.read(folder / CARD).memory
    assert said == "Memory of good parts: 100 features of 30 images, scaled by 12 others."
    assert (memory.vectors, memory.images, memory.judged) == (100, 30, 12)
    inspector = Inspector.open(folder, "keras")
    good = [inspector.inspect(texture(seed)) for seed in range(700, 712)]
    patched = inspector.inspect(texture(700, patch=True))
    assert patched.novelty > max(each.novelty for each in good)
    assert patched.novelty > 0.5
    assert patched.new
    assert sum(each.new for each in good) <= 2
    assert patched.novelty_map.shape == SIZE
    patch = patched.novelty_map[24:40, 40:64]
    assert patch.min() > 0.5
    assert patch.mean() >= patched.novelty_map.mean()
    assert patched.votes["novelty"] == pytest.approx([patched.novelty])


def test_whole_images_are_compared_on_the_scale_of_places(run, surfaces):
    """Half of the good images that the scale comes from are newer than .01, the median."""
    folder, settings = run
    memory = settings.model.memory.model_copy(update={"whole": True})
    model = settings.model.model_copy(update={"memory": memory})

    build_memory(folder, surfaces(FEWEST, 13), settings.model_copy(update={"model": model}))

    assert "memory_whiten" in [layer.name for layer in load_network(folder / NETWORK).layers]
    inspector = Inspector.open(folder, "keras")
    novelties = [inspector.inspect(texture(500 + number)).novelty for number in range(13)]
    assert np.median(novelties) == pytest.approx(0.01, rel=0.05)
    dark = (texture(500) // 4).astype(np.uint8)
    assert inspector.inspect(dark).novelty > 0.5


def test_the_card_is_that_of_the_network(run, surfaces):
    folder, settings = run
    before = ModelCard.read(folder / CARD)

    build_memory(folder, surfaces(FEWEST, 12), settings)

    card = ModelCard.read(folder / CARD)
    card.check_network(folder)
    network = load_network(folder / NETWORK, card)
    assert OUTPUT in network.output
    assert card.sha256 != before.sha256
    assert card.parameters == network.count_params() > before.parameters
    assert card.voters == ("cls", "seg", "det", "any", "novelty")


def test_building_twice_gives_the_same_network(run, surfaces):
    """What was interrupted after the files were written is simply done again."""
    folder, settings = run
    data = surfaces(FEWEST, 12)
    build_memory(folder, data, settings)
    first = ModelCard.read(folder / CARD)
    vectors = load_network(folder / NETWORK).get_layer("memory_vectors").get_weights()

    build_memory(folder, data, settings)

    again = load_network(folder / NETWORK).get_layer("memory_vectors").get_weights()
    assert ModelCard.read(folder / CARD).memory == first.memory
    assert all(map(np.array_equal, vectors, again))


def test_without_good_validation_images_some_of_training_are_kept_out(run, surfaces):
    folder, settings = run

    build_memory(folder, surfaces(FEWEST, 2), settings)

    memory = ModelCard.read(folder / CARD).memory
    assert (memory.images, memory.judged) == (15, 5)


def test_no_part_is_remembered_and_judged_by():
    records = [Record(n, f"{n}.png", None, *SIZE, (), group=str(n // 5)) for n in range(40)]

    judges, remembered = memory_building._kept_out(records)

    assert (len(judges), len(remembered)) == (10, 30)
    assert not {record.group for record in judges} & {record.group for record in remembered}


def test_images_of_one_part_are_divided_all_the_same():
    records = [Record(n, f"{n}.png", None, *SIZE, (), group="one") for n in range(40)]

    assert tuple(map(len, memory_building._kept_out(records))) == (10, 30)


def test_few_good_images_make_no_memory(run, surfaces):
    folder, settings = run
    before = (folder / CARD).read_bytes()

    said = build_memory(folder, surfaces(FEWEST - 1, 12), settings)

    assert said == f"No memory of good parts: it takes {FEWEST} good training images, and there " \
        f"are {FEWEST - 1}."  # fmt: skip
    assert (folder / CARD).read_bytes() == before


@pytest.mark.parametrize("without", ["setting", "levels"])
def test_none_is_built_where_none_is_wanted_or_possible(run, surfaces, monkeypatch, without):
    folder, settings = run
    if without == "setting":
        model = settings.model
        memory = model.memory.model_copy(update={"vectors": 0})
        settings = settings.model_copy(
            update={"model": model.model_copy(update={"memory": memory})}
        )
    else:
        network = replace(DEFECT_AUX_NET, levels=None)
        monkeypatch.setattr(memory_building, "find_network", lambda name: network)

    assert build_memory(folder, surfaces(FEWEST, 12), settings) == ""
    assert ModelCard.read(folder / CARD).memory is None


def test_unreadable_images_are_passed_over_unless_there_are_no_others(run, surfaces):
    folder, settings = run
    data = surfaces(FEWEST, 12)
    for record in data.split("train")[:4]:
        record.path.unlink()

    build_memory(folder, data, settings)

    assert ModelCard.read(folder / CARD).memory.images == FEWEST - 4
    for record in data.split("val"):
        record.path.unlink()
    with pytest.raises(InputError, match="There is no image"):
        build_memory(folder, data, settings)
