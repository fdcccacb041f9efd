import contextlib
import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from auxnet_cli.data.images.header import number_of_pages
from auxnet_cli.data.images.reading import decode_image, decode_stored, image_size, read_mask
from auxnet_cli.data.images.tiff_header import neutral, read_tiff
from auxnet_cli.errors import InputError

GREY = np.arange(96, dtype=np.uint8).reshape(8, 12)
DEEP = GREY.astype(np.uint16) * 600
COLOUR = np.random.default_rng(0).integers(0, 256, (8, 12, 3), dtype=np.uint8)


def tiff(planes, bits=8, photometric=1, order="<", big=False, tile=(), more=()):
    """A TIFF of one strip a plane, or of one tile, written out by hand."""
    planes = planes if isinstance(planes, list) else [planes]
    height, width, *rest = planes[0].shape
    samples = rest[0] if rest else len(planes)
    strips = [plane.astype(f"{order}u{(bits + 7) // 8}").tobytes() for plane in planes]
    long, room, head = ("Q", 8, 16) if big else ("I", 4, 8)
    tags = {256: [width], 257: [height], 258: [bits] * samples, 259: [1], 262: [photometric]}
    tags |= {277: [samples], 284: [1 + (len(planes) > 1)]}
    places, sizes = (324, 325) if tile else (273, 279)
    tags |= {places: [0] * len(strips), sizes: [len(strip) for strip in strips]}
    tags |= {322: [tile[1]], 323: [tile[0]]} if tile else {278: [height]}
    tags |= dict(more)
    values = head + struct.calcsize(f"={'Q' if big else 'H'}") + len(tags) * (room * 2 + 4) + room
    data = values + sum(4 * len(value) for value in tags.values() if 4 * len(value) > room)
    tags[places] = [data + sum(map(len, strips[:n])) for n in range(len(strips))]
    entries, extra = b"", b""
    for tag, value in sorted(tags.items()):
        packed = struct.pack(f"{order}{len(value)}I", *value)
        entries += struct.pack(f"{order}HH{long}", tag, 4, len(value))
        if len(packed) > room:
            entries += struct.pack(order + long, values + len(extra))
            extra += packed
        else:
            entries += packed.ljust(room, b"\0")
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}H", 43 if big else 42)
    start += struct.pack(f"{order}HHQ", 8, 0, 16) if big else struct.pack(f"{order}I", 8)
    count = struct.pack(order + ("Q" if big else "H"), len(tags))
    return start + count + entries + bytes(room) + extra + b"".join(strips)


def grey(content):
    stored = decode_stored(content, "a.tif")
    assert (stored == stored[..., :1]).all()
    return stored[..., 0]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_both_byte_orders_and_bigtiff(order, big):
    assert np.array_equal(grey(tiff(GREY, order=order, big=big)), GREY)
    assert np.array_equal(grey(tiff(DEEP, 16, order=order, big=big)), DEEP)
    assert np.array_equal(decode_stored(tiff(COLOUR, 8, 2, order, big), "a"), COLOUR)


def test_bright_zero_is_inverted_at_any_depth():
    assert np.array_equal(grey(tiff(GREY, photometric=0)), 255 - GREY)
    assert np.array_equal(grey(tiff(DEEP, 16, photometric=0)), 65535 - DEEP)


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("bits", [8, 16])
def test_opacity_is_dropped_and_not_multiplied_in(bits, extra):
    opacity = np.full((8, 12, 1), 3, np.uint8)
    content = tiff(np.dstack([COLOUR, opacity]), bits, 2, more={338: [extra]})
    assert np.array_equal(decode_stored(content, "a"), COLOUR)


