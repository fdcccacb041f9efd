import json
import math
import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import yaml

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.jobs.evaluate import evaluate
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.jobs.train import train
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.system.files import sha256
from auxnet_cli.training import build_loop as module
from auxnet_cli.training.multitask_model import MultitaskModel
from auxnet_cli.training.run_folder import hold

TIMES = {"seconds", "images_per_s", "waited"}


@pytest.fixture
def quick(tmp_path, monkeypatch, eager, tiny):
    """Trains in an empty workspace."""
    monkeypatch.chdir(tmp_path)

    def run(data, *overrides, **given):
        overrides = [*tiny, "model.attention=none", *overrides]
        return train(data=data, overrides=overrides, **given)

    return run


def untimed(history):
    return [{name: line[name] for name in line if name not in TIMES} for line in history]


def without(dataset, tmp_path, split="val", part="images"):
    """A copy of a data set whose split has lost its images, or only its annotations."""
    root = tmp_path / "changed"
    shutil.copytree(dataset.root, root)
    path = root / "annotations" / f"{split}.json"
    document = json.loads(path.read_text())
    document |= {"annotations": []} if part == "annotations" else {"annotations": [], "images": []}
    path.write_text(json.dumps(document))
    return root


def test_a_run_has_every_file_of_the_contract(trained, made, tiny):
    run, answer = trained
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoints",
        "config.yaml",
        "curves.png",
        "environment.json",
        "history.jsonl",
        "model.json",
        "model.keras",
        "tensorboard",
        "validation.json",
    ]
    assert (run.parent / "latest").read_text() == "tiny\n"
    assert Path(answer.run) == Path("runs/tiny")
    assert read_settings(run / "config.yaml") == load_settings("demo", overrides=tiny)


def test_the_card_is_all_that_a_runtime_needs(trained, made):
    run, _ = trained
    card = ModelCard.read(run / "model.json")
    assert card.classes == made.classes
    assert card.tasks == ("cls", "seg", "det")
    assert card.size == (32, 96)
    assert card.sha256 == sha256(run / "model.keras")
    assert card.dataset == {"name": made.name, "fingerprint": made.fingerprint}
    assert card.parameters == load_network(run / "model.keras").count_params()


def test_the_environment_is_told(trained, made):
    run, _ = trained
    told = json.loads((run / "environment.json").read_text())
    assert told["seed"] == 0
    assert told["preset"] == "demo"
    assert told["dataset"] == {"name": made.name, "fingerprint": made.fingerprint}
    assert {"python", "packages", "keras_backend", "platform", "cpu", "auxnet"} <= set(told)
    assert {"keras", "numpy"} <= set(told["packages"])


def test_the_history_has_a_line_an_epoch(trained):
    run, answer = trained
    rows = [json.loads(row) for row in (run / "history.jsonl").read_text().splitlines()]
    assert rows == answer.history
    assert [row["epoch"] for row in rows] == [1, 2]
    names = {
        "epoch", "loss", "classification", "segmentation", "detection", "learning_rate",
        "images_per_s", "waited", "seconds", "val_f1", "val_dice", "val_map50", "val_score",
        "val_escape_rate", "val_false_alarm_rate",
    }  # fmt: skip
    assert all(set(row) == names for row in rows)
    assert all(math.isfinite(row["loss"]) and row["loss"] > 0 for row in rows)
    assert answer.epochs == 2
    assert answer.best == max(row["val_score"] for row in rows)
    assert answer.unreadable == {}


def test_an_epochs_losses_are_means_over_its_batches(quick, made, monkeypatch):
    learn, seen = MultitaskModel.train_on_batch, []

    def watched(self, *given, **options):
        seen.append(learn(self, *given, **options))
        return seen[-1]

    monkeypatch.setattr(MultitaskModel, "train_on_batch", watched)
    first, second = quick(made.root, "training.batch_size=2", tasks=["cls"]).history
    half = len(seen) // 2
    assert half > 1
    for line, batches in ((first, seen[:half]), (second, seen[half:])):
        for name in ("loss", "classification"):
            mean = sum(float(batch[name]) for batch in batches) / half
            assert line[name] == pytest.approx(mean, abs=1e-5)


