"""Times Defect-Aux-Net beside three single-task networks, as in the paper's Table VI."""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from auxnet_cli.benchmarking.document import document
from auxnet_cli.benchmarking.external_model import ExternalModel, external_variants, read_external
from auxnet_cli.benchmarking.first_result import first_result
from auxnet_cli.benchmarking.making import RUN
from auxnet_cli.benchmarking.measurements import Measurements
from auxnet_cli.benchmarking.plan import (
    NetworkPlan,
    plan_beside,
    plan_named,
    plan_network,
    plan_pruned,
    with_single_tasks,
)
from auxnet_cli.benchmarking.variants import choose_variants, default_engines
from auxnet_cli.benchmarking.worker_job import Job, Subject, call_worker
from auxnet_cli.documents.benchmark import Benchmark, Variant
from auxnet_cli.errors import InputError
from auxnet_cli.system.cpu import usable_cores
from auxnet_cli.system.files import check_folder, write_json, write_text
from auxnet_cli.system.paths import StrPath, as_path, as_paths

SMALLEST = 32
BURSTS = 5


def benchmark(
    *,
    model: StrPath | None = None,
    preset: str | None = None,
    engines: Sequence[str] | None = None,
    precisions: Sequence[str] = ("fp32",),
    threads: Sequence[int] = (1,),
    batches: Sequence[int] = (1,),
    size: tuple[int, int] | None = None,
    runs: int = 30,
    against: StrPath | Sequence[StrPath] = (),
    beside: str | None = None,
    tasks: Sequence[str] | None = None,
    networks: Sequence[str] = (),
    thorough: bool = True,
    out: StrPath | None = None,
) -> Benchmark:
    """Times the network on this CPU beside the single-task networks that it stands for.

    All are built afresh from the same settings, the single-task ones without attention: trained
    weights do not change the time. With each number of threads they run interleaved in one process.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        preset: an untrained network of this preset with four classes instead; ``severstal`` where
            there is no run either.
        engines: names of ``inference.engines.registry.ENGINES``; TensorFlow and OpenVINO if not
            given. The reduction is taken in the first.
        precisions: of ``inference.engines.registry.PRECISIONS``, for each engine that has them.
        threads: of each network.
        batches: images a call; the times are of a whole call.
        size: input as (height, width) in pixels; the run's or preset's if not given.
        runs: calls of each network that count.
        against: external ONNX models, timed in the same rounds.
        beside: a preset whose networks are timed in the same rounds, too, at the same size.
        tasks: also time what is left of the network with these of its tasks alone.
        networks: names of ``model.name`` that are timed in the same rounds, too, as published and
            at the same size.
        thorough: also start processes for peak memory, throughput with all cores and the first
            result.
        out: the file to write; ``benchmark.json`` in the run, or in the current folder. The page
            and its Markdown lie beside it.

    Returns:
        What ``benchmark.json`` holds. ``peak_rss_mb`` counts the whole process, libraries included.

    Raises:
        InputError: there is no such run, preset or file, a package is missing, or a number is out
            of its range.
        AuxnetError: a worker process failed.
    """
    model, out = as_path(model), as_path(out)
    _check(threads, batches, size, runs)
    _check_out(out)
    plan, default_size, run = plan_network(model, preset)
    size = size or default_size
    plans = with_single_tasks(plan)
    if beside is not None:
        plans += with_single_tasks(plan_beside(beside, plan))
    if tasks is not None and set(tasks) != set(plan.tasks):
        plans += (plan_pruned(tasks, plan),)
    plans += tuple(plan_named(name, plan) for name in networks)
    variants, left_out = choose_variants(engines or default_engines(), precisions)
    external = [read_external(path, size) for path in as_paths(against)]
    models: list[tuple[NetworkPlan | ExternalModel, tuple[Variant, ...]]] = [
        *((plan, variants) for plan in plans),
        *((model, external_variants(variants)) for model in external),
    ]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        job = Job(
            kind="make",
            threads=usable_cores(),
            folder=Path(folder),
            subjects=tuple(
                Subject(index=index, model=model, variants=variants)
                for index, (model, variants) in enumerate(models)
            ),
            run=thorough and run is None and "keras" not in default_engines(),
            size=size,
            batches=tuple(dict.fromkeys(batches)),
            runs=runs,
        )
        measured = _measure(job, tuple(dict.fromkeys(threads)), thorough, run)
    result = document(measured, left_out)
    _write(benchmark_file(run or Path(), out), result)
    return result


