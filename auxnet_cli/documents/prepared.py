"""Defines what ``prepare`` and ``convert`` return."""

from auxnet_cli.documents.audit import AnchorCoverage, Finding
from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.documents.dataset_card import DatasetCard, SplitRecipe


class PreparedDataset(DatasetCard):
    """A new data set: the content of its ``dataset.yaml``, and a summary of its audit.

    Attributes:
        out: the folder that holds it.
        audit: the number of findings of each kind, most frequent first.
        findings: a few findings of each kind.
        warnings: sentences about what affects training on it.
        coverage: how many defects the preset's anchors match.
        shrink: how much the median image is shrunk to the network's input, by a side.
        tile: height and width, pixels of the original image, of the tiles that a training cuts the
            images into beside the whole; ``None``: it takes whole images only.
    """

    split: SplitRecipe
    out: PathText
    audit: dict[str, int]
    findings: list[Finding]
    warnings: list[PathText]
    coverage: AnchorCoverage
    shrink: float
    tile: tuple[int, int] | None


class Conversion(Document):
    """A data set in another program's format.

    Attributes:
        data: the folder of the data set.
        out: the folder that holds the conversion.
        images, annotations: how many of each there are.
        audit: the number of findings of each kind: what the format cannot express.
        findings: a few findings of each kind.
    """

    data: PathText
    format: str
    out: PathText
    images: int
    annotations: int
    audit: dict[str, int]
    findings: list[Finding]
