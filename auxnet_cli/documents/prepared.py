"""Defines what ``prepare`` returns."""

from auxnet_cli.documents.audit import AnchorCoverage, Finding
from auxnet_cli.documents.base import PathText
from auxnet_cli.documents.dataset_card import DatasetCard, SplitRecipe


class PreparedDataset(DatasetCard):
    """A new data set: the content of its ``dataset.yaml``, and a summary of its audit.

    Attributes:
        out: the folder that holds it.
        audit: the number of findings of each kind, most frequent first.
        findings: a few findings of each kind.
        warnings: sentences about what affects training on it.
        coverage: how many defects the preset's anchors match.
    """

    split: SplitRecipe
    out: PathText
    audit: dict[str, int]
    findings: list[Finding]
    warnings: list[PathText]
    coverage: AnchorCoverage
