"""Defines ``audit.json``: the findings in a source, and what the data set made from it contains."""

from pydantic import Field

from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.documents.dataset_card import SplitCounts

Number = int | float


class Finding(Document):
    """What is wrong or odd in a source (``detail``), and what was done about it (``action``).

    Similar findings share a ``kind``, such as ``unreadable-image``. ``file`` is a path below the
    source, with forward slashes, or ``""`` for the whole set.
    """

    kind: str
    file: PathText
    detail: PathText
    action: PathText


class Findings(Document):
    """Every finding, in order, and how many there are of each kind, most frequent first."""

    counts: dict[str, int]
    findings: list[Finding]

    def by_kind(self) -> dict[str, list[Finding]]:
        """Returns the findings of each kind, most frequent first."""
        return {
            kind: [finding for finding in self.findings if finding.kind == kind]
            for kind in self.counts
        }


class Percentiles(Document):
    """The minimum, the maximum and five percentiles of some values; ``None`` without a value."""

    min: float | None
    p5: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p95: float | None
    max: float | None


class HistogramBin(Document):
    """The number of values from one edge to below the next; the last bin may have no end."""

    start: Number = Field(serialization_alias="from")
    end: Number | None = Field(serialization_alias="to")
    number: int


class ImageSize(Document):
    """A size in pixels and the number of images that have it."""

    width: int
    height: int
    images: int


class ImageSizes(Document):
    """How many sizes there are, and the most frequent of them."""

    different: int
    commonest: list[ImageSize]


class Brightness(Percentiles):
    """The mean grey of the images, 0-255, and the files of the extremes."""

    histogram: list[HistogramBin]
    darkest: list[PathText]
    brightest: list[PathText]


class BoxShapes(Document):
    """Sizes of bounding boxes in pixels; ``side`` is the square root of the area."""

    side: Percentiles
    width: Percentiles
    height: Percentiles
    height_over_width: Percentiles


class DefectHistograms(Document):
    """Histograms of the boxes in pixels of the original image and of the network's input."""

    side_original: list[HistogramBin]
    side_network: list[HistogramBin]
    ratio_network: list[HistogramBin]


class DefectStatistics(Document):
    """The defects of all classes."""

    number: int
    tiny: int
    thinner_than_1_px_at_network_size: int
    original: BoxShapes
    network: BoxShapes
    histograms: DefectHistograms


class ClassStatistics(Document):
    """The images and defects of one class."""

    images: int
    defects: int
    tiny: int
    area_px: Percentiles
    network: BoxShapes
    original: BoxShapes


class Statistics(Document):
    """What a data set contains."""

    splits: dict[str, SplitCounts]
    image_sizes: ImageSizes
    brightness: Brightness
    defects: DefectStatistics
    classes: dict[str, ClassStatistics]


class ClassCoverage(Document):
    """Defects of a class, and how many of them an anchor matches."""

    defects: int
    matched: int


class AnchorSuggestion(Document):
    """Anchors that match more: their share, their relative cost, and the ``--set`` options."""

    share: float
    cost: float
    options: list[str]


class AnchorCoverage(Document):
    """How many defects the anchors of a preset match, at an IoU of ``match`` or more.

    Attributes:
        size: of the network's input, (height, width) in pixels.
        share: matched / defects, 0-1; ``None`` without a defect.
        suggestion: ``None`` if the share is high enough or no other anchors match more.
    """

    preset: str
    size: tuple[int, int]
    match: float
    defects: int
    matched: int
    share: float | None
    classes: dict[str, ClassCoverage]
    suggestion: AnchorSuggestion | None


class AuditDocument(Findings):
    """``audit.json`` of a data set; ``near_duplicates`` lists the files of each group."""

    statistics: Statistics
    near_duplicates: list[list[PathText]]
    coverage: AnchorCoverage
