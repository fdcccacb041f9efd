"""From what the workers measured to ``benchmark.json``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import product
from typing import Any

from auxnet_cli.benchmarking.external_model import Against
from auxnet_cli.benchmarking.latency_ratio import ratio
from auxnet_cli.benchmarking.peak_flops import METHOD
from auxnet_cli.benchmarking.plan import NetworkPlan, Variant
from auxnet_cli.benchmarking.timing import latency
from auxnet_cli.system.cpu import cpu

SCHEMA = "auxnet/benchmark/1"
PAPER = {"parameters": 0.571, "latency": 0.455}
"""The paper's reductions: 36.2 M against 84.4 M parameters, 0.1927 s against 0.3540 s."""

CALL_STYLES = {
    "tensorflow": "tf.function",
    "keras": "predict_on_batch",
    "openvino": "one request",
    "onnx": "one session",
    "litert": "one interpreter",
}
REFERENCE = Variant(engine="tensorflow", precision="fp32")
"""The paper's condition, in which the three single-task networks are what all is held against."""

NUMBERS = {1: "one", 2: "two", 3: "three"}


@dataclass(frozen=True)
class Measured:
    """What was timed, and what came of it.

    Attributes:
        networks: a multi-task network and its single-task networks, family after family.
        against: others' models.
        variants: what our networks ran in, the one that the reduction is taken in first.
        against_variants: what the others' ran in.
        size: (height, width) of the input, pixels.
        batches: images a call.
        made: ``parameters`` and ``gflop`` of each network.
        timed: by threads, the results of a worker that timed.
        memory: the peak in MB, by place among networks and models, and variant.
    """

    networks: Sequence[NetworkPlan]
    against: Sequence[Against]
    variants: Sequence[Variant]
    against_variants: Sequence[Variant]
    size: tuple[int, int]
    batches: Sequence[int]
    made: Sequence[Mapping[str, Any]]
    timed: Mapping[int, Sequence[Mapping[str, Any]]]
    memory: Mapping[tuple[int, Variant], float]

    @cached_property
    def seconds(self) -> dict[tuple[int, int, int, Variant], list[float]]:
        """The seconds of each round, by threads, batch, place and variant."""
        return {
            (
                threads,
                one["batch"],
                one["subject"],
                Variant(engine=one["engine"], precision=one["precision"]),
            ): one["seconds"]
            for threads, results in self.timed.items()
            for one in results
            if "subject" in one
        }

    @cached_property
    def peaks(self) -> dict[tuple[int, str], float]:
        """The CPU's measured peak, 10^9 operations a second, by threads and precision."""
        return {
            (threads, one["peak"]): one["operations"] / latency(one["seconds"]).median / 1e6
            for threads, results in self.timed.items()
            for one in results
            if "peak" in one
        }

    @property
    def ways(self) -> Iterator[tuple[int, int]]:
        """Threads and batch, in every combination."""
        return product(self.timed, self.batches)

    def family(self, index: int) -> list[int]:
        """The places of the single-task networks that a multi-task network stands for."""
        own = self.networks[index].family
        return [
            place
            for place, plan in enumerate(self.networks)
            if plan.family == own and not plan.multi_task
        ]


def document(
    measured: Measured,
    throughput: Sequence[Mapping[str, Any]] = (),
    first_result: float | None = None,
    left_out: Sequence[str] = (),
) -> dict[str, Any]:
    """What ``benchmark.json`` holds.

    Args:
        measured: the times.
        throughput: results of a worker that told it.
        first_result: seconds of the first image of a fresh process.
        left_out: sentences on what could not be timed.
    """
    from auxnet_cli import __version__

    networks = list(_networks(measured))
    singles = networks[1 : 1 + len(measured.family(0))]
    machine, first = cpu(), measured.variants[0]
    styles = ", ".join(
        f"{name}: {CALL_STYLES[name]}"
        for name in dict.fromkeys(one.engine for one in measured.variants)
    )
    return {
        "schema": SCHEMA,
        "tool_version": __version__,
        "cpu": {"model": machine.model, "cores": machine.cores, "flags": list(machine.flags)},
        "threads": next(iter(measured.timed)),
        "input": {"height": measured.size[0], "width": measured.size[1]},
        "call_style": f"{styles}; reduction within {first}, batch {measured.batches[0]}",
        "networks": networks,
        "reduction": {
            "parameters": _reduction([one["parameters"] for one in (networks[0], *singles)]),
            "latency": _reduction([one["latency_ms"]["median"] for one in (networks[0], *singles)]),
        },
        "paper": dict(PAPER),
        "ratios": list(_ratios(measured)),
        "against": list(_against(measured)),
        "peak": {
            "method": METHOD,
            "gflops": [
                {"threads": threads, "precision": precision, "gflops": round(speed, 1)}
                for (threads, precision), speed in measured.peaks.items()
            ],
        },
        "throughput": [dict(one) for one in throughput],
        "first_result_s": first_result,
        "left_out": list(left_out),
    }