def test_a_seed_repeats_a_training(quick, made):
    first, again, other = (
        quick(made.root, f"seed={seed}", "training.epochs=1").history for seed in (5, 5, 6)
    )
    assert untimed(first) == untimed(again)
    assert first[-1]["loss"] != other[-1]["loss"]


def test_only_the_branches_asked_for_are_built(quick, made):
    answer = quick(made.root, "training.epochs=1", tasks=["seg"])
    network = load_network(Path(answer.run) / "model.keras")
    assert set(network.output) == {"segmentation"}
    (line,) = answer.history
    assert "segmentation" in line
    assert "val_dice" in line
    assert not {"classification", "detection", "val_f1", "val_map50"} & set(line)
    report = evaluate(data=made.root)
    assert report["classification"] is report["detection"] is None
    assert report["segmentation"] is not None
    assert report["model"]["tasks"] == ["seg"]


def test_an_interrupted_training_keeps_what_it_learned(quick, made, monkeypatch):
    steps = []
    learn = MultitaskModel.train_on_batch

    def interrupted(self, *given, **options):
        steps.append(1)
        if len(steps) == 4:
            raise KeyboardInterrupt
        return learn(self, *given, **options)

    monkeypatch.setattr(MultitaskModel, "train_on_batch", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"Interrupted in epoch \d: .* is in runs.mine"):
        quick(made.root, "training.epochs=9", tasks=["cls"], out=Path("runs/mine"))
    assert Path("runs/latest").read_text() == "mine\n"
    card = ModelCard.read(Path("runs/mine/model.json"))
    assert card.sha256 == sha256(Path("runs/mine/model.keras"))
    load_network(Path("runs/mine/model.keras"))


