import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.system.files import write_yaml


def test_removed_settings_at_their_defaults_are_passed_over_in_runs_alone(tmp_path):
    path = tmp_path / "config.yaml"
    removed = {
        "model": {"separable": False},
        "loss": {"balance": "fixed"},
        "distillation": {"teacher": "", "weight": 1.0},
    }
    write_yaml(path, {"seed": 3, **removed})
    assert read_settings(path).seed == 3
    with pytest.raises(InputError, match=r"no setting 'model\.separable'"):
        load_settings("demo", path)
    write_yaml(path, {"model": {"separable": True}})
    with pytest.raises(InputError, match=r"no setting 'model\.separable'"):
        read_settings(path)


def test_a_run_that_is_older_than_a_setting_keeps_what_it_did(tmp_path):
    path = tmp_path / "config.yaml"
    write_yaml(path, {"model": {"anchors": {"base": 2.0}}, "loss": {"boxes": "giou"}})
    found = read_settings(path)
    assert (found.model.anchors.assign, found.model.anchors.base) == ("iou", 2)
    assert (found.loss.boxes, found.loss.box_scores) == ("giou", "focal")
    assert load_settings("demo", path).model.anchors.assign == Settings().model.anchors.assign
    write_yaml(path, {"model": 3})
    with pytest.raises(InputError, match="model"):
        read_settings(path)
