import shutil
from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.record_image import read_record
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.exporting import labelled_images
from auxnet_cli.exporting.labelled_images import CalibrationImages, LabelledImages
from auxnet_cli.inspector import Inspector
from auxnet_cli.settings import TileSettings


@pytest.fixture
def card(untrained):
    return ModelCard.read(untrained / "model.json")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs" / "first"


def test_the_models_own_data_set_is_found(run, card, made):
    shutil.copytree(made.root, run.parents[1] / "data" / made.name)
    found = LabelledImages.find(run, card)
    assert {one.name for one in found.proving} == {one.name for one in made.split("val")}
    assert {one.name for one in found.calibration.records} == {
        one.name for one in made.split("train")
    }
    again, once = list(found.calibration), list(found.calibration)
    assert np.array_equal(again, once)
    first = found.calibration.records[0]
    assert np.array_equal(once[0][0], resize_image(read_record(first, card.bits), card.size))


def test_half_of_the_images_are_defective(made, monkeypatch, run, card):
    monkeypatch.setattr(labelled_images, "MOST", 4)
    found = LabelledImages.find(run, card, made.root).calibration.records
    assert [bool(record.annotations) for record in found] == [True, True, False, False]


def test_tiles_go_in_as_they_are_inspected(made, card):
    """What calibrates is what the engine gets, window by window."""
    card = card.model_copy(update={"tile": TileSettings(size=(40, 60))})
    records = made.split("train")[:2]
    seen = []

    class Enough(Exception):  # noqa: N818 - no error
        pass

    class Engine:
        name, precision = "spy", "fp32"

        def run(self, images):
            seen.extend(images[:, np.newaxis])
            raise Enough

    for record in records:
        with pytest.raises(Enough):
            Inspector.of(card, Engine()).inspect_batch([read_record(record, card.bits)])
    batches = list(CalibrationImages(card, tuple(records)))
    assert {batch.shape for batch in batches} == {(1, *card.size, 3)}
    known = {batch.tobytes() for batch in batches}
    assert len(batches) > len(seen) > 2
    assert {one.tobytes() for one in seen} <= known
    assert len(list(CalibrationImages(card, tuple(records), 3))) == 3


def test_what_cannot_be_read_is_left_out(made, card, tmp_path):
    record = made.split("train")[0]
    gone = replace(record, path=tmp_path / "gone.png")
    assert len(list(CalibrationImages(card, (gone, record)))) == 1


def test_without_a_data_set_nothing_is_promised(run, card, made, tmp_path):
    with pytest.raises(InputError, match=r"Without labelled images int8 cannot.*data/, here or"):
        LabelledImages.find(run, card)
    with pytest.raises(InputError, match=r"Without labelled images int8 cannot.*name one with"):
        LabelledImages.find(run, card, tmp_path)
    other = card.model_copy(update={"classes": ("rust",)})
    shutil.copytree(made.root, run.parents[1] / "data" / made.name)
    with pytest.raises(InputError, match="Without labelled images"):
        LabelledImages.find(run, other)
    with pytest.raises(InputError, match="knows the classes rust"):
        LabelledImages.find(run, other, made.root)


def test_a_validation_split_without_a_defect(run, card, made, monkeypatch):
    own = type(made).split

    def good(self, name):
        return [replace(one, annotations=()) for one in own(self, name)]

    monkeypatch.setattr(type(made), "split", good)
    with pytest.raises(InputError, match=r"split 'val' of .* shows a defect"):
        LabelledImages.find(run, card, made.root)
