"""A kept result tells what the run told, and to which recipe it belongs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.scoring.evidence import Evidence, Flaw
from auxnet_cli.studies.figures import pooled
from auxnet_cli.studies.stored_result import Result, read, read_recipe, write

CLASSES = ("pit", "crack")


def _image(number: int, rng: np.random.Generator) -> Evidence:
    """Every other image shows a pit, which mask and box find more or less."""
    shown = number % 2 == 0
    truth = np.array([[0, 10, 20, 30, 40]], np.float64) if shown else np.zeros((0, 5))
    boxes = 3 * shown + 2
    answer = np.column_stack(
        [
            rng.integers(0, 2, boxes),
            np.sort(rng.random(boxes))[::-1],
            np.array([10, 20, 30, 40]) + rng.normal(0, 3, (boxes, 4)),
        ]
    )
    scores = rng.random(2)
    return Evidence(
        name=f"{number}.png",
        group=f"part {number // 4}",
        labels=np.array([shown, False]),
        stopped=bool(scores[0] > 0.5),
        scores=scores,
        votes={"cls": scores, "seg": rng.random(2), "det": rng.random(2)},
        pixels=np.array([[600 * shown, 0], [1200 * shown, 0], [900, 50]], np.int64),
        boxes=answer,
        truth=truth,
        flaws=(Flaw(0, 1200.0, 50.0, True, True, False),) if shown else (),
    )


@pytest.fixture
def result() -> Result:
    rng = np.random.default_rng(0)
    images = [_image(number, rng) for number in range(40)]
    return Result(images, rng.random(40), CLASSES, ("cls", "seg", "det"))


def test_the_figures_are_those_of_the_run(result: Result, tmp_path: Path) -> None:
    write(result, {}, tmp_path / "arm" / "kept.xz")
    kept = read(tmp_path / "arm" / "kept.xz")
    before, after = (pooled([one])[1](None) for one in (result, kept))
    assert len(before) == 10
    assert after == pytest.approx(before, abs=2e-3)
    for own, other in zip(result.evidence, kept.evidence, strict=True):
        exact = ("name", "group", "stopped", "flaws")
        assert [getattr(own, name) for name in exact] == [getattr(other, name) for name in exact]
        for name in ("labels", "pixels", "truth"):
            np.testing.assert_array_equal(getattr(own, name), getattr(other, name))


def test_heads_that_were_not_built_stay_away(result: Result, tmp_path: Path) -> None:
    bare = replace(result.evidence[0], scores=None, pixels=None, boxes=None, votes={})
    write(Result([bare], None, CLASSES, ("seg",)), {}, tmp_path / "kept.xz")
    kept = read(tmp_path / "kept.xz")
    (one,) = kept.evidence
    assert (kept.suspicion, one.scores, one.pixels, one.boxes, one.votes) == (*[None] * 4, {})


def test_a_result_belongs_to_its_recipe(result: Result, tmp_path: Path) -> None:
    file = tmp_path / "kept.xz"
    assert read_recipe(file) is None
    write(result, {"epochs": 16, "options": ["--set", "a=1"]}, file)
    assert read_recipe(file) == {"epochs": 16, "options": ["--set", "a=1"]}
