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
from auxnet_cli.jobs import train as module
from auxnet_cli.jobs.evaluate import evaluate
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.jobs.train import train
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.system.files import sha256
from auxnet_cli.training.multitask_model import MultitaskModel

TIMES = {"seconds", "images_per_s", "waited"}


@pytest.fixture
def quick(tmp_path, monkeypatch, eager, tiny):
    """Trains in an empty workspace; what is drawn for people has tests of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("auxnet_cli.training.record.save_curves", lambda *_: None)
    monkeypatch.setattr("auxnet_cli.training.build_loop.Gallery", lambda *_: dict)

    def run(data, *overrides, **given):
        overrides = [*tiny, *overrides]
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
    # Few images: validation does not choose the network.
    chosen = load_settings("demo", overrides=[*tiny, "training.monitor=last"])
    assert read_settings(run / "config.yaml") == chosen


def test_the_card_is_all_that_a_runtime_needs(trained, made):
    run, _ = trained
    card = ModelCard.read(run / "model.json")
    assert card.classes == made.classes
    assert card.tasks == ("cls", "seg", "det")
    assert card.size == (32, 96)
    assert card.sha256 == sha256(run / "model.keras")
    assert card.dataset == {"name": made.name, "fingerprint": made.fingerprint}
    assert card.parameters == load_network(run / "model.keras").count_params()


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
    assert (answer.best, answer.best_epoch) == (rows[-1]["val_score"], 2)
    assert answer.unreadable == {}


def test_a_seed_repeats_a_training(quick, made):
    first, again, other = (
        quick(made.root, f"seed={seed}", "training.epochs=1", tasks=["cls"]).history
        for seed in (5, 5, 6)
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
    report = evaluate(data=made.root, engine="keras")
    assert report["classification"] is report["detection"] is None
    assert report["segmentation"] is not None
    assert report["model"]["tasks"] == ["seg"]


@pytest.mark.parametrize("step", [1, 4])
def test_an_interrupted_training_keeps_what_it_learned(quick, made, monkeypatch, step):
    """In the first epoch, and after it."""
    steps = []
    learn = MultitaskModel.train_on_batch

    def interrupted(self, *given, **options):
        steps.append(1)
        if len(steps) == step:
            raise KeyboardInterrupt
        return learn(self, *given, **options)

    monkeypatch.setattr(MultitaskModel, "train_on_batch", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"Interrupted in epoch \d: .* is in runs.mine"):
        quick(made.root, "training.epochs=9", tasks=["cls"], out=Path("runs/mine"))
    assert Path("runs/latest").read_text() == "mine\n"
    card = ModelCard.read(Path("runs/mine/model.json"))
    assert card.sha256 == sha256(Path("runs/mine/model.keras"))
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


def test_a_killed_training_goes_on_to_the_same_weights(quick, made, power_cut):
    """From the state of the epoch's beginning, and from one that is saved after each step."""
    whole = quick(made.root, tasks=["cls"], out=Path("whole"), resume=False)
    # Within the first epoch and within the second, the steps of a saved state left out.
    for minutes, steps in ((10, (2, 4)), (1e-9, (2, 3))):
        shutil.rmtree("runs", ignore_errors=True)
        saving = f"training.checkpoint_minutes={minutes}"
        for step in steps:
            with power_cut(step):
                quick(made.root, saving, tasks=["cls"])
        answer = quick(made.root, saving, tasks=["cls"])
        run = Path(answer.run)
        assert sorted(path.name for path in Path("runs").iterdir()) == sorted([run.name, "latest"])
        assert untimed(answer.history) == untimed(whole.history)
        assert all(
            np.array_equal(old, new)
            for old, new in zip(weights(run), weights(Path("whole")), strict=True)
        )
        assert answer.best_epoch == whole.best_epoch
        assert ModelCard.read(run / "model.json").sha256 == sha256(run / "model.keras")


def test_a_training_killed_over_its_memory_builds_it_in_the_next(quick, made, monkeypatch):
    def cut(*_):
        raise KeyboardInterrupt

    built = []
    with monkeypatch.context() as patch:
        patch.setattr(module, "build_memory", cut)
        with pytest.raises(KeyboardInterrupt, match="complete but for its memory"):
            quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    learned = sha256(Path("runs/mine/model.keras"))
    monkeypatch.setattr(module, "build_memory", lambda run, *_: built.append(run) or "")
    answer = quick(made.root, tasks=["cls"])
    assert answer.run == "runs/mine"
    assert built == [Path("runs/mine")]
    assert sha256(Path("runs/mine/model.keras")) == learned
    with pytest.raises(InputError, match="no unfinished training"):
        train(resume=True)


def test_resume_goes_on_with_the_runs_own_settings(quick, made, power_cut):
    with power_cut(2):
        quick(made.root, "seed=3", tasks=["cls"], out=Path("runs/mine"))
    with pytest.raises(InputError, match=r"other settings \(seed\): go on with that"):
        quick(made.root, tasks=["cls"], out=Path("runs/mine"))
    with pytest.raises(InputError, match="exists and is not empty"):
        quick(made.root, tasks=["cls"], out=Path("runs/mine"), resume=False)
    answer = train(resume=True)
    assert answer.run == "runs/mine"
    assert answer.epochs == 2
    assert read_settings(Path("runs/mine/config.yaml")).seed == 3
    with pytest.raises(InputError, match="no unfinished training"):
        train(resume=True)


def test_resume_takes_no_other_settings(quick, made):
    with pytest.raises(InputError, match="own settings: give no others"):
        quick(made.root, resume=True)


def test_half_precision_learns_and_keeps_full_precision(quick, made):
    options = ["training.epochs=1", "training.average=0"]
    answer = quick(made.root, *options, "training.precision=bfloat16", tasks=["cls"])
    network = load_network(Path(answer.run) / "model.keras")
    assert {layer.compute_dtype for layer in network.layers} <= {"float32", "uint8"}
    assert math.isfinite(answer.history[0]["loss"])
    plain = quick(made.root, *options, tasks=["cls"])
    loss = plain.history[0]["loss"]
    assert answer.history[0]["loss"] != loss
    assert answer.history[0]["loss"] == pytest.approx(loss, rel=0.1)


def test_without_validation_images_the_loss_decides(quick, made, tmp_path):
    """An image that cannot be read is named."""
    root = without(made, tmp_path)
    first = Dataset.open(root).split("train")[0]
    first.path.unlink()
    first.path.write_bytes(b"")
    answer = quick(root, "training.sampling=natural", tasks=["cls"])
    assert list(answer.unreadable) == [first.name]
    losses = [line["loss"] for line in answer.history]
    assert answer.best == -min(losses)
    assert not any(name.startswith("val_") for line in answer.history for name in line)
    assert (Path(answer.run) / "model.keras").is_file()


def test_exclusive_labels_train_too(quick, tmp_path):
    """Fasteners and a class each."""
    root = tmp_path / "data" / "bolts"
    prepare("synthetic", images=12, look="fastener", out=root)
    facts = yaml.safe_load((root / "dataset.yaml").read_text())
    (root / "dataset.yaml").write_text(yaml.safe_dump({**facts, "label_kind": "exclusive"}))
    answer = quick(root, "training.epochs=1", tasks=["cls"])
    network = load_network(Path(answer.run) / "model.keras")
    assert network.output["classification"].shape[-1] == len(Dataset.open(root).classes) + 1


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
