import pytest
from pydantic import ValidationError

from auxnet_cli.layering import load_settings
from auxnet_cli.settings import Settings, walk


def test_every_setting_has_a_name_of_its_own_and_help():
    found = list(walk(Settings()))
    assert len({name for name, *_ in found}) == len(found)
    for name, _, unit, text in found:
        assert text.endswith((".", ").")), name
        assert "\n" not in text + unit


def test_the_names_that_scripts_use():
    found = {name: value for name, value, *_ in walk(load_settings("severstal"))}
    names = {
        "seed", "model.name", "model.encoder", "model.weights", "model.attention",
        "training.epochs", "training.batch_size", "data.size",
    }  # fmt: skip
    assert names <= set(found)
    assert found["data.size"] == (128, 800)
    assert found["model.encoder"] == "resnet50"


def test_settings_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().seed = 1
