"""Warns readers of figures whose images or model come from the wrong data."""

from dataclasses import dataclass

from auxnet_cli.reports.table import Document, escape_markdown

_SPLIT_USES = {
    "train": "Models of this data set were trained on these images",
    "val": "Models of this data set, and their thresholds, were chosen on these images",
}


@dataclass(frozen=True)
class Caution:
    """A warning in a few words, and what it means; a grave one is read before all figures."""

    lead: str
    text: str
    grave: bool = False

    def __str__(self) -> str:
        return f"{self.lead}. {self.text}"

    def to_markdown(self) -> str:
        """Returns the warning as a quoted paragraph."""
        return f"> **{escape_markdown(self.lead)}.** {escape_markdown(self.text)}"


def split_cautions(split: str) -> list[Caution]:
    """Warns if the images are not those of the test split."""
    if split not in _SPLIT_USES:
        return []
    text = f"{_SPLIT_USES[split]}: expect worse figures on others. Sign the test split's."
    return [Caution(f"Not the test split but {split}", text)]


def training_cautions(trained: Document, dataset: Document, run: str = "") -> list[Caution]:
    """Warns if a model was trained on other data than it is judged by.

    Both data sets have ``name`` and ``fingerprint``. ``run`` names the model if there are several.
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


def group_cautions(dataset: Document) -> list[Caution]:
    """Warns if a data set was split by groups but no longer says which images share one."""
    if not dataset.get("groups_lost"):
        return []
    text = (
        "It was divided by groups, and knows of no two images in one. Unless each image is a part "
        "of its own, it was prepared before groups were kept: intervals may be too narrow; prepare "
        "the data again."
    )
    return [Caution("The data set has no groups", text)]
