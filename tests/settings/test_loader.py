import pytest
import yaml

from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings
from auxnet_cli.settings.loader import load_settings, preset_for, presets, read_settings
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


def test_lists_are_replaced_whole(tmp_path):
    found = load_settings("demo", overrides=["model.anchors.ratios=[1]", "tasks=[det, cls]"])
    assert found.model.anchors.ratios == (1.0,)
    assert found.tasks == ("cls", "det")
    assert found.model.anchors.levels == (3, 6)


@pytest.mark.parametrize(
    ("override", "name", "value"),
    [
        ("training.learning_rate=1e-3", "learning_rate", 0.001),
        ("training.learning_rate = 0.5", "learning_rate", 0.5),
        ("training.epochs=1e1", "epochs", 10),
        ("training.clip_norm=3", "clip_norm", 3.0),
    ],
)
def test_numbers_as_people_write_them(override, name, value):
    found = getattr(load_settings(overrides=[override]).training, name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("override", "hint"),
    [
        ("training.epoch=5", "training.epochs"),
        ("trainig.epochs=5", "training.epochs"),
        ("model.encodr=resnet50", "model.encoder"),
        ("model.anchors.scale=[1]", "model.anchors.scales"),
        ("sed=1", "seed"),
    ],
)
def test_a_typo_is_answered_with_the_nearest_name(override, hint):
    with pytest.raises(
        InputError, match=rf"`overrides` {override.partition('=')[0]}.*mean '{hint}'"
    ):
        load_settings(overrides=[override])


@pytest.mark.parametrize("file", ["auxnet.yaml", "mine.yaml"])
def test_a_typo_in_a_file_names_the_file(tmp_path, file):
    path = tmp_path / file
    write_yaml(path, {"data": {"sise": [64, 64]}})
    config = None if file == "auxnet.yaml" else path
    with pytest.raises(InputError, match=rf"{file}: .* 'data\.sise'\. Did you mean 'data\.size'"):
        load_settings("demo", config, workspace=tmp_path)


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


@pytest.mark.parametrize("override", ["training.epochs", "=5", " =5", ""])
def test_a_set_without_key_or_value(override):
    with pytest.raises(InputError, match="KEY=VALUE"):
        load_settings(overrides=[override])


def test_a_set_with_bad_yaml():
    with pytest.raises(InputError, match=r"`overrides` data\.size=\[1, line .*: it is no YAML"):
        load_settings(overrides=["data.size=[1"])


BOMB = b"a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 30)
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"seed: 1\ntraining: [1\n", r"mine\.yaml, line \d, column 1: it is no YAML"),
        (b"seed: 1\n\tepochs: 2\n", r"mine\.yaml, line 2, column 1: it is no YAML"),
        (b"- seed\n", r"mine\.yaml: settings must be names with values"),
        (b"a: " + b"[" * 10**5, r"mine\.yaml, line 1.*nest"),
        (b"a: " + b"{a: " * 99 + b"}" * 99, r"mine\.yaml, line 1: is nested deeper than 64"),
        (BOMB, r"mine\.yaml, line \d+: repeats more than 10,000 values"),
        (b"seed: 1\nseed: 2", r"mine\.yaml, line 2: says 'seed' twice"),
        (b"seed: &a [*a]", r"mine\.yaml, line 1: \*a refers to nothing"),
        (b"#" * 2**20 + b"\n", r"mine\.yaml has 1,048,577 bytes, too many for a settings file"),
        (b"seed: " + b"9" * 5000, r"mine\.yaml holds a value that cannot be read"),
        (b"seed: [" + b"[x], " * 9999 + b"]", r"mine\.yaml: seed is \[.{,200}, but: "),
        (b"seed: \xff\xfe", r"mine\.yaml, byte 6: it is no UTF-8 text"),
    ],
)
def test_a_bad_file(tmp_path, content, says):
    (tmp_path / "mine.yaml").write_bytes(content)
    with pytest.raises(InputError, match=says):
        load_settings("demo", tmp_path / "mine.yaml")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match=r"no settings file .*mine\.yaml"):
        load_settings("demo", tmp_path / "mine.yaml")
    with pytest.raises(InputError, match="is a folder"):
        load_settings("demo", tmp_path)


def test_an_empty_file_changes_nothing(tmp_path):
    (tmp_path / "mine.yaml").write_text("# nothing\n")
    assert load_settings("demo", tmp_path / "mine.yaml") == load_settings("demo")


def test_presets_and_their_sizes():
    sizes = {name: load_settings(name).data.size for name in presets()}
    assert sizes["severstal"] == (128, 800)
    assert sizes["tekerreka"] == (600, 600)
    assert {"demo", "swift"} <= set(sizes)


def test_an_unknown_preset():
    with pytest.raises(InputError, match=r"no preset 'severstall'.*'severstal'.*paper, severstal"):
        load_settings("severstall")


@pytest.mark.parametrize(
    ("kind", "preset"),
    [
        ("severstal", "severstal"),
        ("tekerreka", "tekerreka"),
        ("synthetic", "demo"),
        ("masks", "swift"),
    ],
)
def test_a_data_sets_kind_chooses_the_preset(kind, preset):
    assert preset_for(kind) == preset


@pytest.mark.parametrize("preset", presets())
def test_what_a_run_writes_can_be_read_again(tmp_path, preset):
    settings = load_settings(preset, overrides=["seed=3"])
    write_yaml(tmp_path / "config.yaml", settings.model_dump(mode="json"))
    assert read_settings(tmp_path / "config.yaml") == settings


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
