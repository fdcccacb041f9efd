"""The benchmark's worker: builds networks, and times them or tells their memory."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

import numpy as np

from auxnet_cli.runtime.benchmark_job import Job, NetworkPlan
from auxnet_cli.runtime.cpu import peak_memory
from auxnet_cli.runtime.timing import time_rounds


def main() -> None:
    """Take one job from standard input; write messages, a JSON line each, to standard output."""
    # Whatever a library prints must not come between the messages.
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    job = Job.model_validate_json(sys.stdin.readline())
    results = work(job, partial(_send, messages, {"round": True}))
    _send(messages, {"results": results})


def work(job: Job, after_round: Callable[[], None] | None = None) -> list[dict[str, Any]]:
    """Do a job in this process.

    Returns:
        For each network ``engine``, ``precision``, ``parameters``, ``gflop`` (per image), and
        ``seconds`` (a list) or ``peak_rss_mb``, by the kind of job.
    """
    from auxnet_cli.model.cost import gflop
    from auxnet_cli.runtime.engines import open_engine

    networks = [_build(plan, job.size) for plan in job.networks]
    engines = [open_engine(network, job.engine) for network in networks]
    pixels = np.random.default_rng(0).integers(0, 256, (job.batch, *job.size, 3), np.uint8)
    calls = [partial(engine.run, pixels) for engine in engines]
    measured: list[dict[str, Any]]
    if job.kind == "time":
        rounds = time_rounds(calls, job.runs, after_round=after_round)
        measured = [{"seconds": seconds} for seconds in rounds]
    else:
        time_rounds(calls, runs=1, warm_up=1)
        measured = [{"peak_rss_mb": round(peak_memory(), 1)}]
    return [
        {
            "engine": engine.name,
            "precision": engine.precision,
            "parameters": int(network.count_params()),
            "gflop": round(gflop(network), 3),
            **figures,
        }
        for network, engine, figures in zip(networks, engines, measured, strict=True)
    ]


def _build(plan: NetworkPlan, size: tuple[int, int]) -> Any:
    from auxnet_cli.model.defect_aux_net import defect_aux_net

    return defect_aux_net(plan.classes, plan.label_kind, plan.tasks, size, plan.settings)


def _send(stream: TextIO, message: dict[str, Any]) -> None:

    stream.write(json.dumps(message) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
