"""What a TIFF file says of its first page, and what must be mended before a decoder gets it.

TIFF 6.0, Adobe, 1992; BigTIFF, https://www.awaresystems.be/imaging/tiff/bigtiff.html. The flags of
EXIF are kept in the same structure, so that it is read here, too.
"""

import struct
from dataclasses import dataclass, field

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_WIDTH, _HEIGHT, _BITS, _CODEC, _PHOTOMETRIC, _ORIENTATION = 256, 257, 258, 259, 262, 274
_FILL_ORDER, _SAMPLES, _PLANAR, _PREDICTOR, _EXTRA, _FORMAT = 266, 277, 284, 317, 338, 339
_YCBCR = 6
_MOST_PAGES = 10_000
_MOST_ENTRIES = 65_535
# Bytes of a value of each type; only whole numbers are looked at.
_SIZES = dict(enumerate((1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), 1)) | {16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 7: "B", 16: "Q"}
_FORMATS = {2: "signed", 3: "floating-point", 5: "complex", 6: "complex"}
UNCODED, GROUP_4, LZW, JPEG, PACKBITS = 1, 4, 5, 7, 32773
DEFLATE = frozenset({8, 32946})
_CODECS = {
    UNCODED: "no compression",
    2: "CCITT RLE",
    3: "CCITT Group 3",
    GROUP_4: "CCITT Group 4",
    LZW: "LZW",
    6: "old-style JPEG",
    JPEG: "JPEG",
    8: "deflate",
    9: "JBIG",
    10: "JBIG",
    32946: "deflate",
    PACKBITS: "PackBits",
    22610: "JPEG XR",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    33007: "JPEG 2000",
    34661: "JBIG",
    34676: "SGI LogLuv",
    34677: "SGI LogLuv",
    34712: "JPEG 2000",
    34887: "LERC",
    34892: "lossy JPEG",
    34925: "LZMA",
    34926: "ZSTD",
    34927: "WebP",
    34933: "PNG",
    34934: "JPEG XR",
    50000: "ZSTD",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
# All of these tell a whole strip from a damaged one; of the others a decoder may make black.
_TAKEN = frozenset({UNCODED, GROUP_4, LZW, JPEG, PACKBITS, *DEFLATE})
_MEANINGS = {0: "grey", 1: "grey", 2: "RGB", 3: "a palette", 5: "CMYK", 6: "YCbCr"}
# By meaning: bits a sample, and how many samples a pixel has.
_KINDS: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {
    0: ((1, 8, 10, 12, 14, 16), (1, 2)),
    1: ((1, 8, 10, 12, 14, 16), (1, 2)),
    2: ((8, 16), (3, 4)),
    3: ((1, 4, 8), (1,)),
    5: ((8,), (4,)),
    6: ((8,), (3,)),
}


@dataclass(frozen=True)
class TiffHeader:
    """The first page of a TIFF file.

    Attributes:
        tags: the first value of each tag that holds whole numbers.
        places: where in the file that value stands, and its ``struct`` format.
        numbers: how many values the tag has.
        next_page: where the second page starts; 0 where there is none.
        end: of the directory and its values.
    """

    tags: dict[int, int]
    places: dict[int, tuple[int, str]]
    numbers: dict[int, int]
    next_page: int
    end: int
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

    @property
    def codec(self) -> int:
        """How strips and tiles are coded."""
        return self.tags.get(_CODEC, UNCODED)

    @property
    def bits(self) -> int:
        """Bits of a sample."""
        return self.tags.get(_BITS, 1)

    @property
    def samples(self) -> int:
        """Samples of a pixel."""
        return self.tags.get(_SAMPLES, 1)

    @property
    def in_planes(self) -> bool:
        """Whether the samples of a pixel are stored one plane after the other."""
        return self.samples > 1 and self.tags.get(_PLANAR, 1) == 2

    @property
    def bits_reversed(self) -> bool:
        """Whether the first bit of a byte is its lowest."""
        return self.tags.get(_FILL_ORDER, 1) == 2

    def values(self, content: bytes, tag: int) -> tuple[int, ...]:
        """All the values of a tag; none where it is missing.

        Raises:
            struct.error: the file ends before.
        """
        if tag not in self.places:
            return ()
        place, code = self.places[tag]
        number = self.numbers[tag]
        if place + number * struct.calcsize(code) > len(content):
            raise struct.error(f"{number} values of tag {tag}")
        return struct.unpack_from(f"{code[0]}{number}{code[1]}", content, place)

    def check(self) -> None:
        """Check that the page is of a kind that is decoded rightly.

        Raises:
            ValueError: it is not.
        """
        bits, samples = self.bits, self.samples
        kind = _FORMATS.get(self.tags.get(_FORMAT, 1), "unsigned")
        codec = _CODECS.get(self.codec, f"codec {self.codec}")
        if self.codec not in _TAKEN:
            known = ", ".join(dict.fromkeys(_CODECS[one] for one in sorted(_TAKEN)))
            raise ValueError(
                f"it is a TIFF of {bits} bits coded with {codec}, and those with {known} are read"
            )
        if bits > 16 or kind != "unsigned":
            raise ValueError(
                f"its samples are {kind} numbers of {bits} bits, but 8 or 16 unsigned are read"
            )
        meaning = self.tags.get(_PHOTOMETRIC, 1)
        depths, counts = _KINDS.get(meaning, ((), ()))
        if bits > 8 and self.in_planes:
            raise ValueError(f"its colours of {bits} bits are stored one after the other")
        if bits > 8 and samples not in (1, 3, 4):
            raise ValueError(f"its pixels have {samples} samples of {bits} bits")
        if bits not in depths or samples not in counts or (bits < 8 and samples > 1):
            name = _MEANINGS.get(meaning, f"colour space {meaning}")
            raise ValueError(
                f"it is a TIFF of {name} with {samples} samples of {bits} bits ({codec}), which is "
                "not read: save it as grey or RGB with 8 or 16 bits"
            )
        depth = {JPEG: 8, GROUP_4: 1}.get(self.codec, bits)
        if bits != depth:
            raise ValueError(f"it is a TIFF of {bits} bits with {codec}, and {depth} are read")
        if meaning == _YCBCR and self.codec != JPEG:
            raise ValueError(f"it is a TIFF of YCbCr with {codec}, and YCbCr with JPEG is read")
        if self.codec not in (UNCODED, GROUP_4) and self.bits_reversed:
            raise ValueError(f"it is a TIFF with {codec} and reversed bits, which is not read")
        if self.tags.get(_PREDICTOR, 1) not in (1, 2) or (
            self.tags.get(_PREDICTOR, 1) == 2 and bits not in (8, 16)
        ):
            raise ValueError(f"it is a TIFF of {bits} bits with an unknown predictor")


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
    numbers: dict[int, int] = {}
    last = end + layout.room
    for at in range(start, end, layout.entry):
        tag, kind = struct.unpack_from(f"{layout.order}HH", content, at)
        number = layout.whole(content, at + 4)
        place = at + layout.entry - layout.room
        size = number * _SIZES.get(kind, 1)
        if size > layout.room:
            place = layout.whole(content, place)
            last = max(last, place + size)
        if kind not in _CODES or tag in tags:
            continue
        code = layout.order + _CODES[kind]
        if number and place + _SIZES[kind] <= len(content):
            places[tag] = place, code
            numbers[tag] = number
            tags[tag] = _number(code, content, place)
    next_page = layout.whole(content, end) if end + layout.room <= len(content) else 0
    return TiffHeader(tags, places, numbers, next_page, last, layout)


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
