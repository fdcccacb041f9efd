from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from auxnet_cli.data.images.reading import read_image
from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.network_file import MismatchError
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.inspector import Inspector
from auxnet_cli.model.segmentation.mask_enlargement import enlarge
from auxnet_cli.settings import AnchorSettings, DecisionSettings, TileSettings


@pytest.fixture(scope="module")
def inspector(untrained):
    return Inspector.open(untrained, "keras")


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


def test_a_network_of_before_mask_strides_is_read_as_it_was(inspector, image):
    """Its output has the input's size, and its card says no stride."""
    card = inspector.card

    def run(images):
        outputs = inspector.engine.run(images)
        small = outputs["segmentation"]
        whole = [enlarge(logits, card.mask_stride, card.size) for logits in small]
        return {**outputs, "segmentation": np.stack(whole)}

    former = card.model_copy(update={"mask_stride": 1})
    (found,) = NetworkInspector.of(former, SimpleNamespace(run=run)).inspect_batch([image])
    (expected,) = inspector.inspect_batch([image])
    np.testing.assert_array_equal(found.masks, expected.masks)
    assert found.votes["seg"] == pytest.approx(expected.votes["seg"])
    with pytest.raises(MismatchError, match=r"8 × 16 × .* values for segmentation"):
        NetworkInspector.of(former, inspector.engine).inspect_batch([image])


@pytest.mark.parametrize("tile", [TileSettings(), TileSettings(size=(32, 40), whole=0.5)])
def test_mirror_images_are_averaged(inspector, image, tile):
    """The network sees each view three times; what a view shows is the mean."""
    card = inspector.card.model_copy(update={"tile": tile})
    mirrored = card.model_copy(update={"decision": DecisionSettings(mirrored=True)})
    plain, both = (NetworkInspector.of(each, inspector.engine) for each in (card, mirrored))
    views, more = (np.concatenate(list(each.batches([image]))) for each in (plain, both))
    np.testing.assert_array_equal(more[0::3], views)
    np.testing.assert_array_equal(more[1::3], views[:, :, ::-1])
    np.testing.assert_array_equal(more[2::3], views[:, ::-1])
    (found,) = both.inspect_batch([image])
    if tile.size is None:
        singles = [plain.inspect_batch([np.flip(image, axes)])[0] for axes in ((), 1, 0)]
        odds = np.mean([np.log(one.scores / (1 - one.scores)) for one in singles], axis=0)
        assert found.scores == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-3)
    assert found.votes["det"] == pytest.approx(plain.inspect_batch([image])[0].votes["det"])


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


def test_thresholds_in_place_of_the_runs_own(untrained, inspector, image, monkeypatch):
    monkeypatch.setattr("auxnet_cli.inspector.open_run", lambda *_: inspector.engine)
    decision = DecisionSettings(class_score=0.0, mask_score=0.0, box_score=1.0)
    other = Inspector.open(untrained, "keras", decision)
    (inspection,) = other.inspect_batch([image])
    assert inspection.defective
    assert inspection.masks.all()
    assert inspection.confident_boxes == ()
    assert other.card.decision == decision


def test_large_images_are_inspected_in_tiles(inspector, image):
    """Twice the image side by side, in tiles of one image, is found as the image twice."""
    height, width = image.shape[:2]
    # Regions of the masks that meet at the seam are one box.
    decision = DecisionSettings(boxes="head")
    card = inspector.card.model_copy(update={"decision": decision})
    whole = Inspector.of(card, inspector.engine)
    tile = TileSettings(size=(height, width), overlap=0)
    tiled = replace(whole, card=card.model_copy(update={"tile": tile}))
    (twice,) = tiled.inspect_batch([np.concatenate([image, image], axis=1)])
    (once,) = whole.inspect_batch([image])
    assert twice.masks.shape == (height, 2 * width, len(once.classes))
    half = twice.masks[:, :width]
    assert (half == twice.masks[:, width:]).mean() > 0.999
    assert (half == once.masks).mean() > 0.999
    np.testing.assert_allclose(twice.scores, once.scores, atol=1e-4)
    assert len(twice.boxes) == min(2 * len(once.boxes), decision.max_boxes)
