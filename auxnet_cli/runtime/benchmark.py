"""The benchmark: Defect-Aux-Net beside three single-task networks, as in the paper's Table VI."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from auxnet_cli.errors import InputError, nearest
from auxnet_cli.files import write_json
from auxnet_cli.layering import load_settings, read_settings
from auxnet_cli.runtime.benchmark_job import Job, NetworkPlan, call_worker
from auxnet_cli.runtime.card import ModelCard
from auxnet_cli.runtime.cpu import cpu
from auxnet_cli.runtime.engines import ENGINES
from auxnet_cli.runtime.timing import latency
from auxnet_cli.workspace import RUNS, find_run

PAPER = {"parameters": 0.571, "latency": 0.455}
"""The paper's reductions: 36.2 M against 84.4 M parameters, 0.1927 s against 0.3540 s."""

UNTRAINED_CLASSES = 4
PRESET = "severstal"
ENCODERS = {
    "resnet50": "ResNet-50",
    "resnet18": "ResNet-18",
    "efficientnetb0": "EfficientNet-B0",
    "repvgg": "RepVGG-A0",
}
HEADS = {"cls": "", "seg": " FPN", "det": " RetinaNet"}
CALL_STYLES = {"tensorflow": "tf.function", "keras": "predict_on_batch"}
SMALLEST = 32


def benchmark(
    *,
    model: Path | None = None,
    preset: str | None = None,
    engine: str = "auto",
    threads: int = 1,
    batch: int = 1,
    size: tuple[int, int] | None = None,
    runs: int = 30,
    memory: bool = True,
    out: Path | None = None,
) -> dict[str, Any]:
    """Time the network on this CPU beside the single-task networks that it stands for.

    All are built afresh from the same settings, the single-task ones without attention: trained
    weights do not change the time. They run interleaved, in one process with ``threads`` threads.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        preset: take an untrained network of this preset with four classes instead; ``severstal``
            where there is no run either.
        engine: a name of ``runtime.engines.ENGINES``.
        threads: threads of each network.
        batch: images a call; the times are of a whole call.
        size: input as (height, width) in pixels; the run's or preset's if not given.
        runs: calls of each network that count.
        memory: also start a process for each network, for its peak memory.
        out: the file to write; ``benchmark.json`` in the run, or in the current folder.

    Returns:
        What ``benchmark.json`` holds. ``peak_rss_mb`` counts the whole process, libraries included.

    Raises:
        InputError: there is no such run or preset, or a figure is out of its range.
        AuxnetError: a worker process failed.
    """
    _check(engine, threads, batch, size, runs)
    plan, own_size, folder = _plan(model, preset)
    plans = (plan, *_single_tasks(plan))
    job = Job(
        kind="time",
        networks=plans,
        engine=engine,
        size=size or own_size,
        threads=threads,
        batch=batch,
        runs=runs,
    )
    with tqdm(total=runs, desc="benchmark", unit="round", disable=None) as bar:
        results = call_worker(job, on_round=bar.update)
    peaks = _peaks(job) if memory else [None] * len(plans)
    document = _document(job, results, peaks)
    write_json(benchmark_file(folder, out), document)
    return document


def benchmark_file(folder: Path, out: Path | None) -> Path:
    """Where the result goes: ``out``, or ``benchmark.json`` in it or in ``folder``."""
    if out is None:
        return folder / "benchmark.json"
    return out / "benchmark.json" if out.is_dir() or not out.suffix else out


def _plan(model: Path | None, preset: str | None) -> tuple[NetworkPlan, tuple[int, int], Path]:
    """The multi-task network, its input size, and the folder that the result belongs to."""
    if model is not None and preset is not None:
        raise InputError("--model and --preset exclude each other: a run brings its own settings.")
    if model is None and (preset is not None or not (RUNS / "latest").is_file()):
        settings = load_settings(preset or PRESET)
        plan = NetworkPlan(
            name="Defect-Aux-Net",
            tasks=settings.tasks,
            classes=UNTRAINED_CLASSES,
            label_kind="multi-label",
            settings=settings.model,
        )
        return plan, settings.data.size, Path()
    run = find_run(model)
    card = ModelCard.read(run / "model.json")
    plan = NetworkPlan(
        name="Defect-Aux-Net",
        tasks=card.tasks,
        classes=len(card.classes),
        label_kind=card.label_kind,
        settings=read_settings(run / "config.yaml").model,
    )
    return plan, card.size, run


def _single_tasks(plan: NetworkPlan) -> list[NetworkPlan]:
    """A network for each of the tasks alone, on the same encoder without attention."""
    settings = plan.settings.model_copy(update={"attention": "none"})
    encoder = ENCODERS[plan.settings.encoder]
    return [
        plan.model_copy(
            update={"name": encoder + HEADS[task], "tasks": (task,), "settings": settings}
        )
        for task in plan.tasks
    ]


def _peaks(job: Job) -> list[float | None]:
    """The peak memory of each network, in a process of its own; two at a time."""
    jobs = [job.model_copy(update={"kind": "memory", "networks": (plan,)}) for plan in job.networks]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return [results[0]["peak_rss_mb"] for results in pool.map(call_worker, jobs)]


def _document(
    job: Job, results: Sequence[dict[str, Any]], peaks: Sequence[float | None]
) -> dict[str, Any]:
    networks = [
        {
            "name": plan.name,
            "tasks": list(plan.tasks),
            "engine": result["engine"],
            "precision": result["precision"],
            "parameters": result["parameters"],
            "gflop": result["gflop"],
            "latency_ms": asdict(latency(result["seconds"])),
            "runs": len(result["seconds"]),
            "peak_rss_mb": peak,
        }
        for plan, result, peak in zip(job.networks, results, peaks, strict=True)
    ]
    machine = cpu()
    return {
        "cpu": {"model": machine.model, "cores": machine.cores, "flags": list(machine.flags)},
        "threads": job.threads,
        "input": {"height": job.size[0], "width": job.size[1]},
        "call_style": f"{CALL_STYLES[networks[0]['engine']]}, batch {job.batch}",
        "networks": networks,
        "reduction": {
            "parameters": _reduction([network["parameters"] for network in networks]),
            "latency": _reduction([network["latency_ms"]["median"] for network in networks]),
        },
        "paper": dict(PAPER),
    }


def _reduction(figures: Sequence[float]) -> float:
    """What the first saves against all the others together, as a part of 1."""
    return round(1 - figures[0] / sum(figures[1:]), 4)


def _check(engine: str, threads: int, batch: int, size: tuple[int, int] | None, runs: int) -> None:
    if engine not in ENGINES:
        known = ", ".join(ENGINES)
        raise InputError(
            f"There is no engine '{engine}'.{nearest(engine, list(ENGINES))} Engines: {known}."
        )
    for name, value in (("threads", threads), ("batch", batch), ("runs", runs)):
        if value < 1:
            raise InputError(f"--{name} {value} is not possible: take 1 or more.")
    if size is not None and min(size) < SMALLEST:
        raise InputError(
            f"An input of {size[0]}x{size[1]} is too small: take {SMALLEST} pixels or more a side."
        )