def test_interrupted_in_the_first_epoch(quick, made, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(MultitaskModel, "train_on_batch", interrupted)
    with pytest.raises(KeyboardInterrupt, match="Interrupted in epoch 1: "):
        quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    load_network(Path("runs/mine/model.keras"))


@pytest.fixture
def power_cut(monkeypatch):
    """Ends a training at a step, counted from 1, as if the power failed."""
    learn = MultitaskModel.train_on_batch

    class PowerCutError(BaseException):
        pass

    @contextmanager
    def at(last):
        steps = []

        def cut(self, *given, **options):
            steps.append(1)
            if len(steps) == last:
                raise PowerCutError
            return learn(self, *given, **options)

        with monkeypatch.context() as patch:
            patch.setattr(MultitaskModel, "train_on_batch", cut)
            try:
                yield
                pytest.fail(f"The training ended before step {last}.")
            except PowerCutError:
                pass

    return at


def weights(run):
    with np.load(run / "checkpoints/last.npz") as file:
        return [file[name] for name in sorted(file.files) if name != "arr_0"]


@pytest.mark.parametrize(("minutes", "tasks"), [(10, ["cls"]), (1e-9, None)])
def test_a_killed_training_goes_on_to_the_same_weights(quick, made, power_cut, minutes, tasks):
    """From the state of the epoch's beginning, and from one that is saved after each step."""
    overrides = ["training.batch_size=3", f"training.checkpoint_minutes={minutes}"]
    whole = quick(made.root, *overrides, tasks=tasks, out=Path("whole"), resume=False)
    for step in (2, 1, 5 if minutes == 10 else 3):
        with power_cut(step):
            quick(made.root, *overrides, tasks=tasks)
    answer = quick(made.root, *overrides, tasks=tasks)
    run = Path(answer.run)
    assert sorted(path.name for path in Path("runs").iterdir()) == sorted([run.name, "latest"])
    assert untimed(answer.history) == untimed(whole.history)
    assert all(
        np.array_equal(old, new)
        for old, new in zip(weights(run), weights(Path("whole")), strict=True)
    )
    assert answer.best_epoch == whole.best_epoch
    assert ModelCard.read(run / "model.json").sha256 == sha256(run / "model.keras")
    # Finished, the same command begins another.
    assert Path(quick(made.root, *overrides, "training.epochs=1", tasks=tasks).run) != run


def test_stopped_before_it_learned_it_begins_again(quick, made, monkeypatch):
    def stopped(*given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("auxnet_cli.jobs.train.build_loop", stopped)
        with pytest.raises(KeyboardInterrupt):
            quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    assert Path("runs/mine").exists()
    answer = quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    assert answer.run == "runs/mine"


def test_resume_goes_on_with_the_runs_own_settings(quick, made, power_cut):
    with power_cut(2):
        quick(made.root, "seed=3", tasks=["cls"], out=Path("runs/mine"))
    # Other settings leave it alone.
    assert quick(made.root, "training.epochs=1", tasks=["cls"]).run != "runs/mine"
    with pytest.raises(InputError, match=r"other settings \(seed\): go on with that"):
        quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    answer = train(resume=True)
    assert answer.run == "runs/mine"
    assert answer.epochs == 2
    assert read_settings(Path("runs/mine/config.yaml")).seed == 3
    with pytest.raises(InputError, match="no unfinished training"):
        train(resume=True)


def test_resume_takes_no_other_settings(quick, made):
    with pytest.raises(InputError, match="own settings: give no others"):
        quick(made.root, resume=True)


def test_no_resume_begins_anew(quick, made, power_cut):
    with power_cut(2):
        quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    answer = quick(made.root, tasks=["cls"], resume=False)
    assert answer.run != "runs/mine"
    with pytest.raises(InputError, match="exists and is not empty"):
        quick(made.root, tasks=["cls"], out=Path("runs/mine"), resume=False)


def test_a_run_that_is_being_trained_is_left_alone(quick, made, power_cut):
    with power_cut(2):
        quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    with hold(Path("runs/mine")):
        assert quick(made.root, tasks=["cls"]).run != "runs/mine"
        with pytest.raises(InputError, match="runs/mine is being trained by another process"):
            train(resume=True, out=Path("runs/mine"))


def test_data_prepared_anew_are_not_gone_on_with(quick, made, power_cut, tmp_path):
    root = tmp_path / "data" / "copy"
    shutil.copytree(made.root, root)
    with power_cut(2):
        quick(root, tasks=["cls"], out=Path("runs/mine"))
    facts = yaml.safe_load((root / "dataset.yaml").read_text())
    (root / "dataset.yaml").write_text(yaml.safe_dump({**facts, "fingerprint": "0" * 64}))
    with pytest.raises(InputError, match="is not the one that runs/mine learns from"):
        train(resume=True)
    with pytest.raises(InputError, match="unfinished training with another data set"):
        quick(root, tasks=["cls"], out=Path("runs/mine"))
    # Moved, it is found by its new place.
    assert train(resume=True, data=made.root).run == "runs/mine"


def test_half_precision_learns_and_keeps_full_precision(quick, made):
    answer = quick(made.root, "training.precision=bfloat16", "training.epochs=1")
    network = load_network(Path(answer.run) / "model.keras")
    assert {layer.compute_dtype for layer in network.layers} <= {"float32", "uint8"}
    assert math.isfinite(answer.history[0]["loss"])
    plain = quick(made.root, "training.epochs=1")
    loss = plain.history[0]["loss"]
    assert answer.history[0]["loss"] != loss
    assert answer.history[0]["loss"] == pytest.approx(loss, rel=0.1)


def test_without_validation_images_the_loss_decides(quick, made, tmp_path):
    answer = quick(without(made, tmp_path), tasks=["cls"])
    losses = [line["loss"] for line in answer.history]
    assert answer.best == -min(losses)
    assert not any(name.startswith("val_") for line in answer.history for name in line)
    assert (Path(answer.run) / "model.keras").is_file()


def test_validating_now_and_then_includes_the_last_epoch(quick, made):
    overrides = ["training.epochs=3", "training.validate_every=2"]
    history = quick(made.root, *overrides, tasks=["cls"]).history
    assert ["val_score" in line for line in history] == [False, True, True]


def test_exclusive_labels_train_too(quick, tmp_path):
    """Fasteners and a class each."""
    root = tmp_path / "data" / "bolts"
    prepare("synthetic", images=12, look="fastener", out=root)
    facts = yaml.safe_load((root / "dataset.yaml").read_text())
    (root / "dataset.yaml").write_text(yaml.safe_dump({**facts, "label_kind": "exclusive"}))
    answer = quick(root, "training.epochs=1", tasks=["cls"])
    network = load_network(Path(answer.run) / "model.keras")
    assert network.output["classification"].shape[-1] == len(Dataset.open(root).classes) + 1


def test_class_weights_are_those_of_the_training_split(quick, made, monkeypatch):
    given = []

    class Watched(module.MultitaskModel):
        def __init__(self, network, settings, exclusive, weights, *rest):
            given.append(weights)
            super().__init__(network, settings, exclusive, weights, *rest)

    monkeypatch.setattr(module, "MultitaskModel", Watched)
    quick(made.root, "training.epochs=1", "loss.class_weights=balanced", tasks=["cls"])
    quick(made.root, "training.epochs=1", tasks=["cls"], out=Path("runs/plain"))
    records = made.split("train")
    counts = [
        sum(label in record.labels for record in records) for label in range(len(made.classes))
    ]
    assert any(counts)
    for label, number in enumerate(counts):
        expected = len(records) / (2 * number) if 0 < number < len(records) else 1
        assert given[0].classification[1, label] == pytest.approx(expected, rel=1e-5)
        pairs = sum(counts) / (sum(map(bool, counts)) * number) if number else 1
        assert given[0].segmentation[label] == pytest.approx(pairs, rel=1e-5)
    assert given[1] is None


def test_unreadable_images_are_named(quick, made, tmp_path):
    root = tmp_path / "data" / "copy"
    shutil.copytree(made.root, root)
    first = Dataset.open(root).split("train")[0]
    first.path.unlink()
    first.path.write_bytes(b"")
    answer = quick(root, "training.sampling=natural", "training.epochs=1", tasks=["cls"])
    assert list(answer.unreadable) == [first.name]


@pytest.mark.parametrize(
    ("split", "part", "says"),
    [
        ("train", "images", "training split .* holds no image"),
        ("train", "annotations", "No image of the training split .* shows a defect"),
    ],
)
def test_nothing_to_learn(quick, made, tmp_path, split, part, says):
    with pytest.raises(InputError, match=says):
        quick(without(made, tmp_path, split, part))
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("overrides", "given", "says"),
    [
        (["trainig.epochs=1"], {}, "Did you mean 'training.epochs'"),
        ([], {"preset": "swfit"}, "Did you mean 'swift'"),
        ([], {"tasks": ["sge"]}, "tasks"),
        ([], {"config": Path("absent.yaml")}, r"no settings file absent\.yaml"),
        (["model.weights=absent.h5"], {}, r"absent\.h5"),
        ([], {"out": Path(__file__) / "run"}, "is a file"),
    ],
)
def test_wrong_calls_leave_no_run(quick, made, overrides, given, says):
    with pytest.raises(InputError, match=says):
        quick(made.root, *overrides, **given)
    assert not Path("runs").exists()


def test_a_run_is_not_overwritten(quick, made, trained):
    run, _ = trained
    before = sha256(run / "model.keras")
    with pytest.raises(InputError, match="exists and is not empty"):
        quick(made.root, out=run)
    assert sha256(run / "model.keras") == before
