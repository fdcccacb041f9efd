import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.system.files import write_yaml


def test_lists_are_replaced_whole():
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
