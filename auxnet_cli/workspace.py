"""Finds data sets and runs in the workspace, which is the current folder.

Data sets lie in ``data/<name>/`` and runs in ``runs/<name>/``. ``runs/latest`` is a text file with
the name of the newest run, because links are not available to every user of Windows.
"""

from datetime import datetime
from pathlib import Path

from auxnet_cli.errors import InputError, nearest
from auxnet_cli.system.files import check_folder, write_text

DATA = Path("data")
RUNS = Path("runs")

CONFIG, ENVIRONMENT, HISTORY = "config.yaml", "environment.json", "history.jsonl"
"""The files of a run that hold its settings; the versions, machine and data that made it; and a
line for each epoch."""


def find_dataset(given: Path | None = None) -> Path:
    """Returns the folder of a prepared data set: the given one, or the newest in ``./data``.

    Args:
        given: a folder, or a bare name that stands for ``data/<name>``.

    Raises:
        InputError: there is no such data set.
    """
    if given is not None:
        for folder in (given, DATA / given):
            if (folder / "dataset.yaml").is_file():
                return folder
        names = [path.parent.name for path in DATA.glob("*/dataset.yaml")]
        raise InputError(
            f"{given} is no prepared data set (it holds no dataset.yaml)."
            f"{nearest(given.name, names)} Make one with `auxnet prepare`."
        )
    cards = sorted(DATA.glob("*/dataset.yaml"), key=lambda path: (path.stat().st_mtime_ns, path))
    if not cards:
        raise InputError(
            f"There is no data set in {DATA.resolve()}. Make one with `auxnet prepare`, "
            "or name one with `data` DIR."
        )
    return cards[-1].parent


def find_run(given: Path | None = None) -> Path:
    """Returns the folder of a run: the given one, or the one that ``runs/latest`` names.

    Args:
        given: a run's folder, its ``model.keras``, or a bare name that stands for ``runs/<name>``.

    Raises:
        InputError: there is no such run, it holds no trained model, or the given file is not the
            network of its run.
    """
    if given is not None and given.absolute() == (RUNS / "latest").absolute():
        given = None
    if given is not None:
        folder = _run_of(given) if given.is_file() else given
        if not folder.exists() and (RUNS / given).is_dir():
            folder = RUNS / given
        if not folder.is_dir():
            names = [path.name for path in RUNS.glob("*") if path.is_dir()]
            raise InputError(f"There is no run {given}.{nearest(given.name, names)}")
    else:
        latest = RUNS / "latest"
        if not latest.is_file():
            raise InputError(_no_run())
        folder = RUNS / latest.read_text(encoding="utf-8", errors="replace").strip().strip("\0")
    if (folder / "parity.json").is_file():
        raise InputError(
            f"{folder} holds an exported network: name the run that it was made of, and what runs "
            "it with `engine` and `precision`."
        )
    for name in ("model.keras", "model.json"):
        if not (folder / name).is_file():
            raise InputError(
                f"{folder} holds no {name}: its training saved no model, or it is not a run."
            )
    return folder


def _no_run() -> str:
    """Says why no run is the newest: none was begun, or none has ended."""
    begun = sorted(path.parent for path in RUNS.glob(f"*/{CONFIG}"))
    if begun:
        return (
            f"No training has ended in {RUNS.resolve()}, and that of {begun[-1].name} has begun: "
            "wait for it, type its `auxnet train` again, which goes on where it was stopped, or "
            "name a run with `model` RUN."
        )
    return (
        f"There is no run in {RUNS.resolve()}. Make one with `auxnet train`, "
        "or name one with `model` RUN."
    )


def _run_of(file: Path) -> Path:
    """Returns the run that a network file belongs to."""
    folder = file.parent
    network = folder / "model.keras"
    if network.is_file() and file.samefile(network):
        return folder
    if (folder / "parity.json").is_file():
        return folder  # find_run explains that this is an exported network
    if file.suffix == ".keras":
        raise InputError(
            f"{file} is not the network of a run, which is called model.keras: name that, or move "
            "this one into a folder of its own as model.keras, with its own model.json and "
            "config.yaml."
        )
    raise InputError(f"{file} is no run: name a run's folder, or the model.keras in it.")


def new_run(given: Path | None = None) -> Path:
    """Makes the folder of a new run: the given one, or ``runs/<date-time>``.

    Raises:
        InputError: the given folder is not empty, or is a file.
    """
    check_folder(given)
    if given is None:
        stem = datetime.now().strftime("%Y%m%d-%H%M%S")
        given = RUNS / stem
        number = 1
        while given.exists():
            number += 1
            given = RUNS / f"{stem}-{number}"
    elif given.exists() and any(given.iterdir()):
        raise InputError(f"{given} exists and is not empty: name another folder with `out`.")
    given.mkdir(parents=True, exist_ok=True)
    return given


def set_latest(run: Path) -> None:
    """Makes ``run``, which may lie outside ``./runs``, the default of all commands."""
    absolute, home = run.resolve(), RUNS.resolve()
    name = absolute.name if absolute.parent == home else str(absolute)
    write_text(RUNS / "latest", name + "\n")
