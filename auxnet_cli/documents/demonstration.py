"""Defines what ``demo`` returns."""

from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.documents.benchmark import Benchmark
from auxnet_cli.documents.report import Report


class Demonstration(Document):
    """The results of each step on synthetic data, and where they are.

    Attributes:
        run: below the workspace, as is ``images``, the folder of the data set's images.
        report_file: the page of the report.
        overlays: the folder of the drawn predictions.
        quick: whether the training was too short for the scores to mean anything.
        seconds: that each step took, by its name.
    """

    workspace: PathText
    run: PathText
    report: Report
    benchmark: Benchmark
    report_file: PathText
    overlays: PathText
    benchmark_file: PathText
    images: PathText
    quick: bool
    seconds: dict[str, float]
