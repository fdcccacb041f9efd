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

from auxnet_cli.benchmarking.external_model import Against
from auxnet_cli.benchmarking.plan import NetworkPlan, Variant
from auxnet_cli.errors import AuxnetError, InputError

WORKER = "auxnet_cli.benchmarking.worker"


class Job(BaseModel):
    """One worker's work.

    Attributes:
        kind: ``make`` the artefacts of all networks; ``time`` all against one another; tell the
            peak ``memory`` of all together; or the ``throughput`` with all cores of each.
        folder: of the artefacts.
        networks: our own, with ``variants`` to run each of them in.
        against: others' models, with ``against_variants``.
        first: the place of the first of ``networks`` among all; names its artefacts.
        run: also make the first network a run, in ``benchmark.making.RUN``.
        size: (height, width) of the input, pixels.
        threads: of each network.
        batches: images a call; each is timed.
        runs: calls of each that count.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["make", "time", "memory", "throughput"]
    folder: Path
    networks: tuple[NetworkPlan, ...] = ()
    variants: tuple[Variant, ...] = ()
    against: tuple[Against, ...] = ()
    against_variants: tuple[Variant, ...] = ()
    first: int = 0
    run: bool = False
    size: tuple[int, int]
    threads: int = 1
    batches: tuple[int, ...] = (1,)
    runs: int = 1


def call_worker(job: Job, on_round: Callable[[], object] = lambda: None) -> list[dict[str, Any]]:
    """Do a job in a fresh process.

    Args:
        job: what to do.
        on_round: called after each round of timing.

    Returns:
        What :func:`auxnet_cli.benchmarking.worker.work` returns.

    Raises:
        InputError: what the worker was asked for is not possible.
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
        if "error" in message:
            raise (InputError if message["input"] else AuxnetError)(message["error"])
        on_round()
    code = process.wait()
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    # A system that is out of memory kills without a word.
    reason = lines[-1] if lines else "killed, perhaps for memory: a smaller --size needs less"
    raise AuxnetError(f"The benchmark's worker process ended with code {code} ({reason}).")


def _environment(threads: int) -> dict[str, str]:
    """The worker's environment: this package, ``threads`` threads and no accelerator."""
    return {
        **os.environ,
        **package_path(),
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def package_path() -> dict[str, str]:
    """What lets a fresh process import this package, wherever it lies."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(paths)}
