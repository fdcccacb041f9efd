"""A training from data set to run; it reads from top to bottom."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from auxnet_cli.errors import InputError
from auxnet_cli.jobs.find_lr import find_peak
from auxnet_cli.system.files import check_folder, write_json, write_yaml
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.terminal import console, warn
from auxnet_cli.training.build_loop import assemble, beginning
from auxnet_cli.training.cautions import cautions
from auxnet_cli.training.distributed.workers import Workers, open_workers
from auxnet_cli.training.environment import describe
from auxnet_cli.training.initialisation import begin
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.plan import Plan, check_agreement, continued, new_plan, resumed_plan
from auxnet_cli.training.run_folder import hold, take
from auxnet_cli.training.undetected_classes import neglected, unjudged
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
) -> dict[str, Any]:
    """Train a network and write a run.

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
            begins a run else; ``False`` always begins one.

    Returns:
        ``run``, ``epochs``, ``best_epoch``, ``best`` (the monitored figure), ``history``,
        ``warnings`` and ``seconds``.

    Raises:
        InputError: wrong settings, no data, or weights that cannot be had; no run to go on with.
        KeyboardInterrupt: Ctrl-C; the same call goes on from there.
    """
    data, config, out, start_from = (
        as_path(data),
        as_path(config),
        as_path(out),
        as_path(start_from),
    )
    check_folder(out)
    workers = open_workers()  # before anything is computed
    if resume:
        if tasks is not None or preset or config or overrides or start_from:
            raise InputError("--resume goes on with the run's own settings: give no others.")
        plan = resumed_plan(out, data)
    else:
        plan = new_plan(tasks, data, preset, config, overrides, start_from)
        if resume is None:
            plan = continued(plan, out)
    check_agreement(workers, plan)
    return _train(plan, out, workers)


def _train(plan: Plan, out: Path | None, workers: Workers) -> dict[str, Any]:
    begun = time.perf_counter()
    settings, state, first = plan.settings, plan.state, None
    warnings = cautions(plan.dataset.split("train"), settings)
    if state is None:
        start = begin(plan.dataset, settings, plan.source)
        first = start.network
        warnings = [start.warning] * bool(start.warning) + warnings
        for note in filter(None, (plan.note, start.note)):
            console(errors=True).print(note, markup=False)
        state = beginning(plan, start.origin, first)
    with _folder(plan, out, workers) as run:
        loop = assemble(plan, state, run, first, workers)
        if plan.run is None:
            write_yaml(run / "config.yaml", settings.model_dump(mode="json"))
            environment = describe(plan.dataset, settings.seed, state.initial_weights, warnings)
            write_json(run / "environment.json", {**environment, "preset": plan.preset})
        else:
            warn(f"Going on with {run} at epoch {state.epoch}, step {state.step}.")
        for text in warnings:
            warn(text)
        try:
            if state.peak is None:
                found = find_peak(loop, run)
                print(f"The range test found {found.peak:.2g} as peak.", file=sys.stderr)  # noqa: T201
            loop.run()
        except KeyboardInterrupt:
            _finish(loop)
            raise KeyboardInterrupt(
                f"Interrupted in epoch {len(loop.record.history) + 1}: what was learned is in "
                f"{run}. The same command goes on from there."
            ) from None
        _finish(loop)
        workers.agree(0.0)  # or the chief complains of those who leave first
    report = loop.record.report()
    if report is not None:
        forgotten = neglected(report, settings)
        for text in forgotten:
            warn(text)
        warnings += forgotten
        unknown = unjudged(report)
        if unknown:
            told = f"The validation split does not show {', '.join(unknown)}: not judged."
            console(errors=True).print(told, markup=False)
    return {
        "run": str(run),
        "data": str(plan.dataset.root),
        "epochs": len(loop.record.history),
        "best_epoch": loop.record.best_epoch,
        "best": loop.record.best,
        "history": loop.record.history,
        "unreadable": loop.batches.unreadable,
        "warnings": warnings,
        "seconds": round(time.perf_counter() - begun, 1),
    }


@contextmanager
def _folder(plan: Plan, out: Path | None, workers: Workers) -> Iterator[Path]:
    """Where this process writes: the run; for workers besides the chief, a place that goes."""
    if workers.chief:
        run = plan.run or take(out)
        with hold(run):
            yield run
    else:
        with TemporaryDirectory() as scratch:
            yield Path(scratch)


def _finish(loop: Loop) -> None:
    loop.record.close()
    for logger in loop.loggers:
        logger.close()
    if loop.workers.chief:
        set_latest(loop.record.folder)
