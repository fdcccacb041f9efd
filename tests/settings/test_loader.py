import pytest
import yaml

from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.settings.presets import presets
from auxnet_cli.system.files import write_yaml


def test_a_later_layer_wins(tmp_path):
    """Each layer sets what the ones before set, and one setting more of its own."""
    write_yaml(
        tmp_path / "auxnet.yaml",
        {"seed": 1, "training": {"epochs": 71, "batch_size": 72, "warm_up": 0.73}},
    )
    config = tmp_path / "mine.yaml"
    write_yaml(config, {"training": {"epochs": 81, "batch_size": 82}})
    found = load_settings("demo", config, ["training.epochs=91"], tmp_path)
    assert found.training.epochs == 91  # --set
    assert found.training.batch_size == 82  # --config
    assert found.training.warm_up == 0.73  # auxnet.yaml
    assert found.seed == 1
    assert found.training.sampling == "balanced"  # the preset
    assert found.training.clip_norm == Settings().training.clip_norm  # the default


def test_the_last_set_wins():
    assert load_settings(overrides=["seed=1", "seed=2"]).seed == 2


def test_the_current_folder_is_the_workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_yaml(tmp_path / "auxnet.yaml", {"seed": 7})
    assert load_settings("swift").seed == 7


@pytest.mark.parametrize(
    "override",
    [
        "training.epochs=many",
        "training.epochs=2.5",
        "training.epochs=0",
        "training.epochs=yes",
        "training.epochs=",
        "training.learning_rate=nan",
        "training.learning_rate=.inf",
        "training.clip_norm=true",
        "training=5",
        "augmentation.horizontal_flip=sometimes",
        "data.size=64",
        "data.size=[64]",
        "data.size=[64, 64, 3]",
        "data.size=[16, 64]",
        "data.val=1.5",
        "seed=-1",
        "tasks=[]",
        "tasks=[cls, sge]",
        "model.encoder=vgg19",
        "model.anchors.levels=[5, 3]",
        "model.anchors.levels=[1, 3]",
        "model.anchors.ignore=0.9",
        "model.anchors.scales=[]",
    ],
)
def test_a_wrong_value_is_one_sentence_with_its_source(override):
    with pytest.raises(InputError) as caught:
        load_settings(overrides=[override])
    message = str(caught.value)
    assert message.startswith(f"`overrides` {override}: ")
    assert override.split("=")[0] in message.split(": ", 1)[1] or "anchors" in message
    assert "\n" not in message


def test_an_unknown_preset():
    with pytest.raises(InputError, match=r"no preset 'severstall'.*'severstal'.*paper, severstal"):
        load_settings("severstall")


@pytest.mark.parametrize("preset", presets())
def test_what_a_run_writes_can_be_read_again(tmp_path, preset):
    settings = load_settings(preset, overrides=["seed=3"])
    write_yaml(tmp_path / "config.yaml", settings.model_dump(mode="json"))
    assert read_settings(tmp_path / "config.yaml") == settings


def test_a_runs_damaged_settings(tmp_path):
    path = tmp_path / "config.yaml"
    with pytest.raises(InputError, match="no settings file"):
        read_settings(path)
    path.write_text(yaml.safe_dump({"seed": "x"}))
    with pytest.raises(InputError, match=r"config\.yaml: seed is 'x'"):
        read_settings(path)
    path.write_text(yaml.safe_dump({"sede": 1}))
    with pytest.raises(InputError, match="Did you mean 'seed'"):
        read_settings(path)
