"""The teacher of a distillation: a trained run that answers the training images, too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auxnet_cli.backend import keras, ops
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.model.distillation import distillation_losses
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.settings import AnchorSettings, Settings
from auxnet_cli.settings.loader import read_settings
from auxnet_cli.training.initialisation import build
from auxnet_cli.workspace import find_run

Tensor = Any
PLACES = ("levels", "base", "scales", "ratios")
"""The settings ``model.anchors.*`` in which both must agree for boxes to be taught."""


@dataclass(frozen=True)
class Teacher:
    """What a learner is told beside the labels.

    Attributes:
        answer: gives the teacher's raw outputs, those that are taught, for a batch of images.
        settings: weights of the teacher and of the heads.
        exclusive: the label kind.
    """

    answer: Callable[[Tensor], Mapping[str, Tensor]]
    settings: Settings
    exclusive: bool

    def loss(self, images: Tensor, outputs: Mapping[str, Tensor]) -> Tensor:
        """The divergence of the learner's raw outputs from the teacher's, heads weighed by β."""
        taught = {
            name: ops.stop_gradient(ops.cast(value, "float32"))
            for name, value in self.answer(images).items()
        }
        losses = distillation_losses(taught, outputs, self.exclusive)
        loss = self.settings.loss
        return sum(getattr(loss, f"{head}_weight") * value for head, value in losses.items())


def find_teacher(dataset: Dataset, settings: Settings) -> Teacher | None:
    """The teacher that the settings name; ``None`` without one.

    It is built at the size of the training's images, and computes in the training's precision.

    Args:
        dataset: for its classes.
        settings: of the training.

    Raises:
        InputError: there is no such run, it knows other classes, or it shares no head.
    """
    if not settings.distillation.teacher:
        return None
    run = find_run(Path(settings.distillation.teacher))
    card = ModelCard.read(run / CARD)
    card.check_network(run)
    card.require_classes(dataset.classes, dataset.root, run)
    theirs = read_settings(run / "config.yaml").model
    shared = _shared(card, settings, theirs.anchors)
    if not shared:
        raise InputError(
            f"distillation.teacher={run}: it has the heads {', '.join(card.tasks)}, and none of "
            "them can teach this training: detection needs the same model.anchors."
        )
    trained = load_network(run / NETWORK, card)
    own = settings.model_copy(update={"model": theirs, "tasks": card.tasks})
    network = build(dataset, own, Scaling.of(trained), settings.training.precision)
    try:
        network.set_weights(trained.get_weights())
    except ValueError:
        raise InputError(
            f"distillation.teacher={run}: its config.yaml describes another network than its "
            "model.keras; take both files from the same training."
        ) from None
    network = keras.Model(network.input, {name: network.output[name] for name in shared})
    # A function: a network would be taken for a part of the learner, and be saved with it.
    return Teacher(
        lambda images: network(images, training=False),
        settings,
        dataset.label_kind == "exclusive",
    )


def _shared(card: ModelCard, settings: Settings, anchors: AnchorSettings) -> list[str]:
    """The raw outputs that both have."""
    own = settings.model.anchors
    alike = all(getattr(own, name) == getattr(anchors, name) for name in PLACES)
    outputs = {
        "cls": ["classification"],
        "seg": ["segmentation"],
        "det": ["detection_scores", "detection_boxes"] if alike else [],
    }
    return [
        name
        for task, names in outputs.items()
        if task in card.tasks and task in settings.tasks
        for name in names
    ]
