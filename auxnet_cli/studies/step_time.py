"""Times a training step: all tasks beside three single-task networks, and bfloat16.

    python -m auxnet_cli.studies.step_time --data data/synthetic --repeats 15

The networks take turns, so that the machine's drift falls on all alike; ratios are of processor
time, with a 95 % interval over the rounds (bootstrap).
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.benchmarking.timing import latency_ratio
from auxnet_cli.task import TASKS
from auxnet_cli.training.build_loop import build_loop
from auxnet_cli.training.initialisation import initialise
from auxnet_cli.training.plan import new_plan

NETWORKS = {
    "joint": (",".join(TASKS), "float32"),
    **{task: (task, "float32") for task in TASKS},
    "joint, bfloat16": (",".join(TASKS), "bfloat16"),
}


def main() -> None:
    """Times the networks in turns and prints the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data set")
    parser.add_argument("--preset", default="severstal")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        steps = {
            name: _step(tasks, precision, options, Path(folder))
            for name, (tasks, precision) in NETWORKS.items()
        }
        for step in steps.values():  # the first traces the graph, the second fills the caches
            step()
            step()
        times = np.array([[step() for step in steps.values()] for _ in range(options.repeats)])
    columns = dict(zip(NETWORKS, times.T, strict=True))
    for name, seconds in columns.items():
        sys.stdout.write(f"{name}: {np.median(seconds):.3f} s of processor time\n")
    singles = sum(columns[task] for task in TASKS)
    _print_ratio("joint to the three single ones", columns["joint"], singles)
    _print_ratio("bfloat16 to float32", columns["joint, bfloat16"], columns["joint"])


def _step(
    tasks: str, precision: str, options: argparse.Namespace, folder: Path
) -> Callable[[], float]:
    overrides = [f"training.precision={precision}", f"training.batch_size={options.batch}"]
    plan = new_plan(tasks.split(","), options.data, options.preset, None, overrides)
    loop = build_loop(plan, initialise(plan), folder / tasks / precision)
    batches = loop.batches.epoch(1, 0)
    images, targets = next(iter(batches))

    def step() -> float:
        begun = time.process_time()
        loop.workers.learn(loop.model, images, targets)
        loop.average.update()
        return time.process_time() - begun

    return step


def _print_ratio(what: str, above: NDArray[np.float64], below: NDArray[np.float64]) -> None:
    ratio, interval = latency_ratio([above], [below])
    ends = f" ({interval[0]:.3f}-{interval[1]:.3f})" if interval else ""
    sys.stdout.write(f"{what}: {ratio:.3f}{ends}\n")


if __name__ == "__main__":
    main()
