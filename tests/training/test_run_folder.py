"""A folder is taken where nothing was learned, and by one."""

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.training.run_folder import LOCK, hold, take
from auxnet_cli.training.state import FILE, FOLDER


def test_what_was_stopped_before_it_had_learned_is_begun_again(tmp_path):
    run = tmp_path / "mine"
    assert take(run) == run
    (run / FOLDER).mkdir()
    for left in (LOCK, f"{FOLDER}/.last-x1y2.npz", "config.yaml", "environment.json"):
        (run / left).touch()
        assert take(run) == run


@pytest.mark.parametrize("kept", [f"{FOLDER}/{FILE}", "history.jsonl", f"{FOLDER}/theirs.pt"])
def test_what_somebody_may_want_is_kept(tmp_path, kept):
    run = tmp_path / "mine"
    (run / FOLDER).mkdir(parents=True)
    (run / kept).touch()
    with pytest.raises(InputError, match="exists and is not empty"):
        take(run)


def test_a_folder_of_something_else_is_not_taken(tmp_path):
    (tmp_path / "config.yaml").touch()
    with pytest.raises(InputError, match="exists and is not empty"):
        take(tmp_path)


def test_a_run_is_held_by_one(tmp_path):
    tmp_path.joinpath("a").mkdir()
    with (
        hold(tmp_path / "a"),
        pytest.raises(InputError, match="being trained by another process"),
        hold(tmp_path / "a"),
    ):
        pass
    with hold(tmp_path / "a"):
        pass
    assert not any((tmp_path / "a" / FOLDER).iterdir())
