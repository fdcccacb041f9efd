"""What a reader must know before trusting the figures of a report, in plain words."""

from collections.abc import Mapping

from auxnet_cli.reports.evaluation.caution import Caution
from auxnet_cli.reports.evaluation.provenance import (
    group_cautions,
    split_cautions,
    training_cautions,
)
from auxnet_cli.reports.evaluation.tables import HEADLINES
from auxnet_cli.reports.formatting import precision_of, some
from auxnet_cli.reports.table import Report
from auxnet_cli.scoring.metrics.undetected_classes import finding_heads

# How a model card's `initial_weights` begins where the encoder started from random weights.
_SCRATCH = "none:"
# Fewer images than this leave a rate open by 5 points and more, even where none is wrong.
ENOUGH = 60
ENOUGH_OF_A_CLASS = 10
_HEADS = {
    "cls": ("class scores", "image"),
    "seg": ("masks", "image"),
    "det": ("boxes", "defect"),
}


def cautions(report: Report) -> list[Caution]:
    """The warnings that a report gives rise to, the gravest first."""
    found = [
        *_never_found(report),
        *training_cautions(report["model"]["dataset"], report["dataset"]),
        *split_cautions(report["split"]),
        *group_cautions(report["dataset"]),
        *_few(report),
        *_never_predicted(report),
        *_scratch(report),
        *_undefined(report),
    ]
    if report["unreadable"]:
        found.append(
            Caution(
                f"{some(len(report['unreadable']), 'image')} could not be read",
                "It was passed over and is in no figure."
                if len(report["unreadable"]) == 1
                else "They were passed over and are in no figure.",
            )
        )
    return found


def _never_found(report: Report) -> list[Caution]:
    """First the classes that no head finds, then those that one head never does."""
    lost = {one["class"]: one["heads"] for one in report["never_found"]}
    wholly = {name: heads for name, heads in lost.items() if not finding_heads(report, name)}
    found = [
        Caution(
            f"{name} is never found",
            f"0 found of {', 0 of '.join(_told(heads))}. Means over all classes hide this.",
            grave=True,
        )
        for name, heads in wholly.items()
    ]
    for head, (title, what) in _HEADS.items():
        partly = {
            name: heads[head]
            for name, heads in lost.items()
            if head in heads and name not in wholly
        }
        if partly:
            told = ", ".join(
                f"{name} (0 of {some(number, what)})" for name, number in partly.items()
            )
            them = "it" if len(partly) == 1 else "them"
            text = f"{told}. Other heads find {them} at times."
            found.append(Caution(f"Never found by the {title}", text, True))
    return found


def _told(heads: Mapping[str, int]) -> list[str]:
    return [
        f"{some(number, _HEADS[head][1])} ({_HEADS[head][0]})" for head, number in heads.items()
    ]


def _few(report: Report) -> list[Caution]:
    found = []
    for kind, event, fate in (
        ("defective", "an escape", "escape"),
        ("good", "a false alarm", "be stopped"),
    ):
        number = report[kind]
        if 0 < number < ENOUGH:
            found.append(
                Caution(
                    f"Only {some(number, f'{kind} image')}",
                    f"Even without {event} here, up to {100 * _open(number):.1f} % of the {kind} "
                    f"parts might {fate} (95 % confidence).",
                )
            )
    rare = {name: number for name, number in _supports(report).items() if number > 0}
    rare = {name: number for name, number in rare.items() if number < ENOUGH_OF_A_CLASS}
    if rare:
        told = ", ".join(f"{name} {number}" for name, number in rare.items())
        found.append(
            Caution("Few images of some classes", f"{told}: read their intervals, not the figures.")
        )
    return found


def _open(number: int) -> float:
    """The upper end of Clopper and Pearson's 95 % interval for 0 of ``number``."""
    return float(1 - 0.025 ** (1 / number))


def _supports(report: Report) -> dict[str, int]:
    for section, key in (("classification", "support"), ("segmentation", "images")):
        if report[section] is not None:
            per_class = report[section]["per_class"]
            return {name: int(own[key]) for name, own in per_class.items()}
    return {name: int(own["support"]) for name, own in report["detection"]["per_class"].items()}


def _never_predicted(report: Report) -> list[Caution]:
    """A macro precision that leaves classes out."""
    own = report["classification"]
    if own is None or own["precision_classes"] in (0, len(own["per_class"])):
        return []
    names = [name for name, of in own["per_class"].items() if of["precision"] is None]
    told = precision_of(own["precision_classes"], len(own["per_class"]))
    return [Caution("Precision leaves classes out", f"It is the {told}: {', '.join(names)}.")]


def _scratch(report: Report) -> list[Caution]:
    origin: str = report["model"]["initial_weights"]
    if not origin.startswith(_SCRATCH):
        return []
    reason = origin.removeprefix(_SCRATCH).strip()
    text = f"The encoder was {reason}. Expect lower figures than from ImageNet weights."
    if not reason.startswith("learned"):
        text = f"{reason}. Expect lower figures than from ImageNet weights."
    return [Caution("No pretrained encoder weights", text)]


def _undefined(report: Report) -> list[Caution]:
    """Headline figures that have no value although the model has the head."""
    absent = {
        title: report[section].get("reasons", {}).get(key, "")
        for section, names in HEADLINES.items()
        if report[section] is not None
        for key, title in names.items()
        if report[section][key] is None
    }
    return [
        Caution(f"No value for {title}", f"The reason: {reason}.")
        for title, reason in absent.items()
    ]
