"""Heads of mirror images are turned back and averaged."""

import numpy as np
import pytest

from auxnet_cli.inference.mirroring import MIRRORS, average
from auxnet_cli.inspection import Box
from auxnet_cli.verdict.decoded_heads import DecodedHeads

BOX = Box(0, 0.9, 1, 2, 3, 4)


def _heads(score: float, axes: tuple[int, ...], boxes: tuple[Box, ...]) -> DecodedHeads:
    marked = np.zeros((2, 3, 1), np.float32)
    marked[0, 2] = score
    answers = {"cls": np.array([score], np.float32), "seg": np.flip(marked, axes), "det": boxes}
    return DecodedHeads(2, 3, answers, novelty=score)


def test_scores_by_log_odds_masks_turned_back_and_boxes_as_they_are() -> None:
    scores = (0.5, 0.8, 0.9)
    views = [
        _heads(score, axes, () if axes else (BOX,))
        for score, axes in zip(scores, MIRRORS, strict=True)
    ]
    mean = average(views)
    # The geometric mean of the odds 1, 4 and 9 is 36^(1/3).
    odds = 36 ** (1 / 3)
    assert mean.answers["cls"] == pytest.approx([odds / (1 + odds)])
    expected = np.zeros((2, 3, 1), np.float32)
    expected[0, 2] = np.mean(scores)
    np.testing.assert_allclose(mean.answers["seg"], expected, rtol=1e-6)
    assert mean.answers["seg"].dtype == np.float32
    assert mean.answers["det"] == (BOX,)
    assert mean.novelty == 0.5


def test_a_view_that_was_not_mirrored_stays_as_it_is() -> None:
    view = _heads(0.3, (), ())
    assert average([view]) is view
