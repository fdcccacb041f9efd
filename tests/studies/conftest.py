"""A training that is not run."""

from pathlib import Path

import pytest

from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.training import Training


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training") / "data"
    prepare("synthetic", images=20, seed=1, out=folder, val=0.1, test=0.2)
    return folder


@pytest.fixture
def training(data: Path, tmp_path: Path) -> Training:
    return Training(
        arm=Arm("joint"),
        data=data,
        groups=None,
        fraction=1.0,
        seed=3,
        epochs=10,
        validations=2,
        options=("--preset", "swift"),
        out=tmp_path / "out",
        results=tmp_path / "results",
    )
