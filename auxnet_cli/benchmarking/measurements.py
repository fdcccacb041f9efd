"""Holds what the workers measured, by subject and condition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from auxnet_cli.benchmarking.external_model import ExternalModel
from auxnet_cli.benchmarking.making import NetworkCost
from auxnet_cli.benchmarking.plan import NetworkPlan
from auxnet_cli.benchmarking.worker_job import Job, Results
from auxnet_cli.documents.benchmark import Condition, PeakSpeed, Throughput, Variant


@dataclass(frozen=True)
class Measurements:
    """The subjects, and what was measured of them.

    Attributes:
        job: its subjects are each multi-task network before its single-task networks, and then
            external models.
        costs: of each network.
        timed: what a worker timed, for each number of threads.
        memory: peak memory in MB, by index of the subject and variant.
        throughput: of the first network.
        first_result_s: seconds of the first result of a fresh process.
    """

    job: Job
    costs: Sequence[NetworkCost]
    timed: Mapping[int, Results]
    memory: Mapping[tuple[int, Variant], float]
    throughput: Sequence[Throughput] = ()
    first_result_s: float | None = None

    @cached_property
    def networks(self) -> dict[int, NetworkPlan]:
        """Our networks by index."""
        pairs = ((subject.index, subject.model) for subject in self.job.subjects)
        return {index: model for index, model in pairs if isinstance(model, NetworkPlan)}

    @cached_property
    def external(self) -> dict[int, ExternalModel]:
        """External models by index."""
        pairs = ((subject.index, subject.model) for subject in self.job.subjects)
        return {index: model for index, model in pairs if isinstance(model, ExternalModel)}

    @cached_property
    def seconds(self) -> dict[tuple[int, Condition], list[float]]:
        """The seconds of each round, by index of the subject and condition."""
        return {
            (call.subject, call.condition): call.seconds
            for results in self.timed.values()
            for call in results.calls
        }

    @property
    def peaks(self) -> list[PeakSpeed]:
        """The CPU's peak speeds."""
        return [peak for results in self.timed.values() for peak in results.peaks]

    def conditions(self, index: int) -> list[Condition]:
        """Returns all conditions of a subject, in the order of the result."""
        variants = self.job.subjects[index].variants
        return [
            Condition(**dict(variant), threads=threads, batch=batch)
            for threads, batch, variant in product(self.timed, self.job.batches, variants)
        ]

    def single_tasks(self, index: int) -> list[int]:
        """Returns the single-task networks of a multi-task network's family."""
        family = self.networks[index].family
        return [
            other
            for other, plan in self.networks.items()
            if plan.family == family and other != index and not plan.multi_task
        ]
