"""Defines what a study of the paper is: a table of it, its arms and its claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auxnet_cli.studies.arm import Arm, sets
from auxnet_cli.studies.budgets import Budget
from auxnet_cli.studies.claims import Claim

ATTENTION, LOSS = "model.attention=se+spatial", "loss.segmentation=dice"

DEFECT_AUX_NET = (
    ATTENTION, LOSS, "loss.focal_gamma=4", "model.anchors.levels=[3,7]", "model.anchors.base=4",
    "model.anchors.scales=[1,1.2599,1.5874]", "model.anchors.ratios=[0.5,1,2]",
)  # fmt: skip
"""Settings of the paper's network, whatever the preset of the budget says. Anchors are those of
RetinaNet, its rival."""


@dataclass(frozen=True)
class PaperArm:
    """A network that a study trains, or a way to train it.

    Attributes:
        tasks: what it learns.
        network: ``model.name``.
        settings: those that tell it from others of its network.
        published: the encoder that it has in the paper, where the study compares encoders.
        paper: the paper's figures, by metric.
    """

    tasks: str
    network: str = "defect-aux-net"
    settings: tuple[str, ...] = ()
    published: str | None = None
    paper: Mapping[str, float] = field(default_factory=dict)

    def encoder(self, budget: Budget) -> str:
        """Returns its encoder."""
        return budget.encoder if self.published is None else budget.classifier(self.published)

    def arm(self, budget: Budget, weights: str) -> Arm:
        """Returns the arm as it is trained.

        Its name follows from all that tells it from others, so that studies share trainings.
        """
        encoder = self.encoder(budget)
        chosen = [f"model.name={self.network}", f"model.encoder={encoder}"]
        chosen += DEFECT_AUX_NET if self.network == "defect-aux-net" else ()
        chosen += [*self.settings, f"model.weights={weights}"]
        differing = [text.partition("=")[2] for text in self.settings]
        name = "-".join([self.network, *differing, encoder, weights, *self.tasks.split(",")])
        return Arm(name, self.tasks, sets(*chosen))


@dataclass(frozen=True)
class PaperStudy:
    """A table or a figure of the paper.

    Attributes:
        title: what it is in the paper.
        arms: by the name in the table; others are compared with the first.
        metrics: that the table shows.
        claims: of the paper, declared before anything is trained.
        fractions: parts of the training images, 0-1.
    """

    title: str
    arms: Mapping[str, PaperArm]
    metrics: tuple[str, ...]
    claims: tuple[Claim, ...]
    fractions: tuple[float, ...] = (1.0,)
