import shutil

import cv2
import numpy as np
import pytest

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.exporting.parity_images import MOST, NOISE, ParityImages, _of_split, parity_images


@pytest.fixture
def card(untrained):
    return ModelCard.read(untrained / "model.json")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Where a run would lie, in a workspace of its own; the current folder is another."""
    run = tmp_path / "there" / "runs" / "first"
    run.mkdir(parents=True)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return run


@pytest.mark.parametrize("place", ["here", "there"])
def test_the_models_own_data_set_is_found(run, card, made, tmp_path, place):
    shutil.copytree(made.root, tmp_path / place / "data" / made.name)
    found = parity_images(run, card)
    assert found.source == f"split val of {made.name}"
    pairs = list(found)
    assert {record.name for _, record in pairs} == {record.name for record in made.split("val")}
    assert all(image.shape == (record.height, record.width, 3) for image, record in pairs)


def test_without_a_data_set_there_is_noise(run, card):
    found = parity_images(run, card)
    assert found.source == "noise"
    images = [image for image, _ in found]
    assert len(images) == NOISE
    assert {image.shape for image in images} == {(*card.size, 3)}
    assert len({image.tobytes() for image in images}) == NOISE


def test_a_data_set_of_other_classes(run, card, made):
    other = card.model_copy(update={"classes": ("rust",)})
    shutil.copytree(made.root, run.parents[1] / "data" / made.name)
    assert parity_images(run, other).source == "noise"
    with pytest.raises(InputError, match="knows the classes rust"):
        parity_images(run, other, made.root)


def test_a_damaged_data_set_that_nobody_named_is_no_obstacle(run, card, made):
    folder = run.parents[1] / "data" / made.name
    folder.mkdir(parents=True)
    (folder / "dataset.yaml").write_text("classes: 3")
    assert parity_images(run, card).source == "noise"
    with pytest.raises(InputError, match="is damaged"):
        parity_images(run, card, folder)


def test_images_of_a_folder_come_with_noise(run, card, tmp_path):
    for number in range(MOST + 3):
        cv2.imwrite(str(tmp_path / f"{number:02}.png"), np.full((9, 12, 3), number, np.uint8))
    found = parity_images(run, card, tmp_path)
    assert found.source == f"{tmp_path} and noise"
    shapes = [image.shape for image, record in found if record is None]
    assert shapes == [(9, 12, 3)] * MOST + [(*card.size, 3)] * NOISE
    assert (found.items[0].name, found.items[MOST - 1].name) == ("00.png", f"{MOST + 2}.png")


def test_a_folder_without_images(run, card):
    with pytest.raises(InputError, match="holds no image"):
        parity_images(run, card, run)


def test_what_cannot_be_read_is_left_out(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no image")
    image = np.zeros((4, 4, 3), np.uint8)
    found = list(ParityImages("some", (tmp_path / "broken.png", tmp_path / "gone.png", image)))
    assert [record for _, record in found] == [None]


class Data:
    """A data set with so many defective and good images in its test split."""

    name = "some"

    def __init__(self, defective, good):
        record = type("Record", (), {})
        self.records = []
        for number in range(defective + good):
            one = record()
            one.annotations = ("one",) if number < defective else ()
            self.records.append(one)

    def split(self, name):
        return self.records if name == "test" else []


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ((40, 40), (8, 8)),
        ((3, 40), (3, 13)),
        ((40, 3), (13, 3)),
        ((2, 2), (2, 2)),
        ((0, 9), (0, 9)),
    ],
)
def test_half_of_the_images_show_a_defect_if_so_many_do(given, taken):
    found = _of_split(Data(*given), 16)
    defective = sum(bool(record.annotations) for record in found.items)
    assert (defective, len(found.items) - defective) == taken
    assert found.source == "split test of some"
