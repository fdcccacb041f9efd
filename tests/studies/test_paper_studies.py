import itertools

import pytest

from auxnet_cli.settings.loader import load_settings
from auxnet_cli.studies.budgets import BUDGETS
from auxnet_cli.studies.paper_studies import ACCURACY, DICE, MAP, OURS, PAPER_STUDIES


def settings_of(arm, budget):
    words = (*budget.options, *arm.options)
    preset = words[words.index("--preset") + 1]
    overrides = [after for word, after in itertools.pairwise(words) if word == "--set"]
    return load_settings(preset, overrides=[*overrides, f"tasks=[{arm.tasks}]"])


ARMS = [
    pytest.param(name, title, budget, id=f"{name}, {title}, {budget}")
    for name, study in PAPER_STUDIES.items()
    for title in study.arms
    for budget in BUDGETS
]


@pytest.mark.parametrize(("name", "title", "budget"), ARMS)
def test_every_arm_can_be_trained_at_every_budget(name, title, budget):
    paper_arm, spent = PAPER_STUDIES[name].arms[title], BUDGETS[budget]
    chosen = settings_of(paper_arm.arm(spent, "none"), spent)
    assert chosen.tasks == tuple(paper_arm.tasks.split(","))
    assert (chosen.model.name, chosen.model.encoder) == (
        paper_arm.network, paper_arm.encoder(spent)
    )  # fmt: skip
    assert (chosen.model.weights, chosen.model.memory.vectors) == ("none", 0)
    assert (chosen.tile.size, chosen.decision.boxes) == (None, "head")
    if title == "RetinaNet":
        ours = settings_of(PAPER_STUDIES[name].arms[OURS].arm(spent, "none"), spent)
        assert chosen.model.anchors == ours.model.anchors
        assert (chosen.loss.focal_gamma, ours.loss.focal_gamma) == (2, 4)


@pytest.mark.parametrize("budget", BUDGETS)
def test_arms_of_one_name_are_one_training(budget):
    """Studies share what they train, and nothing else has the same folder."""
    arms = [
        arm.arm(BUDGETS[budget], "none")
        for study in PAPER_STUDIES.values()
        for arm in study.arms.values()
    ]
    assert len({arm.name for arm in arms}) == len(set(arms))
    ours = [
        PAPER_STUDIES[name].arms[title].arm(BUDGETS[budget], "none")
        for name, title in (
            ("segmentation", OURS), ("detection", OURS), ("losses", "Dice"),
            ("attention", "SE + spatial"), ("training-size", OURS),
        )
    ]  # fmt: skip
    assert len(set(ours)) == 1


def test_the_papers_figures():
    """Tables I to IV and figure 11."""
    studies = PAPER_STUDIES
    assert studies["losses"].arms["BCE"].paper[DICE] == 0.911
    assert studies["segmentation"].arms["U-Net"].paper[DICE] == 0.856
    assert studies["classification"].arms["SE-ResNet-50"].paper[ACCURACY] == 0.955
    assert studies["attention"].arms["spatial"].paper[ACCURACY] == 0.963
    detection = studies["detection"].arms
    for rival, percent in (("RetinaNet", 17.95), ("SSD", 43.77), ("Cascade R-CNN", 26.03)):
        above = detection[OURS].paper[MAP] / detection[rival].paper[MAP] - 1
        assert 100 * above == pytest.approx(percent, abs=0.15)


def test_the_claims_are_that_the_first_arm_is_better():
    for study in PAPER_STUDIES.values():
        first, *others = study.arms
        for fraction in study.fractions:
            claims = [claim for claim in study.claims if claim.fraction == fraction]
            assert [(claim.better, claim.than) for claim in claims] == [
                (first, other) for other in others
            ]
            assert all(claim.metric in study.metrics and claim.margin > 0 for claim in claims)
            assert all(claim.paper is None or claim.paper > 0 for claim in claims)
