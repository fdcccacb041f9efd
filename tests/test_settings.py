import pytest
from pydantic import ValidationError

from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings, walk
from auxnet_cli.settings.loader import load_settings


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


@pytest.mark.parametrize(
    "override",
    [
        "seed=4294967296",
        "data.size=[16384, 16384]",
        "data.size=[100000, 32]",
        "data.workers=1000000000",
        "tile.per_image=1000000000",
        "model.pyramid_width=1000000000",
        "model.detection_depth=1000000000",
        "model.spatial_kernel=1000000000",
        "model.anchors.base=1e300",
        "model.anchors.scales=[1e-300]",
        "model.anchors.ratios=[.nan]",
        "loss.positive_weight=1e300",
        "training.epochs=1000000000000",
        "training.batch_size=1000000000",
        "training.learning_rate=.inf",
        "decision.temperature=1e-300",
        "decision.max_boxes=1000000000",
    ],
)
def test_absurd_values(override):
    name = override.partition("=")[0]
    with pytest.raises(InputError, match=f"`overrides` {name}=.*: {name} is .*, but: "):
        load_settings(overrides=[override])


def test_the_largest_input():
    found = load_settings(overrides=["data.size=[4096, 4096]", "tile.size=[16384, 16384]"])
    assert found.data.size == (4096, 4096)
