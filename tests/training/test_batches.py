import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from auxnet_cli.data.images.reading import read_image
from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.errors import AuxnetError
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.batches import Batches
from auxnet_cli.training.initialisation import training_heads

# No augmentation: pixels come as they are.
PLAIN = (
    *(f"augmentation.{name}=0" for name in ("rotation", "zoom", "shear", "exposure")),
    "augmentation.channel_shift=0",
    *(f"augmentation.{name}_flip=false" for name in ("horizontal", "vertical")),
    "training.sampling=natural",
)


def batches(made, tiny, *overrides, records=None):
    settings = load_settings("demo", overrides=[*tiny, *overrides])
    heads = training_heads(made, settings)
    return Batches(records or made.split("train"), len(made.classes), settings, heads)


def same(first, second):
    return all(
        np.array_equal(images, others)
        and all(np.array_equal(targets[name], other[name]) for name in targets)
        for (images, targets), (others, other) in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("sampling", ["natural", "balanced"])
def test_the_same_whatever_the_threads_do(made, tiny, sampling):
    alone, threaded, again = (
        list(
            batches(made, tiny, f"data.workers={workers}", f"training.sampling={sampling}").epoch(3)
        )
        for workers in (1, 4, 4)
    )
    assert same(alone, threaded)
    assert same(threaded, again)


def test_epochs_and_seeds_differ(made, tiny):
    first = list(batches(made, tiny).epoch(1))
    assert not same(first, list(batches(made, tiny).epoch(2)))
    assert not same(first, list(batches(made, tiny, "seed=1").epoch(1)))


def test_the_last_batch_is_filled(made, tiny):
    records = made.split("train")
    for size in (1, 3, len(records), len(records) + 5):
        loader = batches(made, tiny, f"training.batch_size={size}")
        epoch = list(loader.epoch(1))
        assert len(epoch) == loader.steps == -(-len(records) // size)
        for images, targets in epoch:
            assert images.shape == (size, 32, 96, 3)
            assert images.dtype == np.uint8
            assert {len(values) for values in targets.values()} == {size}
            assert targets["segmentation_known"].shape == (size,)


def test_an_epoch_can_be_gone_on_with(made, tiny):
    loader = batches(made, tiny)
    whole = list(loader.epoch(2))
    assert len(whole) > 1
    for done in range(len(whole) + 1):
        assert same(list(loader.epoch(2, done)), whole[done:])


def test_the_names_of_a_batch(made, tiny):
    """Without augmentation the images say which they are."""
    loader = batches(made, tiny, *PLAIN)
    records = {record.name: record for record in loader.records}
    for step, (images, _) in enumerate(loader.epoch(3), start=1):
        for image, name in zip(images, loader.names(3, step), strict=True):
            assert np.array_equal(image, resize_image(read_image(records[name].path), (32, 96)))


def test_a_smaller_batch_shows_the_same_images(made, tiny):
    loader = batches(made, tiny)
    names = [name for step in range(loader.steps) for name in loader.names(1, step + 1)]
    loader.batch_size = 2
    fewer = [name for step in range(loader.steps) for name in loader.names(1, step + 1)]
    count = len(loader.records)
    assert names[:count] == fewer[:count]
    assert {len(images) for images, _ in loader.epoch(1)} == {2}


@pytest.mark.parametrize("masked", [0, 1, 2])
def test_the_good_share_is_kept_without_masks(made, tiny, masked):
    """Of every third image, of all but these, of none: a box cannot be cut out and pasted."""
    records = [
        replace(
            record,
            annotations=tuple(
                defect if number % 3 < masked else replace(defect, rle=None)
                for defect in record.annotations
            ),
        )
        for number, record in enumerate(made.split("train"))
    ]
    good = next(record for record in records if not record.annotations)
    defective = [record for record in records if record.annotations]
    records = [*defective, *[good] * (9 * len(defective))]
    settings = load_settings("swift", overrides=[*tiny, *PLAIN[:-1]])
    assert (settings.training.sampling, settings.training.good_share) == ("balanced", 0.4)
    heads = training_heads(made, settings)
    loader = Batches(records, len(made.classes), settings, heads)
    labels = np.concatenate([targets["classification"] for _, targets in loader.epoch(1)])
    labels = labels[: len(records)]
    assert (labels.sum(axis=1) == 0).sum() == pytest.approx(0.4 * len(records), abs=2)
    shares = (labels.sum(axis=0) / len(records))[list({next(iter(r.labels)) for r in defective})]
    assert (shares >= 0.6 / len(made.classes) - 0.02).all()


def test_a_donor_that_cannot_be_read_is_replaced_by_another(made, tiny, tmp_path):
    """By one with a mask, though the next image is good; and where there is none, by what is."""
    records = made.split("train")
    good = next(record for record in records if not record.annotations)
    donor = next(record for record in records if record.annotations)
    gone = replace(donor, name="gone.png", path=tmp_path / "gone.png")
    for split, shown in (([gone, *[good] * 40, donor], 20), ([gone, *[good] * 41], 0)):
        loader = batches(
            made, tiny, *PLAIN[:-1], "training.sampling=balanced", "training.good_share=0.5",
            records=split,
        )  # fmt: skip
        labels = np.concatenate([targets["classification"] for _, targets in loader.epoch(1)])
        assert set(loader.unreadable) == {"gone.png"}
        assert (labels[: len(split)].sum(axis=1) > 0).sum() == pytest.approx(shown, abs=2)


def test_unreadable_images_are_passed_over_and_named(made, tiny, tmp_path):
    records = made.split("train")
    (tmp_path / "empty.png").touch()
    broken = [
        replace(records[0], name="empty.png", path=tmp_path / "empty.png", home=None),
        *records[1:-1],
        replace(records[-1], name="gone.png", path=tmp_path / "gone.png"),
    ]
    loader = batches(made, tiny, "training.sampling=natural", records=broken)
    epoch = list(loader.epoch(1))
    assert sum(len(images) for images, _ in epoch) == loader.steps * 4
    assert set(loader.unreadable) == {"empty.png", "gone.png"}
    assert "is empty (0 bytes)" in loader.unreadable["empty.png"]
    assert same(list(loader.epoch(1)), epoch)


def test_nothing_readable_is_an_error(made, tiny, tmp_path):
    records = [replace(record, path=tmp_path / record.name) for record in made.split("train")]
    loader = batches(made, tiny, records=records)
    with pytest.raises(AuxnetError, match="No image of the training split can be read"):
        next(loader.epoch(1))


def test_an_epoch_can_be_left_early(made, tiny):
    epoch = batches(made, tiny, "training.batch_size=1").epoch(1)
    next(epoch)
    before = threading.active_count()
    epoch.close()
    assert threading.active_count() < before


def test_tiles_are_cut_from_large_images_and_show_their_defects(made, tiny):
    """Tiles of the network's size: pixels come as they are, and most defective images show some."""
    records = [record for record in made.split("train") if record.annotations]
    tiles = ["tile.size=[32,96]", "tile.per_image=3", "tile.defective=1"]
    loader = batches(made, tiny, *PLAIN, *tiles, records=records)
    shown = list(loader.epoch(1))
    assert loader.steps == len(shown) == -(-3 * len(records) // 4)
    images = np.concatenate([images for images, _ in shown])[: 3 * len(records)]
    masks = np.concatenate([targets["segmentation"] for _, targets in shown])[: 3 * len(records)]
    # A defect's box, where a tile is drawn, may be empty at the very point.
    assert masks.any(axis=(1, 2, 3)).mean() > 0.7
    originals = [read_image(record.path) for record in records]
    for image in images[:6]:
        assert any(_is_part(image, original) for original in originals)


def _is_part(image, original):
    """Whether an image is a window of another."""
    distance = cv2.matchTemplate(original, image, cv2.TM_SQDIFF)
    top, left = np.unravel_index(distance.argmin(), distance.shape)
    height, width = image.shape[:2]
    return np.array_equal(original[top : top + height, left : left + width], image)


@pytest.mark.parametrize("sampling", ["natural", "balanced"])
def test_some_draws_show_the_whole_image(made, tiny, monkeypatch, sampling):
    """What is pasted comes from the same view as what it is pasted onto."""
    views = []
    read = Batches._read

    def noted(self, index, tile, seed, masked=False):
        views.append((seed[:4], tile.size))
        return read(self, index, tile, seed, masked)

    monkeypatch.setattr(Batches, "_read", noted)
    tiles = ("tile.size=[64,64]", "tile.whole=0.5", f"training.sampling={sampling}")
    list(batches(made, tiny, *tiles, "data.workers=1").epoch(1))
    assert {size for _, size in views} == {None, (64, 64)}
    assert len({draw for draw, _ in views}) == len(set(views))
    if sampling == "balanced":
        assert len(views) > len(set(views))
