import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import Request
from auxnet_cli.data.sources.masks.reader import read


@pytest.mark.parametrize(
    ("folders", "classes"),
    [
        (["images", "masks"], ("defect",)),  # one folder is named like masks are
        (["Crack", "Hole"], ("Crack", "Hole")),  # none is
        (["images", "labels", "masks"], ("images", "labels", "masks")),  # three folders
    ],
)
def test_layout_by_the_folders(tmp_path, folders, classes):
    for name in folders:
        (tmp_path / name).mkdir()
        pixels = np.full((2, 2), 255, np.uint8)
        for suffix in (".bmp", ".png") if "images" not in folders else (".png",):
            (tmp_path / name / f"a{suffix}").write_bytes(cv2.imencode(suffix, pixels)[1].tobytes())
    (tmp_path / ".git").mkdir()
    (tmp_path / "empty").mkdir()
    assert read(Request(tmp_path), Audit()).classes == classes
