from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.facts import Facts
from auxnet_cli.studies.paper_result import study_document
from auxnet_cli.studies.stored_result import Result, write

IMAGES = 80


def evidence(right):
    """Images of two classes, of which a part ``right`` are judged rightly, spread evenly."""
    images = []
    for number in range(IMAGES):
        shown = np.array([number % 2 == 0, number % 4 == 1])
        told = shown if (number * 7919) % IMAGES < right * IMAGES else ~shown
        scores = np.where(told, 0.9, 0.1)
        images.append(
            Evidence(
                name=f"{number}.png",
                group=f"part {number // 2}",
                labels=shown,
                stopped=True,
                scores=scores,
                votes={"cls": scores},
                pixels=None,
                boxes=None,
                truth=np.zeros((0, 5)),
                flaws=(),
            )
        )
    return images


@pytest.fixture
def make(training, data):
    """Makes the document of trainings whose accuracy is given, by arm and seed."""

    def store(arm, seed, right):
        made = replace(training, arm=Arm(arm), seed=seed)
        if right is not None:
            facts = Facts(2.0 + seed, 1_000_000, {"network": arm})
            result = Result(evidence(right), None, ("pit", "crack"), ("cls",), facts)
            write(result, made.recipe, made.result)
        return made

    def document(budget="plant", **accuracies):
        trainings = {
            name: [store(name, seed, right) for seed, right in enumerate(of_seeds)]
            for name, of_seeds in accuracies.items()
        }
        seeds = len(next(iter(accuracies.values())))
        return study_document("attention", budget, Dataset.open(data), [], seeds, trainings)

    return document


def names(**accuracies):
    """The arms of the study ``attention``, under names that Python takes."""
    titles = {"both": "SE + spatial", "none": "none", "se": "SE", "spatial": "spatial"}
    return {titles[name]: of_seeds for name, of_seeds in accuracies.items()}


def test_figures_and_claims_of_one_seed(make):
    study = make(**names(both=[0.9], none=[0.5], se=[0.9], spatial=[None]))
    assert (study.name, study.budget, study.unfinished, study.stand_in) == (
        "attention", "plant", 1, True,
    )  # fmt: skip
    assert [arm.name for arm in study.arms] == ["SE + spatial", "none", "SE"]
    first = study.arms[0].figures["classification.accuracy"]
    assert first.mean == pytest.approx(0.9)
    assert (first.spread, first.paper) == (None, 0.971)
    assert first.ci95[0] < 0.9 < first.ci95[1]
    assert (study.arms[0].minutes, study.arms[0].parameters) == (2.0, 1_000_000)
    pit, crack = (study.arms[0].per_class[name] for name in ("pit", "crack"))
    assert pit["classification.accuracy"] == pytest.approx(0.9)
    assert crack["classification.accuracy"] == pytest.approx(0.9)
    none, se, spatial = study.claims
    assert none.text == "SE + spatial has a higher accuracy than none"
    assert none.difference == pytest.approx(0.4)
    assert (none.verdict, none.paper) == ("reproduced", pytest.approx(0.009))
    assert se.difference == 0
    assert se.verdict == "these data cannot tell"  # equal everywhere: no interval exists
    assert (spatial.difference, spatial.verdict) == (None, "these data cannot tell")


def test_seeds_have_a_spread_and_widen_the_claim(make):
    alone = make(**names(both=[0.9], none=[0.8], se=[0.7], spatial=[0.6]))
    several = make(**names(both=[0.9, 0.8], none=[0.8, 0.9], se=[0.7, 0.7], spatial=[0.6, 0.6]))
    figure = several.arms[0].figures["classification.accuracy"]
    assert figure.mean == pytest.approx(0.85)
    assert figure.spread == pytest.approx(0.1 / np.sqrt(2))
    assert several.arms[0].seeds == 2
    assert alone.claims[0].verdict == "reproduced"
    assert several.claims[0].difference == pytest.approx(0, abs=1e-9)
    assert several.claims[0].verdict == "these data cannot tell"
    assert several.claims[2].verdict == "these data cannot tell"  # two seeds: t is 12.7
    assert several.arms[0].minutes == 2.5


def test_a_worse_first_arm_is_not_reproduced(make):
    study = make(**names(both=[0.5], none=[0.9], se=[None], spatial=[None]))
    assert study.claims[0].verdict == "not reproduced"
    assert study.claims[0].ci95[1] < 0


def test_a_quick_run_judges_nothing(make):
    arms = names(both=[0.9], none=[0.5], se=[None], spatial=[None])
    (claim, *_) = make("quick", **arms).claims
    assert claim.verdict == "these data cannot tell"
    assert claim.ci95[0] > 0
