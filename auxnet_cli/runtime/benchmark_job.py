"""What the benchmark asks of a worker process, and how it is asked.

A process of its own, because threads are set by the environment in which the libraries start, and
because peak memory can only be told of a whole process.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from auxnet_cli.errors import AuxnetError
from auxnet_cli.settings import ModelSettings, Task

WORKER = "auxnet_cli.runtime.benchmark_worker"


class NetworkPlan(BaseModel):
    """A network to build.

    Attributes:
        name: as the table shall call it.
        classes: number of defect classes.
        settings: encoder, attention, widths, anchors.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    tasks: tuple[Task, ...]
    classes: int
    label_kind: Literal["multi-label", "exclusive"]
    settings: ModelSettings


class Job(BaseModel):
    """One worker's work.

    Attributes:
        kind: ``time`` all networks against one another, or tell the peak ``memory`` of one.
        engine: a name of ``runtime.engines.ENGINES``.
        size: (height, width) of the input, pixels.
        runs: calls of each network that count.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["time", "memory"]
    networks: tuple[NetworkPlan, ...]
    engine: str
    size: tuple[int, int]
    threads: int
    batch: int
    runs: int


def call_worker(job: Job, on_round: Callable[[], object] = lambda: None) -> list[dict[str, Any]]:
    """Do a job in a fresh process.

    Args:
        job: what to do.
        on_round: called after each round of timing.

    Returns:
        What :func:`auxnet_cli.runtime.benchmark_worker.work` returns: a result a network.

    Raises:
        AuxnetError: the worker failed.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            # -P: a file of the workspace must not stand in for a library.
            [sys.executable, "-P", "-m", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(job.threads),
            encoding="utf-8",
        )
        try:
            return _talk(process, job, on_round, errors)
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


def _talk(
    process: "subprocess.Popen[str]", job: Job, on_round: Callable[[], object], errors: Any
) -> list[dict[str, Any]]:
    """Hand over the job and take in messages, a JSON line each, until the results come."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(job.model_dump_json() + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it died already; its own words below tell why
    for text in process.stdout:
        message = json.loads(text)
        if "results" in message:
            results: list[dict[str, Any]] = message["results"]
            return results
        on_round()
    code = process.wait()
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    # A system that is out of memory kills without a word.
    reason = lines[-1] if lines else "killed, perhaps for memory: a smaller --size needs less"
    raise AuxnetError(f"The benchmark's worker process ended with code {code} ({reason}).")


def _environment(threads: int) -> dict[str, str]:
    """The worker's environment: this package, ``threads`` threads and no accelerator."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
