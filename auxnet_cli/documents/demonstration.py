"""Defines what ``demo`` returns."""

from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.documents.benchmark import Benchmark
from auxnet_cli.documents.report import Report


class Demonstration(Document):
    """The results of each step on synthetic data, and where they are.

    Attributes:
        workspace: the folder that holds all of it.
        run: the trained run, below the workspace.
        report: of the test split.
        report_file: the report's page.
        overlays: the folder of the drawn predictions.
        images: the folder of the data set's images, below the workspace.
        quick: whether the scores mean nothing, after a training that is too short.
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