def _networks(measured: Measured) -> Iterator[dict[str, Any]]:
    for threads, batch in measured.ways:
        for variant in measured.variants:
            for index, plan in enumerate(measured.networks):
                made = measured.made[index]
                yield {
                    "name": plan.name,
                    "tasks": list(plan.tasks),
                    "parameters": made["parameters"],
                    "family": plan.family,
                    **_figures(measured, threads, batch, index, variant, made["gflop"]),
                }


def _against(measured: Measured) -> Iterator[dict[str, Any]]:
    for threads, batch in measured.ways:
        for variant in measured.against_variants:
            for index, other in enumerate(measured.against, len(measured.networks)):
                yield {
                    "name": other.name,
                    "parameters": other.parameters,
                    "input": {"height": other.size[0], "width": other.size[1]},
                    "own_size": other.own_size,
                    **_figures(measured, threads, batch, index, variant, other.gflop),
                }


def _figures(
    measured: Measured, threads: int, batch: int, index: int, variant: Variant, gflop: float
) -> dict[str, Any]:
    """What is told of each network in each way."""
    seconds = measured.seconds[threads, batch, index, variant]
    time = latency(seconds)
    speed = batch * gflop / time.median * 1000
    return {
        "engine": variant.engine,
        "precision": variant.precision,
        "threads": threads,
        "batch": batch,
        "gflop": gflop,
        "latency_ms": asdict(time),
        "images_per_second": round(1000 * batch / time.median, 2),
        "peak_share": round(speed / measured.peaks[threads, variant.precision], 3),
        "runs": len(seconds),
        "peak_rss_mb": measured.memory.get((index, variant)),
    }


def _ratios(measured: Measured) -> Iterator[dict[str, Any]]:
    """Of each multi-task network in each way: to its own single-task ones, and to all others."""
    for threads, batch in measured.ways:
        for index, plan in enumerate(measured.networks):
            if not plan.multi_task:
                continue
            for variant in measured.variants:
                own = {
                    "family": plan.family,
                    **variant.model_dump(),
                    "threads": threads,
                    "batch": batch,
                }
                key = threads, batch, index, variant
                for kind, to, above, below in _pairs(measured, *key):
                    found = ratio(
                        [measured.seconds[one] for one in above],
                        [measured.seconds[one] for one in below],
                    )
                    yield {
                        "kind": kind,
                        **own,
                        "to": to,
                        "value": round(found.value, 4),
                        "ci95": found.interval and [round(end, 4) for end in found.interval],
                    }


Key = tuple[int, int, int, Variant]


def _pairs(
    measured: Measured, threads: int, batch: int, index: int, variant: Variant
) -> Iterator[tuple[str, str, list[Key], list[Key]]]:
    """What a multi-task network is held against: kind, name, and what stands above and below."""
    own: list[Key] = [(threads, batch, index, variant)]
    singles = measured.family(index)
    beside = [(threads, batch, one, variant) for one in singles]
    yield "single-task", f"{_together(measured, index, index)}, {variant}", own, beside
    if REFERENCE in measured.variants:
        for other, plan in enumerate(measured.networks):
            # The first family is held against all, the others against themselves.
            if plan.multi_task and index in (0, other):
                three = [(threads, batch, one, REFERENCE) for one in measured.family(other)]
                to = f"{_together(measured, other, index)}, {REFERENCE}"
                yield "tensorflow", to, three, own
    for place, other_model in enumerate(measured.against, len(measured.networks)):
        nearest = max(
            measured.against_variants,
            key=lambda one: (one.engine == variant.engine, one.precision == variant.precision),
        )
        theirs = [(threads, batch, place, nearest)]
        yield "against", f"{other_model.name}, {nearest}", theirs, own


def _together(measured: Measured, index: int, held: int) -> str:
    """The single-task networks of the family at ``index``, named where it is not the own one."""
    number = len(measured.family(index))
    many = f"{NUMBERS[number]} single-task network{'s' if number > 1 else ''}"
    return many if index == held else f"{many} of {measured.networks[index].family}"


def _reduction(figures: Sequence[float]) -> float:
    """What the first saves against all the others together, as a part of 1."""
    return round(1 - figures[0] / sum(figures[1:]), 4)
