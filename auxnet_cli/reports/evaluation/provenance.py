"""Where images and model come from, and what that makes of the figures."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.reports.evaluation.caution import Caution

Identity = Mapping[str, Any]

_USES = {
    "train": "Models of this data set were trained on these images",
    "val": "Models of this data set, and their thresholds, were chosen on these images",
}


def split_cautions(split: str) -> list[Caution]:
    """That the images are not those of the test split."""
    if split not in _USES:
        return []
    text = f"{_USES[split]}: expect worse figures on others. Sign the test split's."
    return [Caution(f"Not the test split but {split}", text)]


def training_cautions(trained: Identity, dataset: Identity, run: str = "") -> list[Caution]:
    """That a model was trained on other data than these.

    Args:
        trained: ``name`` and ``fingerprint`` of the data set that the model learned from.
        dataset: likewise, of the images that it is judged by.
        run: name of the model's run, where there are several.
    """
    if trained["fingerprint"] == dataset["fingerprint"]:
        return []
    start = f"{run}: trained" if run else "Trained"
    if trained["name"] != dataset["name"]:
        text = (
            f"It learned from {trained['name']} and not from {dataset['name']}. That is right for "
            "a test set of its own: see that no image of the training is among these."
        )
        return [Caution(f"{start} on other data", text)]
    text = (
        f"That was {trained['name']} with the fingerprint {trained['fingerprint'][:12]}, this has "
        f"{dataset['fingerprint'][:12]}: images of its training may be among these. Folds of one "
        "data set differ in this way, too."
    )
    return [Caution(f"{start} on another preparation of the data", text, grave=True)]


def group_cautions(dataset: Identity) -> list[Caution]:
    """That it is not known which images show one part, although it was when they were divided."""
    if not dataset.get("groups_lost"):
        return []
    text = (
        "It was divided by groups, and knows of no two images in one. Unless each image is a part "
        "of its own, it was prepared before groups were kept: intervals may be too narrow; prepare "
        "the data again."
    )
    return [Caution("The data set has no groups", text)]


def comparison_cautions(document: Mapping[str, Any]) -> list[Caution]:
    """The warnings that a comparison as in ``comparison.json`` gives rise to, the gravest first."""
    dataset = document["dataset"]
    found = [
        caution
        for run in document["runs"]
        for caution in training_cautions(run["dataset"], dataset, run["name"])
    ]
    found += split_cautions(document["split"]) + group_cautions(dataset)
    return sorted(found, key=lambda one: not one.grave)
