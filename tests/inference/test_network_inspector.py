import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from auxnet_cli.data.images.reading import read_image
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inference.engines.opening import open_engine
from auxnet_cli.inference.network_file import MismatchError, load_network
from auxnet_cli.inspector import Inspector
from auxnet_cli.settings import AnchorSettings, DecisionSettings, TileSettings


@pytest.fixture(scope="module")
def inspector(trained):
    run, _ = trained
    return Inspector.open(run, "keras")


@pytest.fixture(scope="module")
def image(made):
    return read_image(made.split("test")[0].path)


def same(first, second):
    """Whether two inspections agree but for rounding."""
    return (
        np.allclose(first.scores, second.scores, rtol=0, atol=1e-4)
        and (first.masks != second.masks).mean() < 1e-3
        and first.defective == second.defective
        and first.boxes is not None
        and len(first.boxes) == len(second.boxes)
    )


def test_images_of_any_size_as_one_batch(inspector, image):
    small = np.ascontiguousarray(image[::2, ::3])
    sizes = [image.shape[:2], small.shape[:2], (7, 300), (1, 1)]
    images = [image, small, np.zeros((7, 300, 3), np.uint8), np.zeros((1, 1, 3), np.uint8)]
    found = inspector.inspect_batch(images)
    assert [(one.height, one.width) for one in found] == sizes
    for inspection, (height, width) in zip(found, sizes, strict=True):
        assert inspection.masks.shape == (height, width, len(inspector.card.classes))
        assert inspection.scores.shape == (len(inspector.card.classes),)
        for box in inspection.boxes:
            assert 0 <= box.x <= box.x + box.width <= width + 1e-3
            assert 0 <= box.y <= box.y + box.height <= height + 1e-3
        assert inspection.classes == inspector.card.classes
        assert inspection.seconds > 0


def test_company_changes_nothing(inspector, image):
    (alone,) = inspector.inspect_batch([image])
    together = inspector.inspect_batch([np.zeros((9, 9, 3), np.uint8), image])[1]
    assert same(alone, together)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_damaged_network_passes_no_part_as_good(inspector, image, value):
    def run(images):
        outputs = dict(inspector.engine.run(images))
        return {**outputs, "classification": outputs["classification"] * value}

    damaged = replace(inspector, engine=SimpleNamespace(run=run))
    with pytest.raises(AuxnetError, match=r"not a number .* weights are damaged") as caught:
        damaged.inspect_batch([image])
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"label_kind": "exclusive"}, "for classification, where its model.json describes"),
        ({"classes": ("only",)}, "for classification, where"),
        ({"tasks": ("cls",)}, "for detection_boxes, where .* describes nothing"),
        ({"anchors": AnchorSettings(ratios=(1.0,))}, "for detection_boxes, where"),
    ],
)
def test_a_card_of_another_network_is_refused(inspector, image, change, says):
    other = Inspector.of(inspector.card.model_copy(update=change), inspector.engine)
    with pytest.raises(MismatchError, match=says) as caught:
        other.inspect_batch([image])
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("engine", ["keras", "tensorflow"])
def test_a_card_of_another_size_is_refused(trained, tmp_path, engine):
    run = Path(shutil.copytree(trained[0], tmp_path / "run"))
    card = ModelCard.read(run / "model.json")
    card.model_copy(update={"size": (64, 352)}).write(run / "model.json")
    with pytest.raises(MismatchError, match=r"pixels, and its model\.json says 64 × 352: take"):
        Inspector.open(run, engine)
    with pytest.raises(MismatchError, match="says 64 × 352"):
        load_network(run / "model.keras", ModelCard.read(run / "model.json"))


def test_a_run_from_disk_equals_the_network_in_memory(trained, inspector, image):
    run, _ = trained
    card = ModelCard.read(run / "model.json")
    in_memory = Inspector.of(card, open_engine(load_network(run / "model.keras"), "keras"))
    assert same(in_memory.inspect_batch([image])[0], inspector.inspect_batch([image])[0])
    assert in_memory.threshold_rule == inspector.threshold_rule


def test_thresholds_in_place_of_the_runs_own(trained, image):
    run, _ = trained
    decision = DecisionSettings(class_score=0.0, mask_score=0.0, box_score=1.0)
    inspector = Inspector.open(run, "keras", decision)
    (found,) = inspector.inspect_batch([image])
    assert found.defective
    assert found.masks.all()
    assert found.confident_boxes == ()
    assert inspector.card.decision == decision


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no archive"])
def test_a_damaged_model_is_one_sentence(tmp_path, content):
    path = tmp_path / "model.keras"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"model\.keras cannot be read as a model") as caught:
        load_network(path)
    assert "\n" not in str(caught.value)


def test_a_truncated_model(trained, tmp_path):
    run, _ = trained
    content = (run / "model.keras").read_bytes()
    (tmp_path / "model.keras").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="cannot be read as a model"):
        load_network(tmp_path / "model.keras")


def test_tiles_of_one_window_change_nothing(inspector, image):
    """A tile as large as the image is the image."""
    tiled = replace(
        inspector, card=inspector.card.model_copy(update={"tile": TileSettings(size=(999, 999))})
    )
    assert same(tiled.inspect_batch([image])[0], inspector.inspect_batch([image])[0])


def test_large_images_are_inspected_in_tiles(inspector, image):
    """Twice the image side by side, in tiles of one image, is found as the image twice."""
    height, width = image.shape[:2]
    tile = TileSettings(size=(height, width), overlap=0)
    tiled = replace(inspector, card=inspector.card.model_copy(update={"tile": tile}))
    (twice,) = tiled.inspect_batch([np.concatenate([image, image], axis=1)])
    (once,) = inspector.inspect_batch([image])
    assert twice.masks.shape == (height, 2 * width, len(once.classes))
    half = twice.masks[:, :width]
    assert (half == twice.masks[:, width:]).mean() > 0.999
    assert (half == once.masks).mean() > 0.999
    np.testing.assert_allclose(twice.scores, once.scores, atol=1e-4)
    assert len(twice.boxes) == min(2 * len(once.boxes), inspector.card.decision.max_boxes)
