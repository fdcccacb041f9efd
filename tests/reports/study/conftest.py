import pytest

from auxnet_cli.documents.dataset_card import DatasetIdentity
from auxnet_cli.documents.study import SCHEMA, Study, StudyArm, StudyClaim, StudyFigure

DICE = "segmentation.dice"


@pytest.fixture
def arm():
    return study_arm


def study_arm(name, mean, paper, fraction=1.0, spread=None, metric=DICE):
    return StudyArm(
        name=name, tasks=["seg"], parameters=26_100_000, seeds=1, minutes=12.3, fraction=fraction,
        settings={"network": "unet", "encoder": "<resnet50>"},
        figures={metric: StudyFigure(mean=mean, spread=spread, ci95=(0.7, 0.9), paper=paper)},
    )  # fmt: skip


@pytest.fixture
def make():
    def study(arms, **more):
        claim = StudyClaim(
            text="Defect-Aux-Net has a higher Dice than U-Net", metric=DICE, margin=0.005,
            verdict="too close to call", difference=0.0012, ci95=(-0.003, 0.004), paper=0.07,
        )  # fmt: skip
        fields = {
            "schema": SCHEMA, "tool_version": "0", "name": "segmentation", "title": "Table II",
            "budget": "plant", "budget_note": "a night", "folds": [], "stand_in": True,
            "data": DatasetIdentity(name="neu_seg", fingerprint="f" * 64, groups_lost=False),
            "cpu": "AMD", "seeds": 1, "unfinished": 0, "arms": arms, "claims": [claim], **more,
        }  # fmt: skip
        return Study(**fields)

    return study
