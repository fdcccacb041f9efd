"""Plans a training: data, settings and, where there is one, the unfinished run to go on with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings, walk
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.settings.presets import preset_for
from auxnet_cli.training.checkpoint import FILE, FOLDER, Saved, read_saved
from auxnet_cli.training.distributed.workers import Workers
from auxnet_cli.training.fitted_anchors import fit_anchors
from auxnet_cli.training.fitted_settings import choices, fit_settings
from auxnet_cli.training.run_folder import UNBUILT, hold
from auxnet_cli.workspace import CONFIG, RUNS, find_dataset


@dataclass(frozen=True)
class Plan:
    """A training to do, or to go on with: then ``saved`` is its run.

    The settings started from ``preset``, the weights come from the run ``source``, and ``choices``
    say how the network learns from this data.
    """

    dataset: Dataset
    settings: Settings
    preset: str = ""
    source: Path | None = None
    choices: tuple[str, ...] = ()
    saved: Saved | None = None


def new_plan(
    tasks: Sequence[str] | None,
    data: Path | None,
    preset: str | None,
    config: Path | None,
    overrides: Sequence[str],
    source: Path | None = None,
) -> Plan:
    """Plans a training from its beginning; the arguments are those of ``jobs.train.train``.

    Raises:
        InputError: no such data set, nothing to learn from, or wrong settings.
    """
    dataset = Dataset.open(find_dataset(data))
    records = training_records(dataset)
    if not any(record.annotations for record in records):
        raise InputError(
            f"No image of the training split of {dataset.root} shows a defect: there is nothing "
            "to learn. Add labelled defects and prepare again."
        )
    chosen = preset or preset_for(dataset.kind)
    named = [f"tasks=[{','.join(tasks)}]"] if tasks is not None else []
    settings = load_settings(chosen, config, [*overrides, *named])
    validated = {record.group for record in dataset.split("val") if record.annotations}
    sizes = [(record.height, record.width) for record in records]
    settings = fit_settings(settings, sizes, len(validated))
    settings, note = fit_anchors(settings, dataset)
    said = (*choices(settings, records), *([note] if note else []))
    return Plan(dataset, settings, chosen, source, said)


def training_records(dataset: Dataset) -> list[Record]:
    """Returns the images of the training split.

    Raises:
        InputError: there is none.
    """
    records = dataset.split("train")
    if not records:
        raise InputError(
            f"The training split of {dataset.root} holds no image: name another data set "
            "with `data`, or prepare it with a smaller `val` and `test`."
        )
    return records


def resumed_plan(out: Path | None, data: Path | None) -> Plan:
    """Plans to go on with the unfinished run ``out``, or the newest in ``./runs``.

    ``data`` says where its data set lies now, if it was moved.

    Raises:
        InputError: there is no such run, its data set is gone or has been prepared anew.
    """
    for saved in _unfinished(out):
        dataset = Dataset.open(find_dataset(data or Path(saved.origin.data)))
        if dataset.fingerprint != saved.origin.fingerprint:
            raise InputError(
                f"The data set {dataset.root} is not the one that {saved.run} learns from: it was "
                "prepared anew, or name the right one with `data`."
            )
        return Plan(dataset, read_settings(saved.run / CONFIG), saved=saved)
    raise InputError(
        f"There is no unfinished training in {out or RUNS.resolve()}: leave `resume` out to begin "
        "one."
    )


def continued(plan: Plan, out: Path | None) -> Plan:
    """Returns the plan, with its run where the same command was begun before and not finished.

    Raises:
        InputError: ``out`` holds an unfinished training with other settings or of other data.
    """
    for saved in _unfinished(out):
        difference = _difference(saved, plan)
        if not difference:
            return replace(plan, saved=saved)
        if out is not None:
            raise InputError(
                f"{saved.run} holds an unfinished training with {difference}: go on with that one "
                "by `resume`, or name another folder with `out`."
            )
    return plan


def check_agreement(workers: Workers, plan: Plan) -> None:
    """Checks that all workers begin at the same step; they wait for each other here.

    Raises:
        InputError: the chief goes on with a run that this worker does not see, or the reverse.
    """
    begun = (plan.saved.counters.epoch, plan.saved.counters.step) if plan.saved else (0, 0)
    if tuple(workers.agree(float(number)) for number in begun) != begun:
        raise InputError(
            "The workers do not begin at one place: start them in one folder on a shared disk, or "
            "with `resume=False`."
        )


def _unfinished(out: Path | None) -> Iterator[Saved]:
    """Yields the run ``out``, or all runs, the newest first; without those that are finished."""
    files = sorted(RUNS.glob(f"*/{FOLDER}/{FILE}"), key=lambda path: path.stat().st_mtime_ns)
    runs = [path.parent.parent for path in reversed(files)]
    if out is not None:
        runs = [RUNS / out if not out.exists() and (RUNS / out).is_dir() else out]
    for run in runs:
        saved = read_saved(run)
        if saved is None or (saved.counters.finished and not (run / UNBUILT).exists()):
            continue
        try:
            with hold(run):
                pass
        except InputError:
            if out is not None:
                raise
            continue
        yield saved


def _difference(saved: Saved, plan: Plan) -> str:
    """Returns how a run differs from the plan, in words; empty where it does not."""
    if saved.origin.fingerprint != plan.dataset.fingerprint:
        return "another data set"
    if saved.origin.source != str(plan.source or ""):
        return f"other first weights (`start_from` {saved.origin.source or 'not given'})"
    try:
        before = {name: value for name, value, *_ in walk(read_settings(saved.run / CONFIG))}
    except InputError:
        return "settings that cannot be read"
    other = [name for name, value, *_ in walk(plan.settings) if before[name] != value]
    return f"other settings ({', '.join(other)})" if other else ""
