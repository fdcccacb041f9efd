"""Registers the image formats, and tells files apart by their content."""

from pathlib import Path

from auxnet_cli.data.images.bmp import BmpFile
from auxnet_cli.data.images.image_file import TRUNCATED, ImageFile
from auxnet_cli.data.images.jpeg import JpegFile
from auxnet_cli.data.images.png import PngFile
from auxnet_cli.data.images.tiff import TiffFile
from auxnet_cli.data.images.webp import WebpFile

FORMATS: tuple[type[ImageFile], ...] = (PngFile, JpegFile, BmpFile, TiffFile, WebpFile)

KIND_BY_SUFFIX = {suffix: known.kind for known in FORMATS for suffix in known.suffixes}
"""The format that a file's name says; suffixes in lower case."""

IMAGE_SUFFIXES = frozenset(KIND_BY_SUFFIX)
"""File names that are looked at when a folder is searched for images; lower case."""

UNREAD_SUFFIXES = frozenset(
    {
        ".arw", ".avif", ".cr2", ".cr3", ".dng", ".exr", ".gif", ".heic", ".heif", ".hif",
        ".j2k", ".jfif", ".jp2", ".jpe", ".jpf", ".jpx", ".jxl", ".jxr", ".nef", ".orf", ".pbm",
        ".pgm", ".pnm", ".ppm", ".raf", ".raw", ".rw2", ".tga", ".wdp",
    }
)  # fmt: skip
"""Names of images that no folder is searched for: most are in formats that are not read."""


def is_image_name(path: Path) -> bool:
    """Returns whether a file's name ends like an image's and is not hidden."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def file_kind(content: bytes) -> str:
    """Returns the format of a file by its first bytes; ``""`` where it is none of them."""
    return next((known.kind for known in FORMATS if known.signature.match(content)), "")


def open_content(content: bytes) -> ImageFile:
    """Parses the header of an image file.

    Raises:
        ValueError: the file is of another format, or its header is damaged or cut off.
    """
    for known in FORMATS:
        if known.signature.match(content):
            return known(content)
    raise ValueError("it is no PNG, JPEG, BMP, TIFF or WebP image")


def check_whole(image: ImageFile) -> None:
    """Checks that a file reaches its own end mark, and that no other image follows.

    Decoders fill the missing end of a file with grey and carry on, and pass over what follows.

    Raises:
        ValueError: the file is cut off or damaged, or of a variant that is not decoded rightly.
    """
    try:
        end = image.end()
    except TRUNCATED:
        end = len(image.content) + 1
    if end > len(image.content):
        raise ValueError("it is cut off before its end")
    following = image.content[end : end + 4096].lstrip(b"\0")
    if file_kind(following):
        raise ValueError("another image follows behind its end: save each in a file of its own")
