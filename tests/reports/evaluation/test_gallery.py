from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.reports.evaluation.gallery import choose, dice, draw_cases
from tests.reports.reading import decode


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
    scores = sorted(dice(image) for image in evidence if image.defective and image.stopped)
    assert [dice(image) for image in chosen["best"]] == scores[:-5:-1]
    middle = [dice(image) for image in chosen["median"]]
    assert min(middle) <= np.median(scores) <= max(middle)


def test_a_part_is_shown_once_where_its_best_image_stands(evidence):
    parts = {47: "a", 46: "b", 45: "b", 44: "c", 43: "d", 42: "e"}
    some = [
        replace(image, group=parts.get(int(image.name[:2]), "a"))
        for image in evidence
        if int(image.name[:2]) >= 32
    ]
    assert numbers(choose(some)["misses"]) == [47, 46, 44, 43]


def test_nothing_to_show():
    assert choose([]) == {"misses": [], "alarms": [], "best": [], "median": []}
    assert draw_cases({"misses": []}, None) == {"misses": []}


def test_without_masks_the_strongest_vote_counts(judged):
    _, evidence, *_ = judged(tasks=("cls",))
    best = choose(evidence)["best"]
    votes = [image.votes["cls"].max() for image in best]
    assert votes == sorted(votes, reverse=True)
    assert dice(best[0]) is None


def test_truth_beside_findings(judged):
    _, evidence, again, *_ = judged()
    case = draw_cases({"best": evidence[31:32]}, again)["best"][0]
    assert case.cut is None
    assert not case.strip
    truth, answer = decode(case.truth), decode(case.answer)
    assert truth.shape == answer.shape
    assert np.abs(truth.astype(int) - answer).max() > 50
    missed = draw_cases({"misses": evidence[47:48]}, again)["misses"][0]
    grey = np.ptp(decode(missed.answer).astype(int), axis=2)
    coloured = np.ptp(decode(missed.truth).astype(int), axis=2)
    assert (coloured > 40).sum() > 5 * (grey > 40).sum()


def test_a_defect_of_a_large_image_is_cut_out(judged):
    _, evidence, again, *_ = judged()
    *_, answer = again("31.png")
    large = np.zeros((2000, 3000, 3), np.uint8)
    wide = np.zeros((2000, 3000, 2), bool)
    wide[1500:1520, 2900:2960, 0] = True
    here = replace(evidence[31], truth=np.array([[0, 2900, 1500, 60, 20]], float))
    seen = replace(answer, height=2000, width=3000, masks=np.zeros_like(wide), boxes=())
    (case,) = draw_cases({"best": [here]}, lambda name: (large, wide, seen))["best"]
    left, top, width, height = case.cut
    assert left <= 2900
    assert left + width <= 3000
    assert top <= 1500
    assert top + height >= 1520
    assert width <= 400
    assert max(decode(case.truth).shape) <= 640


def test_true_boxes_stand_in_for_masks(judged):
    _, evidence, again, *_ = judged(tasks=("det",))
    pixels, _, answer = again("31.png")
    case = draw_cases({"best": [evidence[31]]}, lambda name: (pixels, None, answer))["best"][0]
    assert np.ptp(decode(case.truth).astype(int), axis=2).max() > 60


def test_the_budget_holds(judged):
    _, evidence, again, *_ = judged()
    chosen = choose(evidence)
    everything = draw_cases(chosen, again)
    size = len(everything["misses"][0].truth) * 6
    few = draw_cases(chosen, again, budget=size)
    shown = [case for cases in few.values() for case in cases]
    assert 0 < len(shown) < sum(map(len, everything.values()))
    assert sum(len(case.truth) + len(case.answer) for case in shown) <= size


@pytest.mark.parametrize("times", [1, 10])
def test_what_is_new_is_marked_in_the_findings_alone(judged, times):
    """Of a large image the map is cut out and shrunk with the image."""
    _, evidence, again, *_ = judged()
    pixels, masks, answer = again(evidence[31].name)
    pixels, masks = (values.repeat(times, 0).repeat(times, 1) for values in (pixels, masks))
    height, width = pixels.shape[:2]
    quiet = replace(
        answer, height=height, width=width, masks=np.zeros_like(masks), boxes=(), novelty=0.9
    )
    new = np.zeros((height, width), np.float32)
    new[: height // 3, : width // 3] = 0.9
    again = {
        name: replace(quiet, novelty_map=values)
        for name, values in (("new", new), ("known", np.zeros_like(new)))
    }
    drawn = {
        name: draw_cases({"best": [evidence[31]]}, lambda _, seen=seen: (pixels, masks, seen))
        for name, seen in again.items()
    }
    (case,), (plain,) = (cases["best"] for cases in drawn.values())
    assert case.truth == plain.truth
    assert case.answer != plain.answer
