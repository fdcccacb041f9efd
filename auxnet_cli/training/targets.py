"""Derives what the losses compare with from a sample: labels, masks and detection targets."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.detection import open_detector
from auxnet_cli.model.detection.detector import Detector
from auxnet_cli.settings import Settings

Targets = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class TargetMaker:
    """Derives the targets of the heads that are built.

    Attributes:
        settings: tasks, input size, detection.
        exclusive: whether the labels are exclusive.
        detector: derives the targets of the detection head.
    """

    settings: Settings
    exclusive: bool
    detector: Detector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        detector = open_detector(self.settings.model.anchors, self.settings.data.size)
        object.__setattr__(self, "detector", detector)

    def __call__(self, sample: Sample) -> Targets:
        """Returns the targets of a sample, as ``head_losses`` takes them in batches."""
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
            targets |= self.detector.targets(*sample.boxes)
        return targets
