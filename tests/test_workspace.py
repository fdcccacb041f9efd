import os
from pathlib import Path

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.workspace import find_dataset, find_run, new_run, set_latest


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make_dataset(folder, seconds=0):
    folder = Path(folder)
    folder.mkdir(parents=True)
    (folder / "dataset.yaml").touch()
    os.utime(folder / "dataset.yaml", (1e9 + seconds, 1e9 + seconds))


def make_run(folder, *without):
    folder = Path(folder)
    folder.mkdir(parents=True)
    for name in {"model.keras", "model.json"} - set(without):
        (folder / name).touch()
    return folder


def test_the_newest_dataset():
    make_dataset("data/a", seconds=2)
    make_dataset("data/b", seconds=1)
    Path("data/c").mkdir()
    assert find_dataset() == Path("data/a")
    make_dataset("data/d", seconds=3)
    assert find_dataset() == Path("data/d")


def test_a_dataset_by_path_or_bare_name(tmp_path):
    make_dataset("data/strips")
    make_dataset("elsewhere/bolts")
    assert find_dataset(Path("strips")) == Path("data/strips")
    assert find_dataset(Path("elsewhere/bolts")) == Path("elsewhere/bolts")
    assert find_dataset(tmp_path / "data" / "strips") == tmp_path / "data" / "strips"


def test_no_dataset():
    with pytest.raises(InputError, match=r"no data set in .*data\. .*auxnet prepare.*`data` DIR"):
        find_dataset()


def test_a_wrong_dataset_names_the_nearest():
    make_dataset("data/strips")
    Path("strpis").mkdir()
    with pytest.raises(InputError, match=r"strpis is no prepared .*dataset\.yaml.*mean 'strips'"):
        find_dataset(Path("strpis"))


def test_the_latest_run():
    run = make_run("runs/first")
    make_run("runs/second")
    set_latest(run)
    assert find_run() == Path("runs/first")
    assert Path("runs/latest").read_text() == "first\n"
    # The file that names it stands for it.
    for named in (Path("runs/latest"), Path("runs/latest").resolve()):
        assert find_run(named) == Path("runs/first")


def test_the_latest_run_may_lie_elsewhere(tmp_path, monkeypatch):
    set_latest(make_run("elsewhere/mine"))
    assert find_run() == tmp_path / "elsewhere" / "mine"


def test_a_run_by_folder_file_or_bare_name():
    run = make_run("runs/first")
    assert find_run(run) == run
    assert find_run(run / "model.keras") == run
    assert find_run(Path("first")) == run


@pytest.mark.parametrize("name", ["older.keras", "curves.png", "model.json", "config.yaml"])
def test_the_file_named_is_the_file_used_or_refused(name):
    run = make_run("runs/first")
    (run / name).write_text("another")
    says = r"is not the network of a run.*called model\.keras" if "keras" in name else "is no run: "
    with pytest.raises(InputError, match=says):
        find_run(run / name)


def test_another_name_of_the_runs_network():
    run = make_run("runs/first")
    os.link(run / "model.keras", run / "same.keras")
    assert find_run(run / "same.keras") == run


def test_an_exported_network_is_no_run():
    folder = Path("runs/first/exports/openvino")
    folder.mkdir(parents=True)
    for name in ("model.json", "parity.json", "model.xml"):
        (folder / name).touch()
    for given in (folder, folder / "model.xml"):
        with pytest.raises(InputError, match=r"exported network: name the run .*`engine`"):
            find_run(given)


@pytest.mark.parametrize("missing", ["model.keras", "model.json"])
def test_a_run_without_its_model(missing):
    set_latest(make_run("runs/first", missing))
    with pytest.raises(InputError, match=rf"first holds no {missing}"):
        find_run()


def test_a_latest_run_that_was_deleted():
    Path("runs").mkdir()
    Path("runs/latest").write_text("gone\n")
    with pytest.raises(InputError, match="gone holds no model"):
        find_run()


def test_a_damaged_note_of_the_latest_run():
    Path("runs").mkdir()
    Path("runs/latest").write_bytes(b"\xff\xfe\0\n")
    with pytest.raises(InputError, match="holds no model"):
        find_run()


def test_no_run():
    with pytest.raises(InputError, match=r"no run in .*runs\. .*auxnet train.*`model` RUN"):
        find_run()
    make_run("runs/first")
    with pytest.raises(InputError, match=r"no run frist\. Did you mean 'first'"):
        find_run(Path("frist"))


def test_a_training_that_has_not_ended():
    Path("runs/begun").mkdir(parents=True)
    Path("runs/begun/config.yaml").touch()
    with pytest.raises(InputError, match=r"No training has ended .* that of begun has begun"):
        find_run()


def test_new_runs_never_share_a_folder():
    runs = [new_run() for _ in range(3)]
    assert len(set(runs)) == 3
    assert all(run.is_dir() and run.parent == Path("runs") for run in runs)
    assert not Path("runs/latest").exists()


def test_a_run_of_ones_own():
    Path("empty").mkdir()
    assert new_run(Path("empty")) == Path("empty")
    assert new_run(Path("a/b")).is_dir()


def test_a_new_run_overwrites_nothing():
    make_run("mine")
    with pytest.raises(InputError, match=r"mine exists and is not empty.*`out`"):
        new_run(Path("mine"))
    Path("file").touch()
    with pytest.raises(InputError, match="file is a file: name a folder with `out`"):
        new_run(Path("file"))
