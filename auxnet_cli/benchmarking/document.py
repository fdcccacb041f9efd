"""Turns measurements into ``benchmark.json``."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

from auxnet_cli.benchmarking.measurements import Measurements
from auxnet_cli.benchmarking.peak_flops import METHOD
from auxnet_cli.benchmarking.timing import latency, latency_ratio
from auxnet_cli.documents.benchmark import (
    SCHEMA,
    Benchmark,
    CallTimes,
    Condition,
    Cpu,
    ExternalTimes,
    InputSize,
    LatencyRatio,
    NetworkTimes,
    Peak,
    RatioKind,
    Reduction,
    Variant,
)
from auxnet_cli.inference.engines.registry import ENGINES
from auxnet_cli.system.cpu import cpu

PAPER = Reduction(parameters=0.571, latency=0.455)
"""The paper's reductions: 36.2 M against 84.4 M parameters, 0.1927 s against 0.3540 s."""

REFERENCE = Variant(engine="tensorflow", precision="fp32")
"""The paper's engine and precision, in which single-task networks are compared with everything."""

NUMBERS = {1: "one", 2: "two", 3: "three"}


def document(measured: Measurements, left_out: Sequence[str] = ()) -> Benchmark:
    """Returns what ``benchmark.json`` holds.

    ``left_out`` has a sentence for each variant that could not be timed.
    """
    from auxnet_cli import __version__

    networks = list(_networks(measured))
    height, width = measured.job.size
    variants = measured.job.subjects[0].variants
    engines = dict.fromkeys(variant.engine for variant in variants)
    styles = ", ".join(f"{engine}: {ENGINES[engine].call_style}" for engine in engines)
    first = f"{variants[0].label}, batch {measured.job.batches[0]}"
    return Benchmark(
        schema=SCHEMA,
        tool_version=__version__,
        cpu=Cpu(**asdict(cpu())),
        threads=next(iter(measured.timed)),
        input=InputSize(height=height, width=width),
        call_style=f"{styles}; reduction within {first}",
        networks=networks,
        reduction=_reduction(networks[: 1 + len(measured.single_tasks(0))]),
        paper=PAPER,
        ratios=list(_ratios(measured)),
        against=list(_external(measured)),
        peak=Peak(
            method=METHOD,
            gflops=[
                peak.model_copy(update={"gflops": round(peak.gflops, 1)}) for peak in measured.peaks
            ],
        ),
        throughput=list(measured.throughput),
        first_result_s=measured.first_result_s,
        left_out=list(left_out),
    )


def _networks(measured: Measurements) -> Iterator[NetworkTimes]:
    for condition in measured.conditions(0):
        for (index, plan), cost in zip(measured.networks.items(), measured.costs, strict=True):
            yield NetworkTimes(
                name=plan.name,
                tasks=list(plan.tasks),
                parameters=cost.parameters,
                family=plan.family,
                **dict(_call_times(measured, index, condition, cost.gflop)),
            )


def _external(measured: Measurements) -> Iterator[ExternalTimes]:
    # All of them run in the same conditions.
    for condition in measured.conditions(min(measured.external)) if measured.external else ():
        for index, model in measured.external.items():
            yield ExternalTimes(
                name=model.name,
                parameters=model.parameters,
                input=InputSize(height=model.size[0], width=model.size[1]),
                own_size=model.own_size,
                **dict(_call_times(measured, index, condition, model.gflop)),
            )


def _call_times(
    measured: Measurements, index: int, condition: Condition, gflop: float
) -> CallTimes:
    seconds = measured.seconds[index, condition]
    times = latency(seconds)
    speed = condition.batch * gflop / times.median * 1000
    (peak,) = (
        peak.gflops
        for peak in measured.peaks
        if (peak.threads, peak.precision) == (condition.threads, condition.precision)
    )
    return CallTimes(
        **dict(condition),
        gflop=gflop,
        latency_ms=times,
        images_per_second=round(1000 * condition.batch / times.median, 2),
        peak_share=round(speed / peak, 3),
        runs=len(seconds),
        peak_rss_mb=measured.memory.get((index, condition.variant)),
    )


def _ratios(measured: Measurements) -> Iterator[LatencyRatio]:
    """Yields the ratios of each multi-task network in each condition."""
    conditions = groupby(measured.conditions(0), lambda item: (item.threads, item.batch))
    for _, same in conditions:
        variants = list(same)
        for index, plan in measured.networks.items():
            for condition in variants if plan.multi_task else ():
                for kind, to, others, other_condition in _comparisons(measured, index, condition):
                    ours = [measured.seconds[index, condition]]
                    theirs = [measured.seconds[other, other_condition] for other in others]
                    part = kind == "single-task"
                    ratio = latency_ratio(ours, theirs) if part else latency_ratio(theirs, ours)
                    yield LatencyRatio(
                        kind=kind,
                        family=plan.family,
                        **dict(condition),
                        to=to,
                        value=round(ratio.value, 4),
                        ci95=ratio.interval and [round(end, 4) for end in ratio.interval],
                    )


def _comparisons(
    measured: Measurements, index: int, condition: Condition
) -> Iterator[tuple[RatioKind, str, list[int], Condition]]:
    """Yields what a multi-task network is compared with: kind, words, indices and condition."""
    to = f"{_in_words(measured, index, index)}, {condition.label}"
    yield "single-task", to, measured.single_tasks(index), condition
    reference = condition.in_variant(REFERENCE)
    if reference in measured.conditions(index):
        for other, plan in measured.networks.items():
            # The first family is compared with all families, the others with themselves.
            if plan.multi_task and index in (0, other):
                to = f"{_in_words(measured, other, index)}, {reference.label}"
                yield "tensorflow", to, measured.single_tasks(other), reference
    for other, model in measured.external.items():
        nearest = max(
            measured.job.subjects[other].variants,
            key=lambda item: (
                item.engine == condition.engine, item.precision == condition.precision
            ),
        )  # fmt: skip
        to = f"{model.name}, {nearest.label}"
        yield "against", to, [other], condition.in_variant(nearest)


def _in_words(measured: Measurements, index: int, compared: int) -> str:
    """Names the single-task networks of a family; which family, where it is another one."""
    number = len(measured.single_tasks(index))
    networks = f"{NUMBERS[number]} single-task network{'s' if number > 1 else ''}"
    return networks if index == compared else f"{networks} of {measured.networks[index].family}"


def _reduction(family: Sequence[NetworkTimes]) -> Reduction | None:
    """Returns what the first network saves against the others, if there are any."""
    if len(family) == 1:
        return None
    return Reduction(
        parameters=_saved([network.parameters for network in family]),
        latency=_saved([network.latency_ms.median for network in family]),
    )


def _saved(amounts: Sequence[float]) -> float:
    """Returns what the first amount saves against the sum of the others, as a part of 1."""
    return round(1 - amounts[0] / sum(amounts[1:]), 4)
