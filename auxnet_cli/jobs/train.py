"""Trains a network: from a data set to a run."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from auxnet_cli.documents.training_result import TrainingResult
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.find_lr import find_peak
from auxnet_cli.settings import Settings
from auxnet_cli.system.files import check_folder
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.terminal import console, warn
from auxnet_cli.training.build_loop import build_loop
from auxnet_cli.training.cautions import cautions
from auxnet_cli.training.distributed.workers import Workers, open_workers
from auxnet_cli.training.initialisation import Initial, initialise
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.memory_building import build_memory
from auxnet_cli.training.plan import Plan, check_agreement, continued, new_plan, resumed_plan
from auxnet_cli.training.run_folder import UNBUILT, hold, take, write_inputs
from auxnet_cli.training.undetected_classes import undetected_warnings, unjudged
from auxnet_cli.workspace import set_latest


def train(
    tasks: Sequence[str] | None = None,
    data: StrPath | None = None,
    preset: str | None = None,
    config: StrPath | None = None,
    overrides: Sequence[str] = (),
    out: StrPath | None = None,
    start_from: StrPath | None = None,
    resume: bool | None = None,
) -> TrainingResult:
    """Trains a network and writes a run.

    Args:
        tasks: of cls, seg, det; the settings' if not given.
        data: a prepared data set; the newest in ``./data`` if not given.
        preset: a name in ``defaults/``; the one of the data set's kind if not given.
        config: a YAML file of settings.
        overrides: ``KEY=VALUE`` settings.
        out: folder of the run; ``runs/<date-time>`` if not given.
        start_from: a run whose network to start from, in place of ``model.weights``.
        resume: whether to go on with an unfinished run: ``out``, or the newest, with its own
            settings. ``None`` goes on where the same settings and data were begun before, and
            otherwise begins a run; ``False`` always begins one.

    Raises:
        InputError: wrong settings, no data, or weights that cannot be had; no run to go on with.
        KeyboardInterrupt: Ctrl-C; the same call goes on from there.
    """
    data, config = as_path(data), as_path(config)
    out, start_from = as_path(out), as_path(start_from)
    check_folder(out)
    workers = open_workers()  # before anything is computed
    if not resume:
        plan = new_plan(tasks, data, preset, config, overrides, start_from)
        plan = continued(plan, out) if resume is None else plan
    elif tasks is not None or preset or config or overrides or start_from:
        raise InputError("`resume` goes on with the run's own settings: give no others.")
    else:
        plan = resumed_plan(out, data)
    check_agreement(workers, plan)

    started = time.perf_counter()
    initial = initialise(plan)
    warnings = [initial.warning] if initial.warning else []
    warnings += cautions(plan.dataset.split("train"), plan.settings)
    if plan.saved is None:
        _say("\n".join(plan.choices))
        _say(initial.note)
    with _run_folder(plan, out, workers) as run:
        loop = build_loop(plan, initial, run, workers)
        _begin(loop, plan, initial, warnings)
        _learn(loop)
        if workers.chief:
            _remember(plan, run)
        workers.agree(0.0)  # or the chief complains of those who leave first

    warnings += _judge(loop, plan.settings)
    return TrainingResult(
        run=str(run),
        data=str(plan.dataset.root),
        epochs=len(loop.record.history),
        best_epoch=loop.record.kept_epoch,
        best=loop.record.kept_score,
        history=loop.record.history,
        unreadable=loop.batches.unreadable,
        warnings=warnings,
        seconds=round(time.perf_counter() - started, 1),
    )


def _begin(loop: Loop, plan: Plan, initial: Initial, warnings: list[str]) -> None:
    """Writes what a new run learns from and how, or says where an unfinished one goes on."""
    run = loop.record.folder
    if plan.saved is None:
        write_inputs(
            run, plan.dataset, plan.settings, plan.preset, initial.origin, warnings, plan.choices
        )
    else:
        warn(f"Going on with {run} at epoch {loop.counters.epoch}, step {loop.counters.step}.")
    for text in warnings:
        warn(text)


def _learn(loop: Loop) -> None:
    """Trains, after the range test if one is wanted; Ctrl-C keeps what was learned."""
    run = loop.record.folder
    try:
        if loop.schedule.peak is None:
            peak = find_peak(loop, run).peak
            print(f"The range test found {peak:.2g} as peak.", file=sys.stderr)  # noqa: T201
        loop.run()
    except KeyboardInterrupt:
        _finish(loop)
        raise KeyboardInterrupt(
            f"Interrupted in epoch {len(loop.record.history) + 1}: what was learned is in "
            f"{run}. The same command goes on from there."
        ) from None
    _finish(loop)


def _judge(loop: Loop, settings: Settings) -> list[str]:
    """Warns of the classes that the network never finds, and says which none can judge."""
    report = loop.record.report()
    if report is None:
        return []
    undetected = undetected_warnings(report, settings)
    for text in undetected:
        warn(text)
    hidden = ", ".join(unjudged(report))
    _say(f"The validation split does not show {hidden}: not judged." if hidden else "")
    return undetected


def _remember(plan: Plan, run: Path) -> None:
    """Builds the memory of good parts, unless the run has it."""
    unbuilt = run / UNBUILT
    if not unbuilt.exists():
        return
    try:
        _say(build_memory(run, plan.dataset, plan.settings))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Interrupted after the training: the network in {run} is complete but for its memory "
            "of good parts. The same command builds it."
        ) from None
    unbuilt.unlink()


def _say(text: str) -> None:
    """Prints a line for people, unless it is empty."""
    if text:
        console(errors=True).print(text, markup=False)


@contextmanager
def _run_folder(plan: Plan, out: Path | None, workers: Workers) -> Iterator[Path]:
    """Gives the run's folder to the chief, which writes it, and a temporary one to the others."""
    if workers.chief:
        run = plan.saved.run if plan.saved else take(out)
        with hold(run):
            yield run
    else:
        with TemporaryDirectory() as scratch:
            yield Path(scratch)


def _finish(loop: Loop) -> None:
    """Completes the run's files and makes it the latest."""
    loop.record.close()
    for logger in loop.loggers:
        logger.close()
    if loop.workers.chief:
        set_latest(loop.record.folder)
