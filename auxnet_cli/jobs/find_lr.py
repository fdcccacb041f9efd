"""Finding a learning rate: the range test, its record and its picture."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auxnet_cli.reports.charts.range_test import save_range_chart
from auxnet_cli.system.files import check_folder, write_json
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.training.build_loop import assemble, beginning, policy
from auxnet_cli.training.initialisation import begin
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.plan import new_plan
from auxnet_cli.training.schedule.range_test import RangeTest, range_test


def find_lr(
    tasks: Sequence[str] | None = None,
    data: StrPath | None = None,
    preset: str | None = None,
    config: StrPath | None = None,
    overrides: Sequence[str] = (),
    out: StrPath | None = None,
) -> dict[str, Any]:
    """Make a range test without training.

    Args:
        tasks: as of :func:`auxnet_cli.jobs.train.train`, like the next four.
        data: a prepared data set.
        preset: a name in ``defaults/``.
        config: a YAML file of settings.
        overrides: ``KEY=VALUE`` settings.
        out: folder for ``range_test.json`` and ``range_test.png``; ``./range_test`` if not given.

    Returns:
        ``peak``, ``rates``, ``losses`` (smoothed) and ``out``.

    Raises:
        InputError: wrong settings, no data, weights that cannot be had, or ``out`` is a file.
        AuxnetError: the loss is no number from the first steps on.
    """
    data, config, out = as_path(data), as_path(config), as_path(out)
    check_folder(out)
    plan = new_plan(tasks, data, preset, config, overrides)
    start = begin(plan.dataset, plan.settings)
    state = beginning(plan, start.origin, start.network)
    folder = out or Path("range_test")
    with tempfile.TemporaryDirectory() as scratch:
        found = find_peak(assemble(plan, state, Path(scratch), start.network), folder)
    return {**found.document(), "out": str(folder)}


def find_peak(loop: Loop, folder: Path) -> RangeTest:
    """Make a range test, write it to ``folder`` and set the loop's learning rate by it."""
    found = range_test(loop)
    write_json(folder / "range_test.json", found.document())
    save_range_chart(found.rates, found.losses, found.peak, folder / "range_test.png")
    loop.state.peak = found.peak
    loop.policy = policy(loop.settings, found.peak)
    return found
