"""Finds a learning rate: the range test, its record and its chart."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from auxnet_cli.documents.training_result import LearningRate, RangeTest
from auxnet_cli.reports.charts.training_curves import save_range_chart
from auxnet_cli.system.files import check_folder, write_json
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.training.build_loop import build_loop
from auxnet_cli.training.initialisation import initialise
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.plan import new_plan
from auxnet_cli.training.schedule.range_test import range_test


def find_lr(
    tasks: Sequence[str] | None = None,
    data: StrPath | None = None,
    preset: str | None = None,
    config: StrPath | None = None,
    overrides: Sequence[str] = (),
    out: StrPath | None = None,
) -> LearningRate:
    """Makes a range test without training; the arguments are those of ``train``.

    ``range_test.json`` and ``range_test.png`` are written to ``out``, or to ``./range_test``.

    Raises:
        InputError: wrong settings, no data, weights that cannot be had, or ``out`` is a file.
        AuxnetError: the loss is no number from the first steps on.
    """
    data, config, out = as_path(data), as_path(config), as_path(out)
    check_folder(out)
    plan = new_plan(tasks, data, preset, config, overrides)
    folder = out or Path("range_test")
    with tempfile.TemporaryDirectory() as scratch:
        tested = find_peak(build_loop(plan, initialise(plan), Path(scratch)), folder)
    return LearningRate(**tested.model_dump(), out=str(folder))


def find_peak(loop: Loop, folder: Path) -> RangeTest:
    """Makes a range test, writes it to ``folder``, and sets the peak of the loop's schedule."""
    tested = range_test(loop)
    write_json(folder / "range_test.json", tested.model_dump())
    save_range_chart(tested.rates, tested.losses, tested.peak, folder / "range_test.png")
    loop.schedule.peak = tested.peak
    return tested
