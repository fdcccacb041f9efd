import csv
from collections import Counter
from itertools import combinations

import cv2
import numpy as np
import pytest

from auxnet_cli.data.images.reading import read_image
from auxnet_cli.data.images.resize import thumbnail
from auxnet_cli.data.splitting.duplicates import near_duplicates, structure
from auxnet_cli.data.splitting.groups import connected
from tests.shared_data import SHARED

needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the sample data")


def surface(seed, size=(200, 300)):
    """A part: stains on a ground surface."""
    rng = np.random.default_rng(seed)
    stains = cv2.GaussianBlur(rng.normal(0, 60, size).astype(np.float32), (0, 0), 4)
    grinding = rng.normal(0, 8, (1, size[1])) + rng.normal(0, 4, size)
    return np.clip(110 + 3 * stains + grinding, 0, 255).astype(np.uint8)


def small(grey):
    return thumbnail(np.repeat(grey[..., None], 3, axis=2))


def shade(grey, gain, offset=0):
    return np.clip(grey * gain + offset, 0, 255).astype(np.uint8)


def coded(grey, quality):
    return cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)


def lit(grey):
    """Lit from the other side."""
    return shade(grey, np.linspace(0.4, 1.3, grey.shape[1])[None])


@pytest.mark.parametrize(
    "change",
    [
        lambda grey: shade(grey, 0.35),
        lambda grey: shade(grey, 1.0, 60),
        lit,
        lambda grey: coded(grey, 20),
        lambda grey: cv2.resize(grey, (150, 100), interpolation=cv2.INTER_AREA),
        lambda grey: grey[8:, 15:],
        lambda grey: grey[:-8, :-15],
    ],
    ids=["darker", "brighter", "lit from the other side", "coded", "shrunk", "cut", "cut else"],
)
def test_copies_are_found_among_others(change):
    parts = [surface(seed) for seed in range(30)]
    pictures = [small(grey) for grey in parts] + [small(change(grey)) for grey in parts[:10]]
    assert near_duplicates(pictures) == [(n, 30 + n) for n in range(10)]


def test_unrelated_parts_stay_apart():
    assert near_duplicates([small(surface(seed)) for seed in range(100)]) == []


def test_one_outline_does_not_make_one_part():
    """Every photo shows a bolt in the same place; only the first ten are of one bolt each twice."""
    outline = np.full((200, 200), 60, np.uint8)
    cv2.circle(outline, (100, 60), 45, 200, 4)
    cv2.rectangle(outline, (80, 100), (120, 190), 200, 4)
    parts = [shade(outline, 1) // 2 + surface(seed, (200, 200)) // 3 for seed in range(100)]
    pictures = [small(grey) for grey in parts] + [small(shade(grey, 0.7)) for grey in parts[:10]]
    assert near_duplicates(pictures) == [(n, 100 + n) for n in range(10)]


@pytest.mark.parametrize("number", [0, 1, 2, 40])
def test_images_without_structure_are_no_copies(number):
    """Blank images, and even shades, would all be alike."""
    ramp = np.tile(np.linspace(40, 200, 64), (64, 1)).astype(np.uint8)
    pictures = [np.full((64, 64), 3 * n, np.uint8) for n in range(number)] + [ramp, ramp.T]
    assert near_duplicates(pictures) == []
    assert np.abs(structure(np.full((64, 64), 255, np.uint8))).max() < 0.01


def test_a_part_of_which_there_are_many_photos():
    """More than are compared with one image: they find each other in a chain."""
    part = surface(0)
    rng = np.random.default_rng(1)
    photos = [small(shade(part, gain)) for gain in rng.uniform(0.4, 1.2, 80)]
    others = [small(surface(seed)) for seed in range(1, 60)]
    groups = connected(80 + 59, near_duplicates(photos + others))
    assert set(groups[:80]) == {0}
    assert len(set(groups)) == 60


@needs_data
@pytest.mark.slow
def test_exposures_of_real_tiles():
    """About six exposures of each tile are told from the pictures alone.

    The group file joins tiles that were photographed at one time, too. Those are larger groups;
    the groups of up to six photos show one tile each.
    """
    with (SHARED / "magnetic_tile_groups.csv").open() as stream:
        part = {row["file"]: row["group"] for row in csv.DictReader(stream)}
    files = sorted(part)
    pictures = [thumbnail(read_image(SHARED / "magnetic_tile" / file)) for file in files]
    groups = connected(len(files), near_duplicates(pictures))
    single = {name for name, number in Counter(part.values()).items() if number <= 6}
    same, wrong, joined = [], 0, 0
    for first, second in combinations(range(len(files)), 2):
        parts = part[files[first]], part[files[second]]
        together = groups[first] == groups[second]
        joined += together
        wrong += together and parts[0] != parts[1]
        if parts[0] == parts[1] and parts[0] in single:
            same.append(together)
    assert len(same) > 1800
    assert np.mean(same) >= 0.95
    # Those, too, show one tile each: the group file has some tiles twice.
    assert wrong <= 0.025 * joined
    assert max(Counter(groups).values()) <= 15
