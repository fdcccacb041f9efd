import sys
from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import copy_record, read_record
from auxnet_cli.errors import InputError
from tests.data.source_builders import put


def record(tmp_path, pixels, bits=16, height=4, width=6):
    put(tmp_path / "x.png", pixels)
    return Record(1, "x.png", tmp_path / "x.png", height, width, (), bits)


def test_the_camera_is_the_data_sets_or_the_one_given(tmp_path):
    saved = record(tmp_path, np.full((4, 6), 4095, np.uint16), bits=12)
    assert (read_record(saved) == 255).all()
    assert (read_record(saved, bits=16) == 16).all()  # 4095 / 65535 of 255


@pytest.mark.parametrize("size", [(6, 4), (4, 5), (1, 1)])
def test_an_image_that_changed_its_size_is_no_use(tmp_path, size):
    saved = record(tmp_path, np.zeros(size, np.uint8))
    for use in (read_record, lambda record: copy_record(record, tmp_path / "copy.png")):
        with pytest.raises(InputError, match="but was 6 x 4 when the data set was prepared"):
            use(saved)
    assert not (tmp_path / "copy.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_is_followed_within_the_data_set_alone(tmp_path):
    home = tmp_path / "set"
    inside = replace(record(home / "images", np.zeros((4, 6), np.uint8)), home=home)
    outside = record(tmp_path / "away", np.zeros((4, 6), np.uint8))
    (home / "near.png").symlink_to(inside.path)
    (home / "far.png").symlink_to(outside.path)
    near = replace(inside, path=home / "near.png")
    assert read_record(near).shape == (4, 6, 3)
    copy_record(near, tmp_path / "deep" / "copy.png")
    assert not (tmp_path / "deep" / "copy.png").is_symlink()
    assert (tmp_path / "deep" / "copy.png").read_bytes() == inside.path.read_bytes()
    far = replace(inside, path=home / "far.png")
    for use in (read_record, lambda record: copy_record(record, tmp_path / "secret.png")):
        with pytest.raises(InputError, match=r"far\.png is a link that leads out of"):
            use(far)
    assert not (tmp_path / "secret.png").exists()


def test_a_copy_is_no_link(tmp_path):
    saved = record(tmp_path, np.zeros((4, 6), np.uint8))
    copy_record(saved, tmp_path / "copy.png")
    assert not (tmp_path / "copy.png").samefile(saved.path)
    saved.path.unlink()
    with pytest.raises(InputError, match="There is no image"):
        copy_record(saved, tmp_path / "copy.png")
