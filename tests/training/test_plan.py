import os
from dataclasses import replace

import pytest

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.system.files import write_yaml
from auxnet_cli.training.checkpoint import FILE, FOLDER, Checkpoint, Counters, Origin
from auxnet_cli.training.distributed.workers import Workers
from auxnet_cli.training.plan import check_agreement, continued, new_plan, resumed_plan
from auxnet_cli.training.run_folder import UNBUILT, hold


def begun(run, plan, **given):
    """A run with a checkpoint of the plan."""
    data = plan.dataset
    origin = Origin(str(data.root), data.fingerprint, str(plan.source or ""), "none", {})
    write_yaml(run / "config.yaml", plan.settings.model_dump(mode="json"))
    parts = {"origin": origin, "counters": Counters(**given)}
    Checkpoint(run / FOLDER, parts, lambda: [keras.Variable(0.0)]).save()
    return run


@pytest.fixture
def plan(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return new_plan(None, made.root, "demo", None, ["seed=3"])


def test_the_newest_of_several_is_gone_on_with(plan, tmp_path):
    runs = [begun(tmp_path / "runs" / name, plan, step=step) for step, name in enumerate("abc")]
    for age, run in zip((1, 0, 2), runs, strict=True):
        path = run / FOLDER / FILE
        os.utime(path, (path.stat().st_mtime - age, path.stat().st_mtime - age))
    again = continued(plan, None)
    assert (again.saved.run.name, again.saved.counters.step) == ("b", 1)
    assert (again.dataset, again.settings) == (plan.dataset, plan.settings)
    assert resumed_plan(None, None).saved.run.name == "b"


def test_data_prepared_anew_are_not_gone_on_with(plan, tmp_path, made):
    run = begun(tmp_path / "runs/a", replace(plan, dataset=replace(made, fingerprint="0" * 64)))
    with pytest.raises(InputError, match=r"is not the one that runs.a learns from"):
        resumed_plan(None, None)
    with pytest.raises(InputError, match="unfinished training with another data set"):
        continued(plan, run)


def test_data_that_were_moved_are_found_by_their_new_place(plan, tmp_path, made):
    begun(tmp_path / "runs/a", replace(plan, dataset=replace(made, root=tmp_path / "gone")))
    with pytest.raises(InputError, match="gone is no prepared data set"):
        resumed_plan(None, None)
    assert resumed_plan(None, made.root).dataset.root == made.root


def test_a_run_that_is_being_trained_is_left_alone(plan, tmp_path):
    run = begun(tmp_path / "runs/a", plan)
    with hold(run):
        assert continued(plan, None) == plan
        with pytest.raises(InputError, match=r"a is being trained by another process"):
            resumed_plan(run, None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"overrides": ["seed=4", "training.epochs=2"]}, r"other settings \(seed, training.epochs"),
        ({"source": "elsewhere"}, "other first weights"),
    ],
)
def test_another_training_is_left_alone(plan, tmp_path, made, change, says):
    run = begun(tmp_path / "runs/a", plan)
    other = new_plan(
        None, made.root, "demo", None, change.get("overrides", ["seed=3"]), change.get("source")
    )
    assert continued(other, None) == other
    with pytest.raises(InputError, match=says):
        continued(other, run)


def test_a_finished_one_is_left_alone(plan, tmp_path):
    run = begun(tmp_path / "runs/a", plan, finished=True)
    assert continued(plan, None) == continued(plan, run) == plan
    with pytest.raises(InputError, match="no unfinished training"):
        resumed_plan(None, None)


def test_a_finished_one_whose_memory_is_not_built_is_gone_on_with(plan, tmp_path):
    run = begun(tmp_path / "runs/a", plan, finished=True)
    (run / UNBUILT).touch()
    assert continued(plan, None).saved.run.name == "a"
    assert resumed_plan(None, None).saved.run.name == "a"


def test_removed_settings_at_their_defaults_do_not_set_a_run_apart(plan, tmp_path):
    run = begun(tmp_path / "runs/a", plan)
    config = run / "config.yaml"
    removed = 'distillation:\n  teacher: "{}"\n  weight: 1.0\n'
    text = config.read_text()
    config.write_text(text + removed.format(""))
    assert continued(plan, None).saved.run.name == "a"
    config.write_text(text + removed.format("runs/big"))
    with pytest.raises(InputError, match="settings that cannot be read"):
        continued(plan, run)


def test_a_set_that_is_only_evaluated_on_is_refused(tmp_path):
    """By whatever learns from it: ``train``, ``find_lr`` and ``pretrain``."""
    from auxnet_cli.jobs.prepare import prepare
    from auxnet_cli.jobs.pretrain import pretrain

    prepare("synthetic", images=8, test=1, out=tmp_path / "data")
    for job in (
        lambda data: new_plan(None, data, None, None, ()),
        lambda data: pretrain(data=data),
    ):
        with pytest.raises(InputError, match=r"training split of .* holds no image: name another"):
            job(tmp_path / "data")


def test_workers_must_begin_at_one_place(plan):
    class Second(Workers):
        """Joins a chief that goes on at epoch 2."""

        def agree(self, value):
            return 2.0 if value < 2 else value

    check_agreement(Workers(), plan)
    with pytest.raises(InputError, match="do not begin at one place"):
        check_agreement(Second(), plan)
