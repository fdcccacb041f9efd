"""What is trained: data and settings, and the unfinished run to go on with, if there is one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings, walk
from auxnet_cli.settings.loader import load_settings, preset_for, read_settings
from auxnet_cli.training.distributed.workers import Workers
from auxnet_cli.training.fitted_anchors import fit_anchors
from auxnet_cli.training.run_folder import hold
from auxnet_cli.training.state import FILE, FOLDER, State, read_state
from auxnet_cli.workspace import RUNS, find_dataset


@dataclass(frozen=True)
class Plan:
    """A training that is to be done, or to be gone on with.

    Attributes:
        dataset: to learn from.
        settings: of the training.
        preset: what the settings started from.
        source: a run to start from.
        note: what was chosen by the data, in a sentence, or "".
        run: the unfinished run to go on with; ``None`` begins a new one.
        state: where that run stands.
    """

    dataset: Dataset
    settings: Settings
    preset: str = ""
    source: Path | None = None
    note: str = ""
    run: Path | None = None
    state: State | None = None


def new_plan(
    tasks: Sequence[str] | None,
    data: Path | None,
    preset: str | None,
    config: Path | None,
    overrides: Sequence[str],
    source: Path | None = None,
) -> Plan:
    """A training from its beginning; arguments as of :func:`auxnet_cli.jobs.train.train`.

    Raises:
        InputError: no such data set, none to learn from, or wrong settings.
    """
    dataset = Dataset.open(find_dataset(data))
    _check_training(dataset)
    chosen = preset or preset_for(dataset.kind)
    named = [f"tasks=[{','.join(tasks)}]"] if tasks is not None else []
    settings = load_settings(chosen, config, [*overrides, *named])
    fitted, note = fit_anchors(settings, dataset)
    return Plan(dataset, fitted, chosen, source, note)


def _check_training(dataset: Dataset) -> None:
    records = dataset.split("train")
    if not records:
        raise InputError(
            f"The training split of {dataset.root} holds no image: name another data set "
            "with --data, or prepare it with a smaller --val and --test."
        )
    if not any(record.annotations for record in records):
        raise InputError(
            f"No image of the training split of {dataset.root} shows a defect: there is nothing "
            "to learn. Add labelled defects and prepare again."
        )


def resumed_plan(out: Path | None, data: Path | None) -> Plan:
    """The unfinished training of the run ``out``, or the newest in ``./runs``.

    Args:
        out: the run.
        data: where its data set lies now, if it was moved.

    Raises:
        InputError: there is no such run, its data set is gone or has been prepared anew.
    """
    for run, state in _unfinished(out):
        dataset = Dataset.open(find_dataset(data or Path(state.data)))
        if dataset.fingerprint != state.fingerprint:
            raise InputError(
                f"The data set {dataset.root} is not the one that {run} learns from: it was "
                "prepared anew, or name the right one with --data."
            )
        return Plan(dataset, read_settings(run / "config.yaml"), run=run, state=state)
    raise InputError(
        f"There is no unfinished training in {out or RUNS.resolve()}: leave --resume out to begin "
        "one."
    )


def continued(plan: Plan, out: Path | None) -> Plan:
    """The same plan or, where the same command was begun before and not finished, its run.

    Raises:
        InputError: ``out`` holds an unfinished training with other settings or of other data.
    """
    for run, state in _unfinished(out):
        differs = _difference(run, state, plan)
        if not differs:
            return replace(plan, run=run, state=state)
        if out is not None:
            raise InputError(
                f"{run} holds an unfinished training with {differs}: go on with that one by "
                "--resume, or name another folder with --out."
            )
    return plan


def check_agreement(workers: Workers, plan: Plan) -> None:
    """Check that all workers begin at one place; they wait for each other here.

    Raises:
        InputError: the chief goes on with a run that this worker does not see, or the reverse.
    """
    epoch, step = (plan.state.epoch, plan.state.step) if plan.state else (0, 0)
    if (workers.agree(float(epoch)), workers.agree(float(step))) != (epoch, step):
        raise InputError(
            "The workers do not begin at one place: start them in one folder on a shared disk, or "
            "with --no-resume."
        )


def _unfinished(out: Path | None) -> Iterator[tuple[Path, State]]:
    """The run ``out``, or all runs, the newest first; those that are finished left out."""
    if out is None:
        files = RUNS.glob(f"*/{FOLDER}/{FILE}")
        newest = sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)
        runs = [path.parent.parent for path in newest]
    else:
        runs = [RUNS / out if not out.exists() and (RUNS / out).is_dir() else out]
    for run in runs:
        state = read_state(run)
        if state is None or state.finished:
            continue
        try:
            with hold(run):
                pass
        except InputError:
            if out is not None:
                raise
            continue
        yield run, state


def _difference(run: Path, state: State, plan: Plan) -> str:
    """What sets a run apart from the plan, in words; empty where nothing does."""
    if state.fingerprint != plan.dataset.fingerprint:
        return "another data set"
    if state.source != str(plan.source or ""):
        return f"other first weights (--from {state.source or 'not given'})"
    try:
        before = dict(_values(read_settings(run / "config.yaml")))
    except InputError:
        return "settings that cannot be read"
    other = [name for name, value in _values(plan.settings) if before[name] != value]
    return f"other settings ({', '.join(other)})" if other else ""


def _values(settings: Settings) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value, _, _ in walk(settings))
