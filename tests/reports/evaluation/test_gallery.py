import base64
from dataclasses import replace

import cv2
import numpy as np
import pytest

from auxnet_cli.reports.evaluation.gallery import choose, dice, pictures


@pytest.fixture
def evidence(judged):
    return judged()[1]


def numbers(images):
    return [int(image.name[:2]) for image in images]


def test_which_images_are_shown(evidence):
    chosen = choose(evidence)
    assert numbers(chosen["misses"]) == [47, 46, 45, 44]  # the largest defects first
    alarms = chosen["alarms"]
    assert set(numbers(alarms)) == {3, 7}
    assert alarms[0].votes["cls"].max() >= alarms[1].votes["cls"].max()
    found = sorted(dice(image) for image in evidence if image.defective and image.stopped)
    assert [dice(image) for image in chosen["best"]] == found[:-5:-1]
    middle = [dice(image) for image in chosen["median"]]
    assert min(middle) <= np.median(found) <= max(middle)


def test_one_image_of_a_part(evidence):
    same = [replace(image, group="a") for image in evidence]
    chosen = choose(same)
    assert {name: len(images) for name, images in chosen.items()} == {
        "misses": 1, "alarms": 1, "best": 1, "median": 1,
    }  # fmt: skip
    assert numbers(chosen["misses"]) == [47]


def test_a_part_stands_where_its_best_image_does(evidence):
    """Of one part the largest and the smallest of the misses, the others in between."""
    parts = {47: "a", 46: "b", 45: "b", 44: "c", 43: "d", 42: "e"}
    some = [
        replace(image, group=parts.get(int(image.name[:2]), "a"))
        for image in evidence
        if int(image.name[:2]) >= 32
    ]
    assert numbers(choose(some)["misses"]) == [47, 46, 44, 43]


def test_nothing_to_show():
    assert choose([]) == {"misses": [], "alarms": [], "best": [], "median": []}
    assert pictures({"misses": []}, None) == {"misses": []}


def test_without_masks_the_strongest_vote_counts(judged):
    _, evidence, *_ = judged(tasks=("cls",))
    best = choose(evidence)["best"]
    votes = [image.votes["cls"].max() for image in best]
    assert votes == sorted(votes, reverse=True)
    assert dice(best[0]) is None


def decoded(uri):
    return cv2.imdecode(np.frombuffer(base64.b64decode(uri.split(",")[1]), np.uint8), 1)


def test_truth_beside_findings(judged):
    _, evidence, again, *_ = judged()
    case = pictures({"best": evidence[31:32]}, again)["best"][0]
    assert case.cut is None
    assert not case.strip
    truth, found = decoded(case.truth), decoded(case.found)
    assert truth.shape == found.shape
    assert np.abs(truth.astype(int) - found).max() > 50
    missed = pictures({"misses": evidence[47:48]}, again)["misses"][0]
    grey = np.ptp(decoded(missed.found).astype(int), axis=2)
    coloured = np.ptp(decoded(missed.truth).astype(int), axis=2)
    assert (coloured > 40).sum() > 5 * (grey > 40).sum()


def test_a_defect_of_a_large_image_is_cut_out(judged):
    _, evidence, again, *_ = judged()
    *_, found = again("31.png")
    large = np.zeros((2000, 3000, 3), np.uint8)
    wide = np.zeros((2000, 3000, 2), bool)
    wide[1500:1520, 2900:2960, 0] = True
    here = replace(evidence[31], truth=np.array([[0, 2900, 1500, 60, 20]], float))
    seen = replace(found, height=2000, width=3000, masks=np.zeros_like(wide), boxes=())
    (case,) = pictures({"best": [here]}, lambda name: (large, wide, seen))["best"]
    left, top, width, height = case.cut
    assert left <= 2900
    assert left + width <= 3000
    assert top <= 1500
    assert top + height >= 1520
    assert width <= 400
    assert max(decoded(case.truth).shape) <= 640


def test_true_boxes_stand_in_for_masks(judged):
    _, evidence, again, *_ = judged(tasks=("det",))
    pixels, _, found = again("31.png")
    case = pictures({"best": [evidence[31]]}, lambda name: (pixels, None, found))["best"][0]
    assert np.ptp(decoded(case.truth).astype(int), axis=2).max() > 60


def test_the_budget_holds(judged):
    _, evidence, again, *_ = judged()
    chosen = choose(evidence)
    everything = pictures(chosen, again)
    size = len(everything["misses"][0].truth) * 6
    few = pictures(chosen, again, budget=size)
    shown = [case for cases in few.values() for case in cases]
    assert 0 < len(shown) < sum(map(len, everything.values()))
    assert sum(len(case.truth) + len(case.found) for case in shown) <= size
