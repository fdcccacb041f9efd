"""Makes ``study.json`` of a benchmark: the paper's Table VI, and its rivals beside."""

from auxnet_cli.documents.benchmark import Benchmark, LatencyRatio, NetworkTimes
from auxnet_cli.documents.dataset_card import DatasetIdentity
from auxnet_cli.documents.section import Interval
from auxnet_cli.documents.study import LATENCY_MS, SCHEMA, Study, StudyArm, StudyClaim, StudyFigure
from auxnet_cli.settings.registry import NETWORKS
from auxnet_cli.studies.budgets import BUDGETS
from auxnet_cli.studies.claims import judge

PAPER_MS = {
    "ResNet-50": 65.4,
    "ResNet-50 FPN": 110.6,
    "ResNet-50 RetinaNet": 178.0,
    "Defect-Aux-Net": 192.7,
}
"""Milliseconds on one core of a 2.2 GHz Xeon, by the name of the network in the benchmark."""

SINGLE_TASKS = ("resnet50", "fpn", "retinanet")
"""The rivals that the paper's single-task networks are."""

SAVED_TIME, SAVED_PARAMETERS = 0.455, 0.571
MARGIN = 0.05


def rivals(budget: str) -> list[str]:
    """Returns the names of the networks to time beside Defect-Aux-Net and its single-task networks.

    With the paper's encoder these are three of the rivals already.
    """
    others = [name for name in NETWORKS if name != "defect-aux-net"]
    return [name for name in others if budget == "quick" or name not in SINGLE_TASKS]


def latency_document(result: Benchmark, budget: str) -> Study:
    """Returns the study of a benchmark of Defect-Aux-Net, its single-task networks and others."""
    subject = result.networks[0]
    singles = [each for each in result.ratios if each.kind == "single-task"]
    judges = BUDGETS[budget].judges
    claims = [_time_claim(ratio, judges) for ratio in singles]
    if result.reduction is not None:
        saved = result.reduction.parameters
        claims.append(_claim("parameters", "", saved, (saved, saved), SAVED_PARAMETERS, judges))
    size = f"{result.input.height} x {result.input.width}"
    return Study(
        schema=SCHEMA,
        tool_version=result.tool_version,
        name="latency",
        title="Table VI: inference on a CPU, and the paper's rivals",
        budget=budget,
        budget_note=f"{size}, {subject.runs} interleaved rounds, one thread, batch 1",
        data=DatasetIdentity(name="noise", fingerprint="none", groups_lost=False),
        folds=[],
        stand_in=False,
        cpu=result.cpu.model,
        seeds=1,
        unfinished=0,
        arms=[_arm(network, subject.label if judges else "") for network in result.networks],
        claims=claims,
    )


def _arm(network: NetworkTimes, first: str) -> StudyArm:
    """Returns a network in one variant; the paper's figure stands beside the variant ``first``."""
    times = network.latency_ms
    paper = PAPER_MS.get(network.name) if network.label == first else None
    figure = StudyFigure(mean=times.median, spread=None, p5_p95=(times.p5, times.p95), paper=paper)
    return StudyArm(
        name=f"{network.name}, {network.label}",
        tasks=network.tasks,
        parameters=network.parameters,
        seeds=1,
        minutes=None,
        fraction=1,
        settings={"family": network.family, "engine": network.label},
        figures={LATENCY_MS: figure},
    )


def _time_claim(ratio: LatencyRatio, judges: bool) -> StudyClaim:
    interval = None
    if ratio.ci95 is not None:
        low, high = ratio.ci95
        interval = (1 - high, 1 - low)
    return _claim("time", f", {ratio.label}", 1 - ratio.value, interval, SAVED_TIME, judges)


def _claim(
    what: str, where: str, saved: float, interval: Interval | None, paper: float, judges: bool
) -> StudyClaim:
    return StudyClaim(
        text=f"one network saves {what} against three{where}",
        metric=f"saved.{what}",
        margin=MARGIN,
        verdict=judge(interval if judges else None, MARGIN),
        difference=round(saved, 4),
        ci95=interval,
        paper=paper,
    )
