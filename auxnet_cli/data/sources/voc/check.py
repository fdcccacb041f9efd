"""Where a Pascal VOC XML contradicts its image."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.reading import open_image, read_file
from auxnet_cli.data.sources import RejectedImageError
from auxnet_cli.data.sources.voc.xml import VocXml
from auxnet_cli.system.values import quoted


def check(
    xml: VocXml,
    image: Path,
    size: tuple[int, int],
    classes: Mapping[str, str],
    file: str,
    audit: Audit,
) -> None:
    """Note where an XML contradicts its image; ``classes`` by their name in folded case.

    Raises:
        RejectedImageError: it speaks of another size, so that its boxes lie elsewhere.
    """
    if xml.size is not None and xml.size != size:
        detail = (
            f"the XML says {xml.size[1]} x {xml.size[0]} pixels, the image has "
            f"{size[1]} x {size[0]}"
        )
        raise RejectedImageError("size-conflict", detail)
    stored = open_image(read_file(image), image).channels
    if None not in (xml.depth, stored) and xml.depth != stored:
        detail = f"the XML says depth {xml.depth}, the image has {stored} channels"
        audit.add("depth-conflict", file, detail, "the image counts")
    if xml.filename and PurePosixPath(xml.filename.replace("\\", "/")).name != image.name:
        detail = f"the XML's <filename> is {quoted(xml.filename)}"
        audit.add("filename-conflict", file, detail, "paired all the same")
    called = _class_in(image.stem, classes)
    others = [found.name for found in xml.objects if called and found.name != called]
    if others:
        detail = (
            f"the file is called after {called}, but {len(others)} of {len(xml.objects)} objects "
            f"are {', '.join(sorted(set(others)))}"
        )
        audit.add("class-unlike-name", file, detail, "the XML counts")


def _class_in(stem: str, classes: Mapping[str, str]) -> str | None:
    """The class that a file is called after, as ``crazing_1`` is; the longest name counts."""
    for end in range(len(stem), 2, -1):
        name, rest = classes.get(stem[:end].casefold()), stem[end:]
        if (
            name is not None
            and any(letter.isalpha() for letter in name)
            and not rest[:1].isalpha()
            and not (name[-1].isdigit() and rest[:1].isdigit())
        ):
            return name
    return None
