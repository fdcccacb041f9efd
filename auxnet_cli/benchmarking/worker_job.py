"""Runs a job of the benchmark in a worker process.

Threads are set by the environment in which the libraries start, and peak memory is known of whole
processes only: therefore each job has a process of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict

from auxnet_cli.benchmarking.external_model import ExternalModel
from auxnet_cli.benchmarking.making import NetworkCost
from auxnet_cli.benchmarking.plan import NetworkPlan
from auxnet_cli.documents.benchmark import Condition, PeakSpeed, Throughput, Variant
from auxnet_cli.errors import AuxnetError, InputError

WORKER = "auxnet_cli.benchmarking.worker"


class Subject(BaseModel):
    """A network to measure, ours or an external one, and what it runs in.

    Its index among all subjects names the folder of its artefacts.
    """

    model_config = ConfigDict(frozen=True)

    index: int
    model: NetworkPlan | ExternalModel
    variants: tuple[Variant, ...]


class Job(BaseModel):
    """The work of one worker.

    Attributes:
        kind: ``make`` the artefacts of all networks; ``time`` all subjects in turn; measure the
            peak ``memory`` of all together; or the ``throughput`` of each with all cores.
        run: also make the first network a run, in ``benchmarking.making.RUN``.
        size: (height, width) of the input, pixels.
        batches: images a call; each is timed.
        runs: calls that count.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["make", "time", "memory", "throughput"]
    folder: Path
    subjects: tuple[Subject, ...]
    run: bool = False
    size: tuple[int, int]
    threads: int = 1
    batches: tuple[int, ...] = (1,)
    runs: int = 1


class CallSeconds(BaseModel):
    """The seconds of each call of a subject."""

    subject: int
    condition: Condition
    seconds: list[float]


class Results(BaseModel):
    """What a job gives, by its kind: costs; calls and peaks; peak memory in MB; or throughput."""

    costs: list[NetworkCost] = []
    calls: list[CallSeconds] = []
    peaks: list[PeakSpeed] = []
    peak_rss_mb: float | None = None
    throughput: list[Throughput] = []


class Message(BaseModel):
    """A line from the worker: its results, an error, or neither at the end of each round."""

    results: Results | None = None
    error: str | None = None
    wrong_input: bool = False


def call_worker(job: Job, on_round: Callable[[], object] = lambda: None) -> Results:
    """Does a job in a fresh process, and calls ``on_round`` after each round of timing.

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
        with process:
            try:
                return _converse(process, job, on_round, errors)
            finally:
                process.kill()
                process.wait()


def _converse(
    process: "subprocess.Popen[str]", job: Job, on_round: Callable[[], object], errors: IO[bytes]
) -> Results:
    """Sends the job, and reads messages until the results come."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(job.model_dump_json() + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it died already; its last words below say why
    for line in process.stdout:
        message = Message.model_validate_json(line)
        if message.results is not None:
            return message.results
        if message.error is not None:
            raise (InputError if message.wrong_input else AuxnetError)(message.error)
        on_round()
    code = process.wait()
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    # A system that is out of memory kills without a word.
    reason = lines[-1] if lines else "killed, perhaps for memory: a smaller --size needs less"
    raise AuxnetError(f"The benchmark's worker process ended with code {code} ({reason}).")


def _environment(threads: int) -> dict[str, str]:
    """Returns the worker's environment: this package, its threads, and no accelerator."""
    return {
        **os.environ,
        **package_path(),
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def package_path() -> dict[str, str]:
    """Returns the variable by which a fresh process finds this package."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(paths)}
