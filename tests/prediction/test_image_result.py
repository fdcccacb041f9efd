import threading
import time
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from auxnet_cli.data.images.reading import decode_stored
from auxnet_cli.inspection import Inspection
from auxnet_cli.prediction import image_result as outcome
from auxnet_cli.prediction.image_result import FileInspector
from auxnet_cli.system.parallel import in_order


def save(path, height):
    path.write_bytes(cv2.imencode(".png", np.zeros((height, 10, 3), np.uint8))[1].tobytes())
    return path


def test_large_images_go_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(outcome, "ROOM", 500)
    inside, most, lock = [], [], threading.Lock()

    def decode(image_file, path):
        image = decode_stored(image_file, path)
        with lock:
            inside.append(image.size // 3)
            most.append(list(inside))
        time.sleep(0.005)
        return image

    def inspect(images):
        time.sleep(0.005)
        with lock:
            inside.remove(images[0].size // 3)
        return [Inspection(*images[0].shape[:2], (), None, None, None, False, seconds=1.0)]

    monkeypatch.setattr(outcome, "decode_stored", decode)

    take = FileInspector(SimpleNamespace(inspect=inspect), 16, {})
    paths = [
        save(tmp_path / f"{n}.png", height) for n, height in enumerate([20, 90, 10, 20, 15, 80])
    ]
    found = list(in_order(lambda path: take(path, path.stem), paths, 4, 8))
    assert [one.path for one in found] == paths
    assert [(one.verdict, one.seconds, one.error) for one in found] == [("good", 1.0, None)] * 6
    assert all(len(held) == 1 or sum(held) <= 500 for held in most)


def test_an_unreadable_image_is_rendered_with_its_error():
    seen = []
    take = FileInspector(SimpleNamespace(), 16, {"csv": seen.append})
    found = take(Path("absent.png"), "absent")
    assert found.verdict is None
    assert found.error == seen[0].error == "There is no image absent.png."
    assert set(found.puts) == {"csv"}


def test_only_the_image_is_at_fault_where_it_cannot_be_decoded(tmp_path):
    path = save(tmp_path / "a.png", 20)

    def full(images):
        raise OSError("No space left on device")

    take = FileInspector(SimpleNamespace(inspect=full), 16, {})
    with pytest.raises(OSError, match="No space left"):
        take(path, "a")
    path.write_bytes(path.read_bytes()[:-20])
    assert "cut off before its end" in take(path, "a").error