def benchmark_file(folder: Path, out: Path | None) -> Path:
    """Returns the file of the result: ``out``, or ``benchmark.json`` in it or in ``folder``."""
    if out is None:
        return folder / "benchmark.json"
    return out / "benchmark.json" if out.is_dir() or not out.suffix else out


def _measure(job: Job, threads: Sequence[int], thorough: bool, run: Path | None) -> Measurements:
    """Has the networks made and timed, and all else measured if ``thorough``."""
    memory_jobs = _memory_jobs(job) if thorough else {}
    made = sum(isinstance(subject.model, NetworkPlan) for subject in job.subjects)
    steps = made + len(threads) * job.runs + len(memory_jobs)
    with tqdm(total=steps, desc="benchmark", unit="step", disable=None) as bar:
        costs = call_worker(job, on_round=bar.update).costs
        timed = {
            number: call_worker(
                job.model_copy(update={"kind": "time", "threads": number}), on_round=bar.update
            )
            for number in threads
        }
        memory = _peak_memory(memory_jobs, bar.update)
    measured = Measurements(job, costs, timed, memory)
    if thorough:
        update = {"kind": "throughput", "threads": usable_cores(), "runs": BURSTS}
        bursts = job.model_copy(update={**update, "subjects": job.subjects[:1]})
        measured = replace(measured, throughput=call_worker(bursts).throughput)
        if run is not None or job.run:
            # A run predicts at its own size; the untrained network was made at the one wanted.
            seconds = first_result(run or job.folder / RUN, job.size)
            measured = replace(measured, first_result_s=seconds)
    return measured


def _memory_jobs(job: Job) -> dict[tuple[int, Variant], Job]:
    """Returns a job that measures the memory of each subject in each variant alone."""
    base = job.model_copy(update={"kind": "memory", "batches": job.batches[:1]})
    return {
        (subject.index, variant): base.model_copy(
            update={"subjects": (subject.model_copy(update={"variants": (variant,)}),)}
        )
        for subject in job.subjects
        for variant in subject.variants
    }


def _peak_memory(
    jobs: dict[tuple[int, Variant], Job], on_done: Callable[[], object]
) -> dict[tuple[int, Variant], float]:
    """Returns the peak memory in MB of each job, in a process of its own, two at a time."""
    memory = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        for key, results in zip(jobs, pool.map(call_worker, jobs.values()), strict=True):
            if results.peak_rss_mb is not None:
                memory[key] = results.peak_rss_mb
            on_done()
    return memory


def _write(path: Path, result: Benchmark) -> None:
    """Writes the document, and the page and Markdown beside it."""
    from auxnet_cli.reports.benchmark.page import benchmark_markdown, benchmark_page

    write_text(path.with_suffix(".html"), benchmark_page(result))
    write_text(path.with_suffix(".md"), benchmark_markdown(result))
    write_json(path, result.document())


def _check_out(out: Path | None) -> None:
    check_folder(out and out.parent)
    if out is not None and out.suffix in {".html", ".md"} and not out.is_dir():
        raise InputError(
            f"`out` {out} is taken by the report: name the JSON file; .html and .md lie beside it."
        )


def _check(
    threads: Sequence[int], batches: Sequence[int], size: tuple[int, int] | None, runs: int
) -> None:
    for name, values in (("threads", threads), ("batches", batches), ("runs", (runs,))):
        if not values:
            raise InputError(f"`{name}` names no number: give 1 or more.")
        for value in values:
            if value < 1:
                raise InputError(f"`{name}` {value} is not possible: take 1 or more.")
    if size is not None and min(size) < SMALLEST:
        raise InputError(
            f"An input of {size[0]}x{size[1]} is too small: take {SMALLEST} pixels or more a side."
        )
