from pathlib import Path

import pytest

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import (
    MismatchError,
    check_answers,
    check_size,
    load_network,
)
from auxnet_cli.model.detection.anchors import count_anchors

SHAPES = {"classification": (2,), "detection_scores": (None, 2), "detection_boxes": (None, 4)}


@pytest.fixture
def card(untrained):
    card = ModelCard.read(untrained / "model.json")
    return card.model_copy(update={"classes": ("pit", "Riß"), "tasks": ("cls", "det")})


def test_answers_that_fit_the_card(card):
    check_answers(card, SHAPES)
    count = count_anchors(card.size, card.anchors)
    check_answers(card, SHAPES | {"detection_scores": (count, 2), "detection_boxes": (count, 4)})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"classification": (3,)}, "3 values for classification, where .* describes 2 values"),
        ({"classification": None}, "nothing for classification"),
        ({"segmentation": (64, 96, 2)}, "for segmentation, where .* describes nothing"),
        ({"detection_scores": (7, 2)}, "7 × 2 values for detection_scores"),
        ({"detection_boxes": (None, 5)}, "for detection_boxes"),
    ],
)
def test_answers_that_do_not(card, change, says):
    shapes = {name: shape for name, shape in (SHAPES | change).items() if shape is not None}
    with pytest.raises(MismatchError, match=says) as caught:
        check_answers(card, shapes)
    assert caught.value.exit_code == 2


def test_a_card_of_another_size_is_refused(card, untrained):
    check_size(None, card, Path("model.keras"))
    with pytest.raises(MismatchError, match=r"of 8 × 9 pixels, and its model.json says 32 × 64"):
        check_size((8, 9), card, Path("model.keras"))
    other = card.model_copy(update={"size": (64, 352)})
    with pytest.raises(MismatchError, match="says 64 × 352"):
        load_network(untrained / "model.keras", other)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no archive", "half"])
def test_a_damaged_network_is_one_sentence(untrained, tmp_path, content):
    path = tmp_path / "model.keras"
    if content == "half":
        whole = (untrained / "model.keras").read_bytes()
        content = whole[: len(whole) // 2]
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"model\.keras cannot be read as a model") as caught:
        load_network(path)
    assert "\n" not in str(caught.value)
