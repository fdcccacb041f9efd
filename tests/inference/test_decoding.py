import numpy as np
import pytest

from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.decoding import Decoder
from auxnet_cli.inference.tile_merging import merge
from auxnet_cli.model.detection.boxes import encode
from auxnet_cli.model.heads.head import sigmoid
from auxnet_cli.settings import AnchorSettings, DecisionSettings, TileSettings
from auxnet_cli.verdict.decoded_heads import DecodedHeads

SIZE = (64, 96)


def _decoder(tasks=("det",), classes=("pit", "crack"), label_kind="multi-label", **decision):
    card = ModelCard.model_construct(
        tasks=tasks,
        classes=classes,
        label_kind=label_kind,
        anchors=AnchorSettings(),
        size=SIZE,
        decision=DecisionSettings(**decision),
    )
    return Decoder(card)


ANCHORS = _decoder().heads["det"].anchors


def _boxes(outputs, size=SIZE, **decision):
    return _decoder(**decision).decode(outputs, *size).answers["det"]


def _scores(logits, **options):
    decoder = _decoder(("cls",), **options)
    return decoder.decode({"classification": np.array(logits, np.float32)}, *SIZE).answers["cls"]


def _inspect(outputs, height, width, *tasks, **options):
    decoder = _decoder(tasks or ("det",), **options)
    return decoder.conclude(decoder.decode(outputs, height, width))


def _outputs(box=None, anchor=40, label=1, logit=3.0):
    scores = np.full((len(ANCHORS), 2), -9.0, np.float32)
    offsets = np.zeros((len(ANCHORS), 4), np.float32)
    if box is not None:
        scores[anchor, label] = logit
        offsets[anchor] = encode(np.array([box], np.float32), ANCHORS[[anchor]])[0]
    return {"detection_scores": scores, "detection_boxes": offsets}


def test_boxes_come_at_the_original_size():
    found = _boxes(_outputs([10, 20, 30, 40]), (128, 288))
    assert len(found) == 1
    assert found[0].label == 1
    assert found[0].score == pytest.approx(1 / (1 + np.exp(-3)))
    got = (found[0].x, found[0].y, found[0].width, found[0].height)
    assert got == pytest.approx((30, 40, 60, 40), abs=0.01)


def test_boxes_are_cut_at_the_border():
    (box,) = _boxes(_outputs([-20, -5, 30, 200]))
    assert (box.x, box.y, box.width, box.height) == pytest.approx((0, 0, 30, 64), abs=0.01)


def test_boxes_outside_are_dropped():
    assert _boxes(_outputs([-20, 0, -5, 10])) == ()


def test_weak_boxes_are_kept_for_scoring_but_not_found():
    inspection = _inspect(_outputs([10, 20, 30, 40], logit=-1.0), *SIZE)
    assert len(inspection.boxes) == 1
    assert inspection.confident_boxes == ()
    assert not inspection.defective


def test_boxes_below_the_floor_are_dropped():
    assert _boxes(_outputs([1, 2, 30, 40], logit=-1.0), box_floor=0.4) == ()


def test_overlapping_boxes_of_a_class_leave_one():
    outputs = _outputs([10, 20, 30, 40])
    other = _outputs([11, 20, 31, 40], anchor=41, logit=2.0)
    merged = {name: np.where(other[name] != -9, other[name], outputs[name]) for name in outputs}
    merged["detection_scores"] = np.maximum(*(o["detection_scores"] for o in (outputs, other)))
    merged["detection_boxes"] = outputs["detection_boxes"] + other["detection_boxes"]
    (box,) = _boxes(merged)
    assert box.score == pytest.approx(sigmoid(np.float32(3.0)))


@pytest.mark.parametrize("most", [1, 2, 7, 20])
def test_decoding_the_strongest_alone_gives_the_same_boxes(most):
    rng = np.random.default_rng(most)
    outputs = {
        "detection_scores": rng.normal(0, 2, (len(ANCHORS), 2)).astype(np.float32),
        "detection_boxes": rng.normal(0, 1, (len(ANCHORS), 4)).astype(np.float32),
    }
    # Everything overlaps at 0.02: of the first candidates too few are left, and more are decoded.
    all_of_them, few = (
        _boxes(outputs, max_boxes=number, nms_iou=0.02) for number in (10_000, most)
    )
    assert few == all_of_them[:most]


def test_masks_come_at_the_original_size():
    logits = np.full((*SIZE, 2), -5.0, np.float32)
    logits[16:32, 24:48, 0] = 5.0
    masks = _inspect({"segmentation": logits}, 128, 192, "seg").masks
    assert masks.shape == (128, 192, 2)
    assert masks.dtype == bool
    expected = np.zeros((128, 192), bool)
    expected[32:64, 48:96] = True
    assert (masks[:, :, 0] != expected).sum() <= 2 * (64 + 96)  # at most along the outline
    assert not masks[:, :, 1].any()


def test_one_class_keeps_its_axis():
    decoder = _decoder(("seg",), ("x",))
    heads = decoder.decode({"segmentation": np.zeros((*SIZE, 1), np.float32)}, 50, 70)
    assert heads.answers["seg"].shape == (50, 70, 1)


def test_class_scores():
    np.testing.assert_allclose(_scores(np.log([3.0, 1.0])), [0.75, 0.5], rtol=1e-5)


