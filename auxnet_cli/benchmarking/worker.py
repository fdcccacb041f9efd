"""Is the worker process: makes networks, times them, measures their memory or throughput."""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TextIO

from auxnet_cli.benchmarking.external_model import ExternalModel
from auxnet_cli.benchmarking.making import artefact, build, make, noise
from auxnet_cli.benchmarking.peak_flops import gflops, peak_call
from auxnet_cli.benchmarking.plan import NetworkPlan
from auxnet_cli.benchmarking.throughput import images_per_second, openvino_burst, sequential_burst
from auxnet_cli.benchmarking.timing import time_rounds
from auxnet_cli.benchmarking.worker_job import CallSeconds, Job, Message, Results, Subject
from auxnet_cli.documents.benchmark import Condition, PeakSpeed, Throughput, Variant
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.system.cpu import peak_memory, usable_cores

Call = Callable[[], object]


def main() -> None:
    """Takes one job from standard input; writes messages, a JSON line each, to standard output."""
    # Whatever a library prints must not come between the messages.
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    job = Job.model_validate_json(sys.stdin.readline())
    try:
        answer = Message(results=work(job, partial(_send, messages, Message())))
    except AuxnetError as error:
        answer = Message(error=str(error), wrong_input=isinstance(error, InputError))
    _send(messages, answer)


def work(job: Job, after_round: Call = lambda: None) -> Results:
    """Does a job in this process.

    ``after_round`` is called after each network made, round timed or throughput measured.
    """
    kinds = {"make": _make, "time": _time, "memory": _memory, "throughput": _throughput}
    return kinds[job.kind](job, after_round)


def _make(job: Job, after_round: Call) -> Results:
    costs = []
    for subject in job.subjects:
        if isinstance(subject.model, NetworkPlan):
            run = job.run and subject.index == 0
            costs.append(
                make(subject.model, subject.index, subject.variants, job.size, job.folder, run)
            )
            after_round()
    return Results(costs=costs)


def _time(job: Job, after_round: Call) -> Results:
    """Times all calls, and the peak of each precision, in the same rounds."""
    calls = list(_calls(job))
    precisions = sorted({item.precision for subject in job.subjects for item in subject.variants})
    peaks = [peak_call(precision, job.threads) for precision in precisions]
    seconds = time_rounds(
        [*(call for _, _, call in calls), *peaks], job.runs, after_round=after_round
    )
    return Results(
        calls=[
            CallSeconds(subject=index, condition=condition, seconds=times)
            for (index, condition, _), times in zip(calls, seconds, strict=False)
        ],
        peaks=[
            PeakSpeed(threads=job.threads, precision=precision, gflops=gflops(times))
            for precision, times in zip(precisions, seconds[len(calls) :], strict=True)
        ],
    )


def _memory(job: Job, _: Call) -> Results:
    time_rounds([call for _, _, call in _calls(job)], runs=1, warm_up=1)
    return Results(peak_rss_mb=round(peak_memory(), 1))


def _throughput(job: Job, after_round: Call) -> Results:
    throughput = []
    for subject in job.subjects:
        for variant in subject.variants:
            if variant.engine == "openvino":
                path = artefact(job.folder, subject.index, variant)
                burst, smallest, streams = openvino_burst(path, variant.precision, job.size)
                way = f"{streams} stream{'s' if streams > 1 else ''}"
            else:
                engine = _open(job, subject, variant, threads=None)
                burst, smallest = sequential_burst(engine, job.size), 1
                way = f"{usable_cores()} threads"
            speed = images_per_second(burst, smallest, job.runs)
            throughput.append(Throughput(**dict(variant), images_per_second=speed, way=way))
            after_round()
    return Results(throughput=throughput)


def _calls(job: Job) -> Iterator[tuple[int, Condition, Call]]:
    """Yields all calls, each with the index of its subject and its condition."""
    for subject in job.subjects:
        for variant in subject.variants:
            opened = _open(job, subject, variant, job.threads)
            for batch in job.batches:
                condition = Condition(**dict(variant), threads=job.threads, batch=batch)
                if isinstance(opened, ExternalModel):
                    call = opened.call(variant, job.threads, batch)
                else:
                    call = partial(opened.run, noise(batch, job.size))
                yield subject.index, condition, call


def _open(job: Job, subject: Subject, variant: Variant, threads: int | None) -> Any:
    """Opens the engine of a network; an external model is opened for each batch, by its call."""
    if isinstance(subject.model, ExternalModel):
        return subject.model
    if ENGINES[variant.engine].artefact:
        path = artefact(job.folder, subject.index, variant)
        return open_artefact(path, variant.engine, threads, variant.precision)
    return open_engine(build(subject.model, job.size), variant.engine)


def _send(stream: TextIO, message: Message) -> None:
    stream.write(message.model_dump_json() + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
