"""The benchmark's worker: makes networks, times them, tells their memory or their throughput."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TextIO

import numpy as np

from auxnet_cli.benchmarking.making import artefact, build, make
from auxnet_cli.benchmarking.peak_flops import OPERATIONS, peak_call
from auxnet_cli.benchmarking.plan import NetworkPlan, Variant
from auxnet_cli.benchmarking.timing import time_rounds
from auxnet_cli.benchmarking.worker_job import Job
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.system.cpu import peak_memory

Call = Callable[[], object]
Results = list[dict[str, Any]]


def main() -> None:
    """Take one job from standard input; write messages, a JSON line each, to standard output."""
    # Whatever a library prints must not come between the messages.
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    job = Job.model_validate_json(sys.stdin.readline())
    try:
        results = work(job, partial(_send, messages, {"round": True}))
    except AuxnetError as error:
        _send(messages, {"error": str(error), "input": isinstance(error, InputError)})
    else:
        _send(messages, {"results": results})


def work(job: Job, after_round: Call = lambda: None) -> Results:
    """Do a job in this process.

    Args:
        job: what to do.
        after_round: called after each network made, each round timed, each variant told.

    Returns:
        By the kind of job, a dictionary for each

        - ``make``: network: ``parameters`` and ``gflop`` (per image)
        - ``time``: thing timed: ``subject`` (its place among the networks and, after them, the
          others' models), ``engine``, ``precision``, ``batch`` and ``seconds`` (a list); and
          precision: ``peak`` (its name), ``operations`` and ``seconds``
        - ``memory``: one with ``peak_rss_mb``
        - ``throughput``: variant of the first network: ``engine``, ``precision``,
          ``images_per_second`` and ``way``
    """
    return {"make": _make, "time": _time, "memory": _memory, "throughput": _throughput}[job.kind](
        job, after_round
    )


def _make(job: Job, after_round: Call) -> Results:
    made = []
    for index, plan in enumerate(job.networks):
        run = job.run and index == 0
        made.append(make(plan, index, job.variants, job.size, job.folder, run))
        after_round()
    return made


def _time(job: Job, after_round: Call) -> Results:
    timed = list(_calls(job))
    for precision in sorted({one.precision for one in (*job.variants, *job.against_variants)}):
        peak = {"peak": precision, "operations": OPERATIONS}
        timed.append((peak, peak_call(precision, job.threads)))
    rounds = time_rounds([call for _, call in timed], job.runs, after_round=after_round)
    return [{**what, "seconds": own} for (what, _), own in zip(timed, rounds, strict=True)]


def _memory(job: Job, _: Call) -> Results:
    time_rounds([call for _, call in _calls(job)], runs=1, warm_up=1)
    return [{"peak_rss_mb": round(peak_memory(), 1)}]


def _throughput(job: Job, after_round: Call) -> Results:
    from auxnet_cli.benchmarking.throughput import throughput

    (plan,) = job.networks
    found = []
    for variant in job.variants:
        path = artefact(job.folder, 0, variant) if ENGINES[variant.engine].artefact else None
        open_ = partial(open_variant, job, plan, 0, variant, None)
        found.append(variant.model_dump() | throughput(variant, path, open_, job.size, job.runs))
        after_round()
    return found


def _calls(job: Job) -> Iterator[tuple[dict[str, Any], Call]]:
    """All that is timed, each with what it is."""
    for index, plan in enumerate(job.networks, job.first):
        for variant in job.variants:
            engine = open_variant(job, plan, index, variant, job.threads)
            for batch in job.batches:
                pixels = np.random.default_rng(0).integers(0, 256, (batch, *job.size, 3), np.uint8)
                what = {"subject": index, **variant.model_dump(), "batch": batch}
                yield what, partial(engine.run, pixels)
    for index, other in enumerate(job.against, job.first + len(job.networks)):
        for variant in job.against_variants:
            for batch in job.batches:
                what = {"subject": index, **variant.model_dump(), "batch": batch}
                yield what, other.call(variant.engine, job.threads, batch, variant.precision)


def open_variant(
    job: Job, plan: NetworkPlan, index: int, variant: Variant, threads: int | None
) -> Engine:
    """The engine of one of the job's networks."""
    if ENGINES[variant.engine].artefact:
        path = artefact(job.folder, index, variant)
        return open_artefact(path, variant.engine, threads, variant.precision)
    return open_engine(build(plan, job.size), variant.engine)


def _send(stream: TextIO, message: dict[str, Any]) -> None:
    stream.write(json.dumps(message) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