def test_exclusive_class_scores_leave_good_out():
    outputs = {"classification": np.log(np.array([6.0, 3.0, 1.0], np.float32))}
    inspection = _inspect(outputs, *SIZE, "cls", label_kind="exclusive")
    np.testing.assert_allclose(inspection.scores, [0.3, 0.1], rtol=1e-5)
    assert inspection.verdict == "good"


def test_a_temperature_softens_the_class_scores():
    scores = _scores([2.0, -2.0], temperature=2.0)
    np.testing.assert_allclose(scores, sigmoid(np.array([1.0, -1.0], np.float32)))
    soft = _scores([0.0, 4.0, -2.0], label_kind="exclusive", temperature=2.0)
    np.testing.assert_allclose(soft, np.exp([2, -1]) / np.exp([0, 2, -1]).sum(), rtol=1e-6)


@pytest.mark.parametrize(("pixels", "defective"), [(6, False), (7, True)])
def test_a_mask_counts_from_its_area_on(pixels, defective):
    # 64 × 96 × 0.001 = 6.1 pixels
    logits = np.full((*SIZE, 2), -5.0, np.float32)
    logits.reshape(-1, 2)[:pixels, 1] = 0.0
    inspection = _inspect({"segmentation": logits}, *SIZE, "seg", mask_area=0.001)
    assert inspection.defective is defective
    assert inspection.masks.sum() == pixels


def test_the_votes_of_the_heads_come_along():
    outputs = {**_outputs([10, 20, 30, 40]), "classification": np.zeros(2, np.float32)}
    votes = _inspect(outputs, *SIZE, "cls", "det").votes
    np.testing.assert_allclose(votes["cls"], [0.5, 0.5])
    np.testing.assert_allclose(votes["det"], [0, sigmoid(np.float32(3))])
    assert "seg" not in votes


def _all_heads():
    """A box of the head beside the region of the mask, of class 1, and class scores of 0.5."""
    masks = np.full((*SIZE, 2), -9.0, np.float32)
    masks[20:40, 10:30, 1] = 9.0
    outputs = _outputs([60, 20, 80, 40])
    return {**outputs, "segmentation": masks, "classification": np.zeros(2, np.float32)}


@pytest.mark.parametrize(
    ("boxes", "source"), [("head", "head"), ("masks", "mask"), ("fused", "mask")]
)
def test_boxes_come_from_where_the_setting_says(boxes, source):
    tasks = "cls", "seg", "det"
    (box,) = _inspect(_all_heads(), *SIZE, *tasks, boxes=boxes).boxes
    left = {"head": 60, "mask": 10}[source]
    assert (box.x, box.y, box.width, box.height) == pytest.approx((left, 20, 20, 20), abs=0.01)
    assert (box.label, box.source) == (1, source)
    # The head alone calls this image defective, by its own box.
    inspection = _inspect(_all_heads(), *SIZE, *tasks, boxes=boxes, verdict=["det"])
    np.testing.assert_allclose(inspection.votes["det"], [0, sigmoid(np.float32(3))])
    assert inspection.defective


def test_a_region_on_several_tiles_gets_one_box():
    tiles = windows(64, 200, TileSettings(size=(64, 80), overlap=0.25))
    probabilities = np.zeros((64, 200, 2), np.float32)
    probabilities[20:30, 50:190, 0] = 0.9
    parts = [DecodedHeads(64, 80, {"seg": probabilities[tile.slices], "det": ()}) for tile in tiles]
    (box,) = _decoder(("seg", "det")).conclude(merge(tiles, parts, 0.5, 100)).boxes
    assert (box.x, box.y, box.width, box.height) == (50, 20, 140, 10)
    assert (box.score, box.source) == (pytest.approx(0.9), "mask")


def test_without_masks_or_without_boxes_nothing_is_combined():
    outputs = _all_heads()
    (box,) = _inspect(outputs, *SIZE, "cls", "det", boxes="masks").boxes
    assert box.source == "head"
    assert _inspect(outputs, *SIZE, "cls", "seg", boxes="masks").boxes is None


def test_sigmoid_does_not_overflow():
    np.testing.assert_allclose(sigmoid(np.array([-1e4, 0, 1e4], np.float32)), [0, 0.5, 1])


@pytest.mark.parametrize("far", [0.2, 5.0])
def test_the_distances_of_the_memory_become_the_novelty(far):
    decoder = _decoder(("cls",))
    decoder.memory = MemoryCard(vectors=9, images=20, judged=10, median=np.log(0.2), spread=0.3)
    distances = np.full((4, 6), 0.2, np.float32)
    distances[1, 2] = far
    outputs = {"classification": np.zeros(2, np.float32), "memory": distances}
    found = decoder.conclude(decoder.decode(outputs, 50, 90))
    assert found.new == (far > 1)
    assert (found.novelty == pytest.approx(0.01)) != found.new
    assert found.novelty_map.shape == (50, 90)
    assert found.votes["novelty"] == pytest.approx([found.novelty] * 2)


def test_without_a_memory_there_is_no_novelty():
    found = _inspect({"classification": np.zeros(2, np.float32)}, 50, 90, "cls")
    assert found.novelty is None
    assert found.novelty_map is None
    assert not found.new
    assert "novelty" not in found.votes
