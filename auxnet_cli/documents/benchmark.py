"""Describes ``benchmark.json``: how fast networks run on a CPU."""

from typing import Literal

from pydantic import Field

from auxnet_cli.documents.base import Document

SCHEMA: Literal["auxnet/benchmark/1"] = "auxnet/benchmark/1"
RatioKind = Literal["single-task", "tensorflow", "against"]


class Variant(Document):
    """An engine and the precision that it computes in."""

    engine: str
    precision: str

    @property
    def label(self) -> str:
        """Both in words: ``openvino fp32``."""
        return f"{self.engine} {self.precision}"


class Condition(Variant):
    """A variant, its threads, and the images a call."""

    threads: int
    batch: int

    @property
    def variant(self) -> Variant:
        """The engine and precision alone."""
        return Variant(engine=self.engine, precision=self.precision)

    def in_variant(self, variant: Variant) -> "Condition":
        """Returns another variant with these threads and images."""
        return Condition(**dict(variant), threads=self.threads, batch=self.batch)


class Cpu(Document):
    """The processor, its cores, and the instruction sets that matter to a network."""

    model: str
    cores: int
    flags: list[str]


class InputSize(Document):
    """The input of a network, in pixels."""

    height: int
    width: int


class Latency(Document):
    """Time of one call, in milliseconds: the median, and what 5 and 95 % of calls stay below."""

    median: float
    p5: float
    p95: float


class CallTimes(Condition):
    """What was measured of a network in one condition.

    Attributes:
        gflop: operations for one image, in 10^9.
        latency_ms: of a whole call.
        peak_share: the part, 0-1, of the CPU's peak speed that the network reaches.
        runs: calls that count.
        peak_rss_mb: peak memory of a process with this network alone; ``None`` if not measured.
    """

    gflop: float
    latency_ms: Latency
    images_per_second: float
    peak_share: float
    runs: int
    peak_rss_mb: float | None


class NetworkIdentity(Document):
    """A network of ours; the family is the run or preset that it belongs to."""

    name: str
    tasks: list[str]
    parameters: int
    family: str


class NetworkTimes(CallTimes, NetworkIdentity):
    """A network of ours in one condition."""


class ExternalIdentity(Document):
    """An external model; ``own_size`` says whether it takes no other input size."""

    name: str
    parameters: int
    input: InputSize
    own_size: bool


class ExternalTimes(CallTimes, ExternalIdentity):
    """An external model in one condition."""


class Reduction(Document):
    """What the multi-task network saves against its single-task networks, as a part of 1."""

    parameters: float
    latency: float


class RatioSubject(Document):
    """The multi-task network that a ratio is of.

    ``kind`` says what it is compared with: its single-task networks in the same variant,
    single-task networks in TensorFlow, or an external model.
    """

    kind: RatioKind
    family: str


class LatencyRatio(Condition, RatioSubject):
    """The latency of a multi-task network compared with that of others.

    Attributes:
        to: the others, in words.
        value: its part of the time of its single-task networks; else how many times it is faster.
        ci95: interval of the value; ``None`` if there were too few rounds.
    """

    to: str
    value: float
    ci95: list[float] | None


class PeakSpeed(Document):
    """The CPU's peak speed, in 10^9 operations a second."""

    threads: int
    precision: str
    gflops: float


class Peak(Document):
    """The CPU's peak speeds, and how they were measured, in words."""

    method: str
    gflops: list[PeakSpeed]


class Throughput(Variant):
    """Median speed of the multi-task network with all cores; ``way`` is like ``2 streams``."""

    images_per_second: float
    way: str


class Benchmark(Document):
    """``benchmark.json``.

    Attributes:
        threads: the first number of threads.
        call_style: how each engine is called, and what the reduction is taken in.
        networks: our networks in each condition, each multi-task network before its single-task
            networks.
        reduction: in the first variant, threads and batch; ``None`` of a network that is no
            multi-task one. ``paper`` is what the paper reports.
        first_result_s: seconds of ``auxnet predict`` on one photo; ``None`` if not measured.
        left_out: a sentence for each variant that could not be timed.
    """

    schema_: Literal["auxnet/benchmark/1"] = Field(alias="schema")
    tool_version: str
    cpu: Cpu
    threads: int
    input: InputSize
    call_style: str
    networks: list[NetworkTimes]
    reduction: Reduction | None
    paper: Reduction
    ratios: list[LatencyRatio]
    against: list[ExternalTimes]
    peak: Peak
    throughput: list[Throughput]
    first_result_s: float | None
    left_out: list[str]
