"""Derives what the losses compare with from a sample: labels, masks and anchor targets."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.detection.anchors import make_anchors, match
from auxnet_cli.settings import Settings

Targets = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class TargetMaker:
    """Derives the targets of the heads that are built.

    Attributes:
        settings: tasks, input size, anchors.
        exclusive: whether the labels are exclusive.
        anchors: (anchors, 4) boxes in pixels of the network's input.
    """

    settings: Settings
    exclusive: bool
    anchors: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        anchors = make_anchors(self.settings.data.size, self.settings.model.anchors)
        object.__setattr__(self, "anchors", anchors)

    def __call__(self, sample: Sample) -> Targets:
        """Return the targets of a sample, as ``head_losses`` takes them in batches."""
        targets: Targets = {}
        if "cls" in self.settings.tasks:
            labels = sample.labels
            if self.exclusive:
                labels = np.concatenate([[float(not labels.any())], labels]).astype(np.float32)
            targets["classification"] = labels
        if "seg" in self.settings.tasks:
            targets["segmentation"] = sample.masks
            targets["segmentation_known"] = np.asarray(sample.masks_known, np.float32)
        if "det" in self.settings.tasks:
            boxes, box_labels = sample.boxes
            settings = self.settings.model.anchors
            classes, offsets = match(self.anchors, boxes, box_labels, settings)
            targets["detection_classes"] = classes.astype(np.int32)
            targets["detection_boxes"] = offsets
        return targets
