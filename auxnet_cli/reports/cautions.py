"""What a reader must know before trusting the figures of a report, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass

from auxnet_cli.reports.sheets import HEADLINES, Report

# How a model card's `initial_weights` begins where the encoder started from random weights.
_SCRATCH = "none:"
# Fewer images than this leave a rate open by 5 points and more, even where none is wrong.
ENOUGH = 60
ENOUGH_OF_A_CLASS = 10
_HEADS = {
    "cls": ("class scores", "images"),
    "seg": ("masks", "images"),
    "det": ("boxes", "defects"),
}


@dataclass(frozen=True)
class Caution:
    """One warning.

    Attributes:
        lead: what it is, a few words.
        text: what it means.
        grave: whether it comes before all figures.
    """

    lead: str
    text: str
    grave: bool = False

    def __str__(self) -> str:
        return f"{self.lead}. {self.text}"


def cautions(report: Report) -> list[Caution]:
    """The warnings that a report gives rise to, the gravest first."""
    found = [
        *_never_found(report),
        *_split(report),
        *_few(report),
        *_scratch(report),
        *_undefined(report),
    ]
    if report["unreadable"]:
        found.append(
            Caution(
                f"{len(report['unreadable'])} images could not be read",
                "They were passed over and are in no figure.",
            )
        )
    return found


def _never_found(report: Report) -> list[Caution]:
    """First the classes that no head finds, then those that one head never does."""
    tasks = set(report["model"]["tasks"])
    lost = {one["class"]: one["heads"] for one in report["never_found"]}
    wholly = {name: heads for name, heads in lost.items() if set(heads) == tasks}
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
            told = ", ".join(f"{name} (0 of {number} {what})" for name, number in partly.items())
            found.append(
                Caution(
                    f"Never found by the {title}", f"{told}. Other heads find it at times.", True
                )
            )
    return found


def _told(heads: Mapping[str, int]) -> list[str]:
    return [f"{number} {_HEADS[head][1]} ({_HEADS[head][0]})" for head, number in heads.items()]


def _split(report: Report) -> list[Caution]:
    uses = {
        "train": "The model was trained on these images",
        "val": "The model and its thresholds were chosen on these images",
    }
    if report["split"] not in uses:
        return []
    text = f"{uses[report['split']]}: expect worse figures on others. Sign the test split's."
    return [Caution(f"Not the test split but {report['split']}", text)]


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
                    f"Only {number} {kind} images",
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
