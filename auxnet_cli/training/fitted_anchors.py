"""Anchors chosen by the sizes of a data set's defects, at the size that the network sees them."""

import numpy as np

from auxnet_cli.data.audit.anchor_coverage import at_network_size
from auxnet_cli.data.audit.anchor_search import search_anchors
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.settings import Settings


def fit_anchors(settings: Settings, dataset: Dataset) -> tuple[Settings, str]:
    """The settings with anchors that match more defects of the training split, or cost less.

    Args:
        settings: ``model.anchors.fit`` asks for it; without that, without detection or without a
            defect they stay as they are.
        dataset: to learn from.

    Returns:
        The settings, and what was chosen in one sentence, or "".
    """
    boxes = [
        at_network_size(
            [one.box for one in record.annotations], record.height, record.width, settings
        )[0]
        for record in dataset.split("train")
    ]
    if not settings.model.anchors.fit or "det" not in settings.tasks or not any(map(len, boxes)):
        return settings, ""
    truths = np.concatenate(boxes)
    classes, model = len(dataset.classes), settings.model
    found = search_anchors(truths, settings.data.size, model, classes, budget=1.0)
    model = model.model_copy(update={"anchors": found.settings})
    note = (
        f"Anchors fitted to {len(truths)} defects, of which they match {found.coverage:.0%}, at "
        f"{found.cost:.2f} times the detection subnets' operations: "
        f"{', '.join(text.removeprefix('model.anchors.') for text in found.overrides())}."
    )
    return settings.model_copy(update={"model": model}), note
