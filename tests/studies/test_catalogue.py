"""The studies train what they trained, whatever the presets have become since."""

import pytest

from auxnet_cli.settings.loader import load_settings
from auxnet_cli.studies.catalogue import FROM_SCRATCH, STUDIES


def _overrides(options: tuple[str, ...]) -> list[str]:
    return [word for word in options if "=" in word]


OF_TODAY = ("levers", "joint", "unseen")
"""Those of ``swift`` as it is."""


def test_the_older_studies_learn_from_scratch() -> None:
    for study in (STUDIES[name] for name in STUDIES if name not in OF_TODAY):
        assert study.options[: len(FROM_SCRATCH)] == FROM_SCRATCH
        for arm in study.arms:
            settings = load_settings("swift", overrides=_overrides((*study.options, *arm.options)))
            model, loss = settings.model, settings.loss
            assert model.encoder in ("resnet18", "resnet50")
            assert (model.weights, model.anchors.assign, model.memory.vectors) == ("none", "iou", 0)
            assert (loss.boxes, loss.box_scores, loss.focal_gamma) == ("smooth-l1", "focal", 4)
            assert settings.training.learning_rate == 0.0005
            # What nobody sets, a training chooses by the data.
            assert "size" in settings.tile.model_fields_set
            assert settings.tile.whole == 0


def test_an_arm_has_the_last_word_on_the_encoder() -> None:
    (arm, *_), options = STUDIES["resnet50"].arms, STUDIES["resnet50"].options
    model = load_settings("swift", overrides=_overrides((*options, *arm.options))).model
    assert (model.encoder, model.encoder_width, model.weights) == ("resnet50", 1, "none")


@pytest.mark.parametrize("name", OF_TODAY)
def test_the_first_arm_of_a_study_of_today_is_the_preset_itself(name: str) -> None:
    study = STUDIES[name]
    assert (study.arms[0].tasks, study.arms[0].options, study.options) == ("cls,seg,det", (), ())
    for arm in study.arms[1:]:
        swift, changed = (
            load_settings("swift", overrides=_overrides(options)) for options in ((), arm.options)
        )
        # A data set chooses the tiles where they are not set, be it to none.
        tiles_set = changed.tile.model_fields_set != swift.tile.model_fields_set
        assert changed != swift or tiles_set or arm.tasks != study.arms[0].tasks
