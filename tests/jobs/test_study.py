import json

import numpy as np
import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.jobs import study as module
from auxnet_cli.jobs.study import study, study_folder
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.studies.facts import Facts
from auxnet_cli.studies.stored_result import Result, write


def result(right):
    """Twelve images of one class, of which so many are judged rightly."""
    images = []
    for number in range(12):
        shown = np.array([number % 2 == 0])
        scores = np.where(shown if number < right else ~shown, 0.9, 0.1)
        images.append(
            Evidence(
                f"{number}.png", f"{number}", shown, True, scores, {"cls": scores}, None, None,
                np.zeros((0, 5)), (),
            )
        )  # fmt: skip
    return Result(images, None, ("pit",), ("cls",), Facts(1.0, 1000, {"network": "x"}))


@pytest.fixture
def trainer(monkeypatch):
    """Stores a result in place of training; gives the trainings that it was asked for."""
    asked = []

    def train(trainings, parallel, say):
        for training in trainings:
            if not training.done:
                asked.append(training)
                write(result(12 - len(asked) % 3), training.recipe, training.result)
        return []

    monkeypatch.setattr(module, "train_missing", train)
    return asked


def test_what_is_trained_is_kept_for_all_studies(trainer, made, tmp_path):
    document = study("attention", made.root, budget="quick", out=tmp_path)
    assert [arm.name for arm in document.arms] == ["SE + spatial", "none", "SE", "spatial"]
    assert len(trainer) == 4
    folder = study_folder("attention", made.root, "quick", tmp_path)
    assert {path.name for path in folder.iterdir()} == {
        "study.json", "study.md", "study.html", "figures",
    }  # fmt: skip
    written = json.loads((folder / "study.json").read_text())
    assert written == document.document()
    assert written["data"]["fingerprint"] == made.fingerprint
    again = study("attention", made.root, budget="quick", out=tmp_path)
    assert len(trainer) == 4
    assert again == document
    study("losses", made.root, budget="quick", out=tmp_path)
    assert len(trainer) == 8  # Dice is the first arm of attention


def test_seeds_and_fractions_are_trained(trainer, made, tmp_path):
    document = study("training-size", made.root, budget="quick", seeds=2, out=tmp_path)
    assert len(trainer) == 2 * 2 * 4
    assert document.seeds == 2
    fractions = [arm.fraction for arm in document.arms]
    assert fractions == [1, 1, 0.9, 0.9, 0.75, 0.75, 0.5, 0.5]
    assert all(arm.seeds == 2 for arm in document.arms)
    assert document.folds == []  # parts of the images are no folds


def test_a_table_trains_nothing(trainer, made, tmp_path):
    with pytest.raises(InputError, match="Nothing of attention is trained"):
        study("attention", made.root, budget="quick", out=tmp_path, table=True)
    study("attention", made.root, budget="quick", out=tmp_path)
    document = study("attention", made.root, budget="quick", seeds=2, out=tmp_path, table=True)
    assert (len(trainer), document.unfinished) == (4, 4)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"name": "attentoin"}, "no study 'attentoin'.*'attention'"),
        ({"name": "losses", "budget": "plan"}, "no budget 'plan'.*'plant'"),
        ({"name": "losses", "seeds": 0}, "`seeds` 0 is not possible"),
        ({"name": "losses", "parallel": 0}, "`parallel` 0 is not possible"),
        ({"name": "losses", "data": "nowhere"}, "no prepared data set"),
        ({"name": "losses", "folds": ["1"], "budget": "quick"}, "no fold '1'"),
    ],
)
def test_bad_input(made, tmp_path, arguments, says):
    with pytest.raises(InputError, match=says):
        study(**{"data": made.root, "out": tmp_path, **arguments})


def test_all_arms_start_alike(monkeypatch):
    """From ImageNet's weights where all encoders have them, else all from random ones."""
    from auxnet_cli.model.encoders import weights
    from auxnet_cli.studies.budgets import BUDGETS
    from auxnet_cli.studies.paper_studies import PAPER_STUDIES

    known = {"efficientnet-lite0"}
    found = weights.EncoderWeights
    monkeypatch.setattr(
        weights, "find_weights", lambda _, encoder: found(encoder in known or None, "")
    )
    plant = BUDGETS["plant"]
    chosen = {
        name: module._common_weights(study.arms.values(), plant)
        for name, study in PAPER_STUDIES.items()
    }
    assert chosen.pop("classification") == "none"
    assert set(chosen.values()) == {"imagenet"}
    assert module._common_weights(PAPER_STUDIES["losses"].arms.values(), BUDGETS["quick"]) == "none"
