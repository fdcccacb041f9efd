"""The benchmark: Defect-Aux-Net beside three single-task networks, as in the paper's Table VI."""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tqdm import tqdm

from auxnet_cli.benchmarking.document import Measured, document
from auxnet_cli.benchmarking.external_model import read_against
from auxnet_cli.benchmarking.first_result import first_result
from auxnet_cli.benchmarking.making import RUN
from auxnet_cli.benchmarking.plan import (
    NetworkPlan,
    Variant,
    default_engines,
    own_network,
    plan_variants,
    single_tasks,
    untrained,
)
from auxnet_cli.benchmarking.worker_job import Job, call_worker
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
    thorough: bool = True,
    out: StrPath | None = None,
) -> dict[str, Any]:
    """Time the network on this CPU beside the single-task networks that it stands for.

    All are built afresh from the same settings, the single-task ones without attention: trained
    weights do not change the time. With each number of threads they run interleaved in one process.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        preset: take an untrained network of this preset with four classes instead; ``severstal``
            where there is no run either.
        engines: names of ``inference.engines.registry.ENGINES``; TensorFlow and OpenVINO if not
            given. The reduction is taken in the first.
        precisions: of ``inference.engines.registry.PRECISIONS``, for each engine that has them.
        threads: of each network.
        batches: images a call; the times are of a whole call.
        size: input as (height, width) in pixels; the run's or preset's if not given.
        runs: calls of each network that count.
        against: ONNX files of others, timed in the same rounds.
        beside: a preset whose networks are timed in the same rounds, too, at the same size.
        thorough: also start processes for peak memory, throughput with all cores and the first
            result.
        out: the file to write; ``benchmark.json`` in the run, or in the current folder. The page
            and its Markdown lie beside it.

    Returns:
        What ``benchmark.json`` holds. ``peak_rss_mb`` counts the whole process, libraries included.

    Raises:
        InputError: there is no such run, preset or file, a package is missing, or a figure is out
            of its range.
        AuxnetError: a worker process failed.
    """
    model, out = as_path(model), as_path(out)
    _check(threads, batches, size, runs)
    _check_out(out)
    plan, own_size, run = own_network(model, preset)
    height_width = size or own_size
    networks = [plan, *single_tasks(plan)]
    if beside is not None:
        networks += _family_beside(beside, plan)
    variants, left_out = plan_variants(engines or default_engines(), precisions)
    others = [read_against(path, height_width) for path in as_paths(against)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        job = Job(
            kind="make",
            threads=usable_cores(),
            folder=Path(folder),
            networks=tuple(networks),
            variants=variants,
            against=tuple(others),
            against_variants=_against_variants(variants) if others else (),
            run=thorough and run is None and "keras" not in default_engines(),
            size=height_width,
            batches=tuple(dict.fromkeys(batches)),
            runs=runs,
        )
        measured, rest = _measure(job, tuple(dict.fromkeys(threads)), thorough, run)
    found = document(measured, **rest, left_out=left_out)
    _write(benchmark_file(run or Path(), out), found)
    return found


def benchmark_file(folder: Path, out: Path | None) -> Path:
    """Where the result goes: ``out``, or ``benchmark.json`` in it or in ``folder``."""
    if out is None:
        return folder / "benchmark.json"
    return out / "benchmark.json" if out.is_dir() or not out.suffix else out


def _measure(
    job: Job, threads: Sequence[int], thorough: bool, run: Path | None
) -> tuple[Measured, dict[str, Any]]:
    """Have the networks made and timed and, if ``thorough``, all else told."""
    alone = list(_alone(job)) if thorough else []
    steps = len(job.networks) + len(threads) * job.runs + len(alone)
    with tqdm(total=steps, desc="benchmark", unit="step", disable=None) as bar:
        made = call_worker(job, on_round=bar.update)
        timed = {
            number: call_worker(
                job.model_copy(update={"kind": "time", "threads": number}), on_round=bar.update
            )
            for number in threads
        }
        memory = _peaks(alone, bar.update)
    rest: dict[str, Any] = {}
    if thorough:
        update = {"kind": "throughput", "threads": usable_cores(), "runs": BURSTS}
        one = job.model_copy(update={**update, "networks": job.networks[:1]})
        rest["throughput"] = call_worker(one)
        if run is not None or job.run:
            # A run predicts at its own size; the untrained network was made at the one wanted.
            rest["first_result"] = first_result(run or job.folder / RUN, job.size)
    measured = Measured(
        networks=job.networks,
        against=job.against,
        variants=job.variants,
        against_variants=job.against_variants,
        size=job.size,
        batches=job.batches,
        made=made,
        timed=timed,
        memory=memory,
    )
    return measured, rest


def _family_beside(preset: str, plan: NetworkPlan) -> list[NetworkPlan]:
    """Another preset's networks, for the same classes and tasks."""
    other, _ = untrained(preset)
    if other.family == plan.family:
        raise InputError(f"--beside {preset} is what is timed already: name another preset.")
    given = {"classes": plan.classes, "label_kind": plan.label_kind, "tasks": plan.tasks}
    other = other.model_copy(update=given)
    return [other, *single_tasks(other)]


def _against_variants(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """What others' models run in: as ours do, where that needs no quantising of them."""
    able = [
        one for one in variants if one.engine in ("openvino", "onnx") and one.precision != "int8"
    ]
    return tuple(able) or (Variant(engine="openvino", precision="fp32"),)


Key = tuple[int, Variant]


def _alone(job: Job) -> list[tuple[Key, Job]]:
    """For each network in each variant a job that tells its memory; also for others' models."""
    nothing = {"networks": (), "variants": (), "against": (), "against_variants": ()}
    base = job.model_copy(update={**nothing, "kind": "memory", "batches": job.batches[:1]})
    ours: list[tuple[Key, dict[str, Any]]] = [
        ((index, variant), {"networks": (plan,), "variants": (variant,), "first": index})
        for index, plan in enumerate(job.networks)
        for variant in job.variants
    ]
    theirs: list[tuple[Key, dict[str, Any]]] = [
        ((index, variant), {"against": (other,), "against_variants": (variant,)})
        for index, other in enumerate(job.against, len(job.networks))
        for variant in job.against_variants
    ]
    return [(key, base.model_copy(update=own)) for key, own in (*ours, *theirs)]


def _peaks(alone: Sequence[tuple[Key, Job]], on_done: Callable[[], object]) -> dict[Key, float]:
    """The peak memory of each in a process of its own; two at a time."""
    found: dict[Key, float] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(call_worker, (job for _, job in alone))
        for (key, _), (result,) in zip(alone, results, strict=True):
            found[key] = result["peak_rss_mb"]
            on_done()
    return found


def _write(path: Path, found: dict[str, Any]) -> None:
    """The document, and the page and Markdown beside it."""
    from auxnet_cli.reports.benchmark.page import benchmark_markdown, benchmark_page

    write_text(path.with_suffix(".html"), benchmark_page(found))
    write_text(path.with_suffix(".md"), benchmark_markdown(found))
    write_json(path, found)


def _check_out(out: Path | None) -> None:
    check_folder(out and out.parent)
    if out is not None and out.suffix in {".html", ".md"} and not out.is_dir():
        raise InputError(
            f"--out {out} is taken by the report: name the JSON file; .html and .md lie beside it."
        )


def _check(
    threads: Sequence[int], batches: Sequence[int], size: tuple[int, int] | None, runs: int
) -> None:
    for name, values in (("threads", threads), ("batch", batches), ("runs", (runs,))):
        if not values:
            raise InputError(f"--{name} names no number: give 1 or more.")
        for value in values:
            if value < 1:
                raise InputError(f"--{name} {value} is not possible: take 1 or more.")
    if size is not None and min(size) < SMALLEST:
        raise InputError(
            f"An input of {size[0]}x{size[1]} is too small: take {SMALLEST} pixels or more a side."
        )
