"""What a TIFF file says of its first page, and what must be mended before a decoder gets it.

TIFF 6.0, Adobe, 1992; BigTIFF, https://www.awaresystems.be/imaging/tiff/bigtiff.html. The flags of
EXIF are kept in the same structure, so that it is read here, too.
"""

import struct
from dataclasses import dataclass, field

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION = 256, 257, 258, 262, 274
_SAMPLES, _PLANAR, _TILE_WIDTH, _TILE_HEIGHT, _EXTRA, _FORMAT = 277, 284, 322, 323, 338, 339
_MOST_PAGES = 10_000
_MOST_ENTRIES = 65_535
# How many bytes a value of each type takes: only whole numbers are looked at.
_SIZES = {1: 1, 3: 2, 4: 4, 16: 8}
_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MAX_TILE = 2**26
_FORMATS = {2: "signed", 3: "floating-point", 5: "complex", 6: "complex"}


@dataclass(frozen=True)
class TiffHeader:
    """The first page of a TIFF file.

    Attributes:
        tags: the first value of each tag that holds whole numbers.
        places: where in the file that value stands, and its ``struct`` format.
        next_page: where the second page starts; 0 where there is none.
    """

    tags: dict[int, int]
    places: dict[int, tuple[int, str]]
    next_page: int
    layout: "_Layout" = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels, as stored.

        Raises:
            KeyError: a side is missing.
        """
        return self.tags[_HEIGHT], self.tags[_WIDTH]

    @property
    def orientation(self) -> int:
        """EXIF's and TIFF's code of how to turn the image upright, 1-8; 1 is as it is."""
        code = self.tags.get(_ORIENTATION, 1)
        return code if 1 <= code <= 8 else 1

    @property
    def white_is_zero(self) -> bool:
        """Whether low samples are bright."""
        return self.tags.get(_PHOTOMETRIC) == 0

    @property
    def has_free_alpha(self) -> bool:
        """Whether colours are stored free of their opacity, which libtiff would multiply in."""
        return self.tags.get(_EXTRA) == 2

    def check(self) -> None:
        """Check that the page is of a kind that is decoded rightly.

        Raises:
            ValueError: it is not.
        """
        bits, samples = self.tags.get(_BITS, 1), self.tags.get(_SAMPLES, 1)
        kind = _FORMATS.get(self.tags.get(_FORMAT, 1), "unsigned")
        if bits > 16 or kind != "unsigned":
            raise ValueError(
                f"its samples are {kind} numbers of {bits} bits, but 8 or 16 unsigned are read"
            )
        if bits > 8 and self.tags.get(_PLANAR, 1) == 2 and samples > 1:
            raise ValueError("its colours of 16 bits are stored one after the other")
        if bits > 8 and samples not in (1, 3, 4):
            raise ValueError(f"its pixels have {samples} samples of {bits} bits")
        if self.tags.get(_TILE_WIDTH, 1) * self.tags.get(_TILE_HEIGHT, 1) > _MAX_TILE:
            raise ValueError("its tiles claim to be larger than any image that is taken")


@dataclass(frozen=True)
class _Layout:
    """Byte order, and the widths that tell BigTIFF from TIFF."""

    order: str
    big: bool

    @property
    def entry(self) -> int:
        """Bytes of a directory's entry: tag, type, number and the value or where it stands."""
        return 20 if self.big else 12

    @property
    def room(self) -> int:
        """Bytes of an offset, and the most that stand in an entry itself, at its end."""
        return 8 if self.big else 4

    def whole(self, content: bytes, at: int) -> int:
        """An offset."""
        return _number(self.order + ("Q" if self.big else "I"), content, at)

    def entries(self, content: bytes, at: int) -> tuple[int, int]:
        """How many entries a page's directory has, and where the first stands."""
        code, width = ("Q", 8) if self.big else ("H", 2)
        return _number(self.order + code, content, at), at + width


def read_tiff(content: bytes) -> TiffHeader:
    """Read the directory of the first page.

    Raises:
        struct.error: the file ends before.
    """
    layout = _Layout("<" if content[:2] == b"II" else ">", content[2:4] in (b"+\0", b"\0+"))
    entries, start = layout.entries(content, layout.whole(content, layout.room))
    end = start + entries * layout.entry
    if entries > _MOST_ENTRIES or end > len(content):
        raise struct.error(f"a directory of {entries} entries")
    tags: dict[int, int] = {}
    places: dict[int, tuple[int, str]] = {}
    for at in range(start, end, layout.entry):
        tag, kind = struct.unpack_from(f"{layout.order}HH", content, at)
        if kind not in _CODES or tag in tags:
            continue
        number = layout.whole(content, at + 4)
        place = at + layout.entry - layout.room
        if number * _SIZES[kind] > layout.room:
            place = layout.whole(content, place)
        code = layout.order + _CODES[kind]
        if number and place + _SIZES[kind] <= len(content):
            places[tag] = place, code
            tags[tag] = _number(code, content, place)
    next_page = layout.whole(content, end) if end + layout.room <= len(content) else 0
    return TiffHeader(tags, places, next_page, layout)


def _number(code: str, content: bytes, at: int) -> int:
    if at > len(content):  # struct itself cannot be asked for places beyond 2^63
        raise struct.error(f"nothing stands at {at}")
    value: int = struct.unpack_from(code, content, at)[0]
    return value


def count_pages(content: bytes, header: TiffHeader) -> int:
    """How many pages a file has; a chain that bites its own tail ends there."""
    seen: set[int] = set()
    at = header.next_page
    try:
        while at and at not in seen and len(seen) < _MOST_PAGES:
            entries, start = header.layout.entries(content, at)
            following = header.layout.whole(content, start + entries * header.layout.entry)
            seen.add(at)
            at = following
    except struct.error:
        pass  # a page that is not there is none
    return 1 + len(seen)


def neutral(content: bytes, header: TiffHeader) -> bytes:
    """The file with its turn, its white-is-zero and its opacity struck out.

    Decoders apply these to some kinds of file and not to others, by version. The first two are left
    to the caller; opacity is wanted by nobody.
    """
    edits = {_ORIENTATION: 1} if header.orientation != 1 else {}
    if header.white_is_zero:
        edits[_PHOTOMETRIC] = 1
    if header.has_free_alpha:
        edits[_EXTRA] = 0
    if not edits:
        return content
    changed = bytearray(content)
    for tag, value in edits.items():
        place, code = header.places[tag]
        struct.pack_into(code, changed, place, value)
    return bytes(changed)
