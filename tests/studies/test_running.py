import subprocess
from dataclasses import replace

from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.running import train_missing
from auxnet_cli.studies.stored_result import Result, write
from auxnet_cli.studies.training import Training


def test_one_that_fails_does_not_stop_the_others(training, monkeypatch):
    ran, lines = [], []

    def run(self):
        ran.append(self.arm.name)
        if self.arm.name == "broken":
            raise subprocess.CalledProcessError(1, "auxnet")

    monkeypatch.setattr(Training, "run", run)
    done, broken, last = (replace(training, arm=Arm(name)) for name in ("done", "broken", "last"))
    write(Result([], None, (), ()), done.recipe, done.result)
    failed = train_missing([done, broken, last], 1, lines.append)
    assert ran == ["broken", "last"]
    assert failed == [broken]
    assert lines == [
        f"{broken.folder}: failed, see {broken.folder / 'log'}",
        f"{last.folder}: done",
    ]
