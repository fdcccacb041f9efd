import cv2
import numpy as np
import pytest

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.errors import InputError


def record(tmp_path, pixels, bits=16, height=4, width=6):
    path = tmp_path / "x.png"
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return Record(1, "x.png", path, height, width, (), bits)


def test_the_camera_is_the_data_sets_or_the_one_given(tmp_path):
    found = record(tmp_path, np.full((4, 6), 4095, np.uint16), bits=12)
    assert (read_record(found) == 255).all()
    assert (read_record(found, bits=16) == 16).all()  # 4095 / 65535 of 255


@pytest.mark.parametrize("size", [(6, 4), (4, 5), (1, 1)])
def test_an_image_that_changed_its_size_is_no_use(tmp_path, size):
    found = record(tmp_path, np.zeros(size, np.uint8))
    with pytest.raises(InputError, match="but was 6 x 4 when the data set was prepared"):
        read_record(found)
