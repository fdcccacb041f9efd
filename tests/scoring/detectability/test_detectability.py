import json

import numpy as np
import pytest

from auxnet_cli.documents.detectability import Detectability
from auxnet_cli.scoring.detectability.detectability import detectability
from auxnet_cli.scoring.detectability.hit_miss import HitMiss
from auxnet_cli.scoring.evidence import Flaw

CLASSES = ("pit", "crack", "scale")


def flaws():
    """Sizes, and which of them the masks find."""
    generator = np.random.default_rng(0)
    logs = generator.uniform(1, 5, 150)
    return np.exp(logs), generator.random(150) < 1 / (1 + np.exp(-3 * (logs - 3)))


def by_boxes():
    """Which of the flaws of ``flaws()`` the boxes find: longer ones only."""
    logs = np.log(flaws()[0])
    return np.random.default_rng(1).random(150) < 1 / (1 + np.exp(-2 * (logs - 3.5)))


def evidence(masked=True, boxed=True):
    """150 flaws on 30 images, two thirds of them pits and the others cracks."""
    sizes, found = flaws()
    of_boxes = by_boxes()
    made = [
        Flaw(
            int(index % 3 == 0),
            area=sizes[index] ** 2,
            length=sizes[index],
            masked=bool(found[index]) if masked else None,
            boxed=bool(of_boxes[index]) if boxed else None,
            named=None,
        )
        for index in range(150)
    ]
    return [made[first : first + 5] for first in range(0, 150, 5)] + [()]


@pytest.fixture(scope="module")
def detect(made_up, split_of):
    """The section of images with these flaws."""

    def make(images, **given):
        evidence = [made_up(flaws=tuple(own)) for own in images]
        split = split_of(evidence, classes=CLASSES, **given)
        return Detectability.model_validate(detectability(split)).document()

    return make


@pytest.fixture(scope="module")
def report(detect):
    return detect(evidence())


def test_each_head_and_both_together_are_studied(report):
    assert list(report) == ["mm_per_pixel", "heads", "per_class"]
    assert list(report["heads"]) == ["seg", "det", "any"]
    sizes, by_masks = flaws()
    either = by_masks | by_boxes()
    for head, found in (("seg", by_masks), ("det", by_boxes()), ("any", either)):
        length = report["heads"][head]["length"]
        assert (length["flaws"], length["found"]) == (150, found.sum())
        model = HitMiss.fit(sizes, found)
        assert length["a90"] == pytest.approx(model.size_at(0.9))
        assert length["a90_95"] == pytest.approx(model.upper_bound(0.9))
        assert length["a50"] < length["a90"] < length["a90_95"]
        area = report["heads"][head]["area"]
        assert area["a90"] == pytest.approx(length["a90"] ** 2)
        assert (length["unit"], area["unit"]) == ("px", "px²")
    json.dumps(report, allow_nan=False)


def test_classes_are_studied_by_themselves(report):
    per_class = report["per_class"]
    assert [per_class[name]["length"]["flaws"] for name in CLASSES] == [100, 50, 0]
    assert per_class["pit"]["length"]["a90"] is not None
    absent = per_class["scale"]["length"]
    assert absent["rate"] is absent["a90"] is absent["curve"] is None
    assert absent["reasons"]["a90"] == "no flaw was inspected"
    assert absent["bins"] == []


def test_millimetres_and_a_model_with_masks_only(report, detect):
    in_pixels = report["heads"]["seg"]
    scaled = detect(evidence(boxed=False), mm_per_pixel=0.2)
    assert list(scaled["heads"]) == ["seg"]
    in_mm = scaled["heads"]["seg"]
    assert scaled["mm_per_pixel"] == 0.2
    assert (in_mm["length"]["unit"], in_mm["area"]["unit"]) == ("mm", "mm²")
    assert in_mm["length"]["a90_95"] == pytest.approx(0.2 * in_pixels["length"]["a90_95"])
    assert in_mm["area"]["a90_95"] == pytest.approx(0.04 * in_pixels["area"]["a90_95"])


def test_a_model_without_masks_and_boxes_and_a_split_without_flaws(detect):
    neither = detect(evidence(masked=False, boxed=False))
    assert neither["heads"] == neither["per_class"] == {}
    assert neither["reasons"]["heads"] == "the model marks neither pixels nor boxes"
    assert "no image shows a defect" in detect([()])["reasons"]["heads"]
