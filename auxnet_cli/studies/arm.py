"""Defines an arm of a study: one way to train, which is compared with others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Arm:
    """One way to train, which a study compares with others.

    Attributes:
        name: in the table.
        tasks: what the network learns.
        options: options of ``auxnet train`` beside tasks, data and seed; they override the
            study's, the epochs included.
        pretrained_part: part of the steps that is spent on procedural defects first, 0-1.
    """

    name: str
    tasks: str = "cls,seg,det"
    options: tuple[str, ...] = ()
    pretrained_part: float = 0.0


def sets(*settings: str) -> tuple[str, ...]:
    """Returns the options of ``auxnet train`` that make these settings."""
    return tuple(word for setting in settings for word in ("--set", setting))
