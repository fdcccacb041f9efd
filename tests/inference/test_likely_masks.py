from pathlib import Path

import cv2
import numpy as np
import pytest

from auxnet_cli.inference.inputs import read_inputs
from auxnet_cli.inference.likely_masks import mask_cautions
from tests.shared_data import SHARED


def photo(path, seed=0):
    save(path, np.random.default_rng(seed).integers(0, 256, (20, 20), np.uint8))


def mask(path):
    save(path, np.repeat(np.uint8([[0, 255]]), 10, 1).repeat(20, 0))


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Path("photos")


def said(folder):
    found = read_inputs([folder])
    return len(found.paths), [caution.replace("\\", "/") for caution in found.cautions]


def advised(caution):
    """The images that are named by the pattern that a caution gives."""
    return [path.as_posix() for path in read_inputs([caution.split('"')[1]]).paths]


def test_photographs_alone(photos):
    for name in ("a.jpg", "b.png", "sub/a.jpg", "sub/c.bmp"):
        photo(photos / name)
    mask(photos / "d.png")  # a black and white part
    assert said(photos) == (5, [])


def test_a_mask_beside_its_image(photos):
    for number in range(3):
        photo(photos / f"Imgs/{number}.jpg")
        mask(photos / f"Imgs/{number}.png")
    number, (caution,) = said(photos)
    assert number == 6
    assert caution.startswith("Probable masks among the images: 3, such as ")
    assert "photos/Imgs/0.png beside 0.jpg" in caution
    assert advised(caution) == [f"photos/Imgs/{number}.jpg" for number in range(3)]


def test_a_photograph_kept_in_two_formats_is_no_mask(photos):
    for number in range(3):
        photo(photos / f"{number}.jpg")
        photo(photos / f"{number}.png")
    assert said(photos) == (6, [])


@pytest.mark.parametrize("ending", ["_mask", "_label", "-GT", ".seg", "_groundtruth"])
def test_a_mask_named_after_its_image(photos, ending):
    photo(photos / "a.png")
    mask(photos / f"a{ending}.png")
    photo(photos / "b.jpg")
    mask(photos / f"b{ending}.bmp")
    _, (caution,) = said(photos)
    assert caution.startswith("Probable masks among the images: 2, ")


def test_where_no_pattern_can_tell_them_apart(photos):
    photo(photos / "a.png")
    mask(photos / "a_mask.png")
    _, (caution,) = said(photos)
    assert "move them into another folder" in caution


@pytest.mark.parametrize("name", ["masks", "annotations", "SegmentationClass", "ground_truth"])
def test_masks_in_a_folder_of_their_own(photos, name):
    for number in range(3):
        photo(photos / f"images/{number}.jpg")
        mask(photos / f"{name}/{number}.png")
    photo(photos / f"{name}/alone.jpg")
    number, (caution,) = said(photos)
    assert number == 7
    assert caution.startswith("Probable masks among the images: 3, ")
    assert caution.endswith("name the folder of the images alone, as in photos/images.")


def test_masks_in_a_folder_below_the_images(photos):
    photo(photos / "a.jpg")
    mask(photos / "masks/a_mask.png")
    _, (caution,) = said(photos)
    assert caution.startswith("Probable masks among the images: 1, ")
    assert advised(caution) == ["photos/a.jpg"]


def test_folders_above_what_was_given_do_not_count(photos):
    photo(photos / "labelled/day/a.jpg")
    photo(photos / "labelled/night/a.jpg")
    assert said(photos / "labelled") == (2, [])


def test_no_files_are_needed_to_compare_names():
    below = {Path("x/a.jpg"): ("a.jpg",), Path("x/a.png"): ("a.png",)}
    assert mask_cautions(below) == []  # the mask cannot be read: nothing is known of it


def test_a_real_set(photos):
    tiles = SHARED / "magnetic_tile"
    if not tiles.is_dir():
        pytest.skip("the photographs of tiles are not there")
    number, (caution,) = said(tiles)
    assert caution.startswith(f"Probable masks among the images: {number // 2}, ")
    images = advised(caution)
    assert len(images) == number // 2
    assert all(name.endswith(".jpg") for name in images)
