"""Fits the anchors to the sizes of a data set's defects, as the network sees them."""

import numpy as np

from auxnet_cli.data.audit.anchor_coverage import at_network_size
from auxnet_cli.data.audit.anchor_search import search_anchors
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.settings import Settings


def fit_anchors(settings: Settings, dataset: Dataset) -> tuple[Settings, str]:
    """Returns the settings with anchors that match more training defects, or cost less.

    They are kept as they are unless ``model.anchors.fit`` is set, detection is among the tasks and
    there is a defect. The second answer is what was chosen, in one sentence, or "".
    """
    boxes = []
    for record in dataset.split("train"):
        shown = [annotation.box for annotation in record.annotations]
        boxes.append(at_network_size(shown, record.height, record.width, settings)[0])
    if not settings.model.anchors.fit or "det" not in settings.tasks or not any(map(len, boxes)):
        return settings, ""
    truths = np.concatenate(boxes)
    classes, model = len(dataset.classes), settings.model
    best = search_anchors(truths, settings.data.size, model, classes, budget=1.0)
    model = model.model_copy(update={"anchors": best.settings})
    note = (
        f"Anchors fitted to {len(truths)} defects, of which they match {best.coverage:.0%}, at "
        f"{best.cost:.2f} times the detection subnets' operations: "
        f"{', '.join(text.removeprefix('model.anchors.') for text in best.overrides())}."
    )
    return settings.model_copy(update={"model": model}), note
