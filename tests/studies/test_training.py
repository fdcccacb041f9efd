"""What arms share is trained once, and a result of another recipe does not count."""

from dataclasses import replace
from pathlib import Path

import pytest

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.stored_result import Result, write
from auxnet_cli.studies.training import Training


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would run; a run is an empty folder."""
    called: list[list[str]] = []

    def note(_: Training, module: str, *arguments: str) -> None:
        called.append([module, *arguments])
        if "--out" in arguments:
            Path(arguments[-1]).mkdir(parents=True)

    monkeypatch.setattr(Training, "_python", note)
    return called


def _option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def test_a_pretraining_is_shared_and_takes_its_part_of_the_steps(
    training: Training, commands: list[list[str]]
) -> None:
    for arm in (
        Arm("both", pretrained_part=0.4),
        Arm("drawn", options=("--set", "a=0"), pretrained_part=0.4),
    ):
        replace(training, arm=arm).run()
    kinds = [command[:2] for command in commands]
    kept = ["auxnet_cli.studies.stored_result", str(training.out / "both" / "seed-3" / "run")]
    assert kinds[:3] == [["auxnet_cli", "pretrain"], ["auxnet_cli", "train"], kept]
    assert [command[1] for command in commands].count("pretrain") == 1
    pretraining, *trainings = (command for command in commands if command[0] == "auxnet_cli")
    photographs = len(Dataset.open(training.data).split("train"))
    assert _option(pretraining, "--images") == str(4 * photographs // 4)
    for command in trainings:
        assert _option(command, "--from") == _option(pretraining, "--out")
        assert "training.epochs=6" in command
        assert "training.validate_every=3" in command


def test_a_run_of_another_command_is_no_run_of_this_one(
    training: Training, commands: list[list[str]]
) -> None:
    training.run()
    (training.folder / "run").rmdir()
    replace(training, epochs=11).run()
    assert [command[1] for command in commands].count("train") == 2


def test_done_is_who_has_a_result_of_this_recipe(training: Training) -> None:
    assert not training.done
    write(Result([], None, ("pit",), ("cls",)), training.recipe, training.result)
    assert training.done
    assert not replace(training, epochs=11).done
    assert not replace(training, options=()).done


def test_an_arm_has_the_last_word_on_its_epochs(
    training: Training, commands: list[list[str]]
) -> None:
    longer = Arm("longer", options=("--set", "training.epochs=40"))
    replace(training, arm=longer).run()
    assert [word for word in commands[0] if "training.epochs" in word] == [
        "training.epochs=10",
        "training.epochs=40",
    ]
