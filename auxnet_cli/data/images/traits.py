"""Notes what is unusual in an image file: a turn, more pages, a misleading name, its depth."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import KIND_BY_SUFFIX
from auxnet_cli.data.images.image_file import ImageFile
from auxnet_cli.documents.dataset_card import DEPTHS

# So small a share of a set, so many bits brighter than the rest, is worth a word.
_FEW, _MUCH = 0.05, 4


Traits = list[tuple[str, str, str]]
"""What is unusual in a file: kind of the finding, detail and action."""


def unusual_traits(image: ImageFile, file: str) -> Traits:
    """Lists what is unusual in an image file that is called ``file``."""
    traits = []
    suffix = PurePosixPath(file).suffix
    if KIND_BY_SUFFIX.get(suffix.lower(), image.kind) != image.kind:
        detail = f"called {suffix}, but its content is {image.kind}"
        traits.append(("name-differs-from-content", detail, "read by its content"))
    if image.orientation != 1:
        detail = f"EXIF's orientation is {image.orientation}, and labels are of upright images"
        traits.append(("rotation-flag", detail, "turned upright when read"))
    if image.pages > 1:
        traits.append(("several-pages", f"{image.pages} pages", "first page read"))
    return traits


def find_bits(highest: Sequence[int], files: Sequence[str], audit: Audit) -> int | None:
    """Finds the depth of a set's camera: the fewest of 10, 12, 14 and 16 bits that hold its images.

    A single image does not tell: a dark image of 12 bits looks like a bright image of 10, and would
    come out brighter than it is. What files say is no help: PNG's sBIT describes samples that were
    scaled up to 16 bits, and TIFF's MaxSampleValue is often the image's own.

    ``highest`` has the highest sample of each image, 0 where it has 8 bits; ``None`` is returned
    where all have. The audit names the few images that alone ask for a greater depth.
    """
    deep = sorted((value, file) for value, file in zip(highest, files, strict=True) if value)
    if not deep:
        return None
    bits = depth_of(deep[-1][0])
    usual = depth_of(deep[int((1 - _FEW) * (len(deep) - 1))][0])
    detail = f"{len(deep)} images of 16 bits, whose samples reach {deep[-1][0]}"
    audit.add("camera-bits", "", detail, f"read as {bits} bits: {2**bits - 1} is white")
    for value, file in deep:
        if bits - usual >= _MUCH and depth_of(value) > usual:
            detail = (
                f"its samples reach {value}, those of most stay below {2**usual}: they are dark"
            )
            audit.add("bit-depth-outlier", file, detail, f"all read as {bits} bits, most are dark")
    return bits


def depth_of(highest: int) -> int:
    """Returns the fewest of 10, 12, 14 and 16 bits that hold a sample."""
    return next(bits for bits in DEPTHS if highest < 2**bits)
