import json
from importlib.metadata import version

from auxnet_cli import __version__
from auxnet_cli.training.environment import describe


def test_what_a_run_was_made_with(made):
    told = describe(made, 7, "ImageNet", [])
    assert list(json.loads(json.dumps(told))) == list(told)
    assert told["auxnet"] == __version__
    assert told["packages"]["keras"] == version("keras")
    assert told["seed"] == 7
    assert told["initial_weights"] == "ImageNet"
    assert told["dataset"] == {"name": made.name, "fingerprint": made.fingerprint}
    assert told["cpu"]["cores"] >= 1
    assert told["warnings"] == []


def test_packages_that_are_not_there_are_left_out(made, monkeypatch):
    monkeypatch.setattr("auxnet_cli.training.environment.PACKAGES", ("keras", "no-such-package"))
    assert list(describe(made, 0, "", [])["packages"]) == ["keras"]


def test_a_warning_is_kept(made):
    assert describe(made, 0, "none", ["No weights."])["warnings"] == ["No weights."]