def test_planes_of_8_bits_are_read_and_of_16_refused():
    planes = [COLOUR[..., n] for n in range(3)]
    assert np.array_equal(decode_stored(tiff(planes, 8, 2), "a"), COLOUR)
    with pytest.raises(InputError, match="colours of 16 bits are stored one after the other"):
        decode_stored(tiff(planes, 16, 2), "a")


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_samples_fill_the_range(bits):
    values = (GREY.astype(np.uint32) * 163) % 2**bits
    text = "".join(f"{value:0{bits}b}" for value in values.ravel())
    strip = np.array([[int(text[n : n + 8], 2) for n in range(0, len(text), 8)]], np.uint8)
    content = tiff(strip, 8, more={256: [12], 257: [8], 258: [bits], 278: [8]})
    assert np.array_equal(grey(content), values.astype(np.uint16) << (16 - bits))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bits": 32}, "unsigned numbers of 32 bits"),
        ({"bits": 16, "more": {339: [2]}}, "signed numbers of 16 bits"),
        ({"bits": 16, "more": {277: [2], 338: [2]}}, "2 samples of 16 bits"),
        ({"more": {322: [50000], 323: [50000]}}, "tiles claim to be larger"),
        ({"more": {256: [50000], 257: [50000]}}, "50000 x 50000 pixels, more than"),
        ({"more": {256: [0]}}, "0 x 8 pixels"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        decode_stored(tiff(GREY, **options), "a.tif")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_compressed(compression):
    image = Image.fromarray(np.full((40, 30), 77, np.uint8))
    stream = io.BytesIO()
    image.save(stream, "TIFF", compression=compression)
    assert (grey(stream.getvalue()) == 77).all()


def test_tiles():
    tile = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    content = tiff(tile, tile=(64, 64), more={256: [40], 257: [50]})
    assert np.array_equal(grey(content), tile[:50, :40])


def test_first_of_several_pages():
    stream = io.BytesIO()
    pages = [Image.new("L", (5, 4), value) for value in (7, 99, 120)]
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    assert (grey(stream.getvalue()) == 7).all()
    assert number_of_pages(stream.getvalue()) == 3
    assert number_of_pages(tiff(GREY)) == 1


def test_chain_of_pages_that_bites_its_tail():
    content = bytearray(tiff(GREY))
    entries = struct.unpack_from("<H", content, 8)[0]
    struct.pack_into("<I", content, 10 + 12 * entries, 8)
    assert number_of_pages(bytes(content)) == 2


def test_places_beyond_any_file():
    content = bytearray(tiff(GREY, big=True))
    struct.pack_into("<Q", content, 8, 2**64 - 1)
    with pytest.raises(InputError, match="cut off within its header"):
        decode_image(bytes(content), "a.tif")
    content = bytearray(tiff(GREY, big=True))
    struct.pack_into("<Q", content, 24 + 20 * struct.unpack_from("<Q", content, 16)[0], 2**64 - 1)
    assert number_of_pages(bytes(content)) == 1


def test_palette_becomes_colour_and_a_two_level_mask_stays(tmp_path):
    image = Image.fromarray(GREY % 4)
    image.putpalette([10, 20, 30, 200, 0, 0, 0, 200, 0, 0, 0, 200] + [0] * 756)
    stream = io.BytesIO()
    image.save(stream, "TIFF")
    expected = np.asarray(image.convert("RGB"))
    assert np.array_equal(decode_image(stream.getvalue(), "a"), expected)
    mask, path = GREY % 2 == 1, tmp_path / "mask.tif"
    Image.fromarray(mask).save(path, compression="group4")
    assert np.array_equal(read_mask(path) > 127, mask)


def test_neutral_changes_only_what_it_must():
    assert neutral(tiff(GREY), read_tiff(tiff(GREY))) == tiff(GREY)
    content = tiff(GREY, photometric=0, more={274: [6]})
    changed = neutral(content, read_tiff(content))
    assert (read_tiff(changed).orientation, read_tiff(changed).white_is_zero) == (1, False)
    assert sum(one != other for one, other in zip(content, changed, strict=True)) == 2


def test_size_is_pillows(tmp_path):
    path = tmp_path / "a.tif"
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    Image.new("L", (21, 9)).save(path, tiffinfo=tags)
    assert image_size(path) == (9, 21)


@given(st.data())
def test_damage_is_a_sentence(data):
    content = bytearray(tiff(COLOUR, 8, 2, big=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 4))):
        # Beyond the directory stand only samples.
        content[data.draw(st.integers(0, 300))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        with contextlib.suppress(InputError):
            assert decode_image(damaged, "a.tif").ndim == 3
