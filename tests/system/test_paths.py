import inspect
import os
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import auxnet_cli
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.errors import InputError
from auxnet_cli.system.files import sha256
from auxnet_cli.system.paths import as_path, as_paths

JOBS = [name for name in auxnet_cli.__all__ if name[0].islower()]


def types_of(hint):
    """All that a hint is made of."""
    inner = get_args(hint)
    inner = [part for part in inner if not isinstance(part, list)]  # of a Callable
    return {hint}.union(*map(types_of, inner))


def path_parameters(job):
    """The parameters of a public function that take a path, by their hints."""
    hints = get_type_hints(getattr(auxnet_cli, job))
    kinds = {name: types_of(hint) for name, hint in hints.items()}
    paths = {Path, os.PathLike, os.PathLike[str]}
    return {name: own for name, own in kinds.items() if own & paths}


class Named:
    """A path of another library."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


@pytest.fixture(scope="module")
def workspace(made, tmp_path_factory):
    """A run that is complete but for its weights, and a file where a folder is expected."""
    from auxnet_cli.documents.model_card import ModelCard
    from auxnet_cli.settings import AnchorSettings, DecisionSettings

    folder = tmp_path_factory.mktemp("paths")
    run = folder / "run"
    run.mkdir()
    (run / "model.keras").write_bytes(b"no network")
    ModelCard(
        tool_version="0",
        name="a",
        classes=made.classes,
        label_kind=made.label_kind,
        tasks=("cls",),
        size=(32, 64),
        anchors=AnchorSettings(),
        decision=DecisionSettings(),
        parameters=1,
        initial_weights="none",
        dataset={"name": made.name, "fingerprint": made.fingerprint},
        sha256=sha256(run / "model.keras"),
    ).write(run / "model.json")
    (folder / "file").write_text("no folder")
    return folder


def test_the_walk_finds_all_jobs_and_their_paths():
    assert all(callable(getattr(auxnet_cli, job)) for job in JOBS)
    assert all(path_parameters(job) for job in JOBS)
    named = {"data", "out", "model", "source", "config", "start_from", "inputs", "runs", "against"}
    for job in JOBS:
        parameters = inspect.signature(getattr(auxnet_cli, job)).parameters.keys()
        if job == "benchmark":  # its runs are a number
            parameters = parameters - {"runs"}
        assert parameters & named <= path_parameters(job).keys()


@pytest.mark.parametrize("job", JOBS)
def test_text_is_a_path_for_type_checkers(job):
    for kinds in path_parameters(job).values():
        assert str in kinds


@pytest.mark.parametrize("job", JOBS)
def test_text_is_a_path(job, made, workspace, monkeypatch):
    """The same sentence about a path that is wrong, whatever it comes as."""
    monkeypatch.chdir(workspace)
    for name in path_parameters(job):
        if (job, name) != ("prepare", "group_by"):  # it may also be a pattern
            check(job, name, made, workspace)


def check(job, name, made, workspace):
    run, data = workspace / "run", made.root
    calls = {
        "prepare": {"kind": "synthetic" if name == "out" else "masks", "source": data / "images"},
        "convert": {"data": data, "to": "coco"},
        "calibrate": {"model": run, "catch": 0.9},
        "compare": {"runs": [run, run]},
        "predict": {"inputs": data / "images", "model": run},
        "benchmark": {"preset": "demo"},
        "export": {"model": run},
        "train": {"data": data},
        "pretrain": {"data": data},
        "find_lr": {"data": data},
        "evaluate": {"model": run},
        "study": {"name": "losses", "data": data, "budget": "quick"},
        "demonstrate": {},
    }
    arguments = calls[job]
    if job == "prepare" and name == "out":
        del arguments["source"]
    if job == "compare" and name == "data":
        arguments["runs"] = [run, twin(run)]
    if name == "model":
        arguments.pop("preset", None)
    wrong = "file/deeper.json" if name == "out" else "nowhere.csv"
    errors = []
    for given in (Path(wrong), wrong, Named(wrong)):
        several = name in ("inputs", "against", "runs")
        for value in (given, [given, given]) if several else (given,):
            with pytest.raises(InputError) as caught:
                getattr(auxnet_cli, job)(**{**arguments, name: value})
            errors.append(str(caught.value))
    if job == "compare" and name == "runs":  # a run alone is no comparison
        alone, errors = errors[::2], errors[1::2]
        assert set(alone) == {"A comparison needs two runs or more: auxnet compare RUN RUN..."}
    assert set(errors) == {errors[0]}
    assert ("file" if name == "out" else "nowhere") in errors[0]


def twin(run):
    """Another run of the same content."""
    other = run.with_name("twin")
    other.mkdir(exist_ok=True)
    for path in run.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    return other


def test_text_is_a_path_where_the_work_is_done(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    converted = auxnet_cli.convert(str(made.root), "coco", out="coco")
    assert converted.out == "coco"
    Path("parts.csv").write_text("file,group\nstrip-00001.png,a\nstrip-00002.png,a\n")
    prepared = auxnet_cli.prepare("coco", "coco", out="again", group_by=Named("parts.csv"))
    assert prepared.out == "again"
    assert Dataset.open("again").classes == made.classes
    assert Dataset.open("again").grouped


def test_text_opens_an_inspector(tmp_path, monkeypatch):
    from auxnet_cli.inspector import Inspector

    errors = []
    for given in (str(tmp_path), tmp_path):
        with pytest.raises(InputError) as caught:
            Inspector.open(given)
        errors.append(str(caught.value))
    assert errors[0] == errors[1]
    assert "model.json is missing" in errors[0]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs/first").mkdir(parents=True)
    (tmp_path / "runs/latest").write_text("first\n")
    for name in ("model.keras", "model.json"):
        (tmp_path / "runs/first" / name).write_text("{}")
    with pytest.raises(InputError, match=r"runs.first.model\.json"):
        Inspector.open("runs/latest")


def test_one_path_or_several():
    assert as_path(None) is None
    assert as_path("a/b") == as_path(Named("a/b")) == Path("a/b")
    assert as_paths("a/b") == as_paths(Path("a/b")) == as_paths(["a/b"]) == [Path("a/b")]
    assert as_paths([Named("a"), "b"]) == [Path("a"), Path("b")]
    assert as_paths([]) == []
