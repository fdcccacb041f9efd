"""Picks the headline figures of a benchmark, and says what to know before reading them."""

from dataclasses import dataclass
from operator import attrgetter

from auxnet_cli.documents.benchmark import Benchmark
from auxnet_cli.reports.benchmark.tables import (
    condition,
    ratio_digits,
    ratio_interval,
)
from auxnet_cli.reports.formatting import three_digits


@dataclass(frozen=True)
class Fact:
    """A headline figure with its unit, its 95 % interval or ``""``, and how it was measured."""

    title: str
    value: str
    interval: str
    note: str


def facts(benchmark: Benchmark) -> list[Fact]:
    """Returns the headline figures, of the fastest variant in the first threads and batch."""
    same = attrgetter("threads", "batch", "family")
    subject = benchmark.networks[0]
    first = same(subject)
    ours = [item for item in benchmark.networks if item.name == subject.name]
    ours = [item for item in ours if same(item) == first]
    best = min(ours, key=lambda network: network.latency_ms.median)
    note = f"{best.label}, the fastest here; {condition(best)}"
    shown = [Fact("One pass", f"{three_digits(best.latency_ms.median)} ms", "", note)]
    ratios = [ratio for ratio in benchmark.ratios if same(ratio) == first]
    ratios = [ratio for ratio in ratios if ratio.label == best.label]
    for kind, title, unit, word in (
        ("single-task", "Part of their time", "", "of"),
        ("tensorflow", "Times faster", " x", "than"),
    ):
        for ratio in [ratio for ratio in ratios if ratio.kind == kind][:1]:
            value = ratio_digits(ratio.value) + unit
            shown.append(Fact(title, value, ratio_interval(ratio.ci95), f"{word} {ratio.to}"))
    if benchmark.throughput:
        speed = max(benchmark.throughput, key=lambda item: item.images_per_second)
        value = f"{three_digits(speed.images_per_second)} /s"
        shown.append(Fact("Images, all cores", value, "", f"{speed.label}, {speed.way}"))
    if benchmark.first_result_s is not None:
        value = f"{benchmark.first_result_s:.2f} s"
        shown.append(Fact("First result", value, "", "auxnet predict of one photo, from the start"))
    if best.peak_rss_mb is not None:
        value = f"{best.peak_rss_mb:.0f} MB"
        shown.append(Fact("Peak memory", value, "", f"of the whole process, {best.label}"))
    return shown


def reduction(benchmark: Benchmark) -> str:
    """Returns what one network saves, beside the paper's figures; ``""`` if there is nothing."""
    saved, paper = benchmark.reduction, benchmark.paper
    if saved is None:
        return ""

    def change(ours: float, papers: float) -> str:
        return f"{-100 * ours:+.1f} % (paper {-100 * papers:+.1f} %)"

    return (
        f"Parameters {change(saved.parameters, paper.parameters)}, "
        f"time {change(saved.latency, paper.latency)}, {benchmark.networks[0].label}."
    )


def remarks(benchmark: Benchmark) -> list[str]:
    """Returns what a reader must know about single figures."""
    sizes = {
        f"{model.name} takes {model.input.height} x {model.input.width} only: it was timed at "
        "that size."
        for model in benchmark.against
        if model.own_size and model.input != benchmark.input
    }
    few = any(ratio.ci95 is None for ratio in benchmark.ratios)
    last = ["Of so few rounds there is no interval."] if few else []
    return [*benchmark.left_out, *sorted(sizes), *last]
