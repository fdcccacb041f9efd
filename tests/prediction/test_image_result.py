import threading
import time
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from auxnet_cli.data.images.reading import decode_stored
from auxnet_cli.inspection import Inspection
from auxnet_cli.prediction import image_result as module
from auxnet_cli.prediction.image_result import FileInspector
from auxnet_cli.system.parallel import in_order


def inspector(inspect):
    return SimpleNamespace(inspect_batch=inspect, card=SimpleNamespace(bits=16))


def save(path, height):
    path.write_bytes(cv2.imencode(".png", np.zeros((height, 10, 3), np.uint8))[1].tobytes())
    return path


def test_large_images_go_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROOM", 500)
    inside, most, lock = [], [], threading.Lock()

    def decode(image_file, path):
        image = decode_stored(image_file, path)
        with lock:
            inside.append(image.size // 3)
            most.append(list(inside))
        time.sleep(0.005)
        return image

    def finish(result):
        time.sleep(0.005)
        with lock:
            inside.remove(result.image.size // 3)
        return result

    def inspect(images):
        return [Inspection(*images[0].shape[:2], (), None, None, None, False)]

    monkeypatch.setattr(module, "decode_stored", decode)
    take = FileInspector(inspector(inspect), finish)
    paths = [
        save(tmp_path / f"{n}.png", height) for n, height in enumerate([20, 90, 10, 20, 15, 80])
    ]
    results = list(in_order(take, paths, 4, 8))
    assert [(each.path, each.inspection.verdict) for each in results] == [
        (path, "good") for path in paths
    ]
    assert all(len(held) == 1 or sum(held) <= 500 for held in most)


def test_an_unreadable_image_is_a_result_with_its_error():
    take = FileInspector(inspector(None), lambda result: result, {Path("folder"): "It is closed."})
    assert take(Path("absent.png")).error == "There is no image absent.png."
    assert take(Path("folder")).error == "It is closed."
    assert take(Path("folder")).inspection is None


def test_only_the_image_is_at_fault_where_it_cannot_be_decoded(tmp_path):
    path = save(tmp_path / "a.png", 20)

    def full(images):
        raise OSError("No space left on device")

    take = FileInspector(inspector(full), lambda result: result)
    with pytest.raises(OSError, match="No space left"):
        take(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert "cut off before its end" in take(path).error
