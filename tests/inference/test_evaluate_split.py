import threading
import time
from types import SimpleNamespace

import cv2
import numpy as np

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.inference import evaluate_split as module
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inspection import Inspection


def test_images_are_decoded_within_the_bound(tmp_path, monkeypatch):
    inside, most, lock = [], [], threading.Lock()

    def read(record, bits):
        image = read_record(record, bits)
        with lock:
            inside.append(image.size // 3)
            most.append(list(inside))
        time.sleep(0.005)
        return image

    def inspect(images):
        time.sleep(0.005)
        with lock:
            for image in images:
                inside.remove(image.size // 3)
        return [
            Inspection(*image.shape[:2], ("pit",), None, None, (), False, seconds=1.0)
            for image in images
        ]

    monkeypatch.setattr(module, "read_record", read)
    monkeypatch.setattr(module, "ROOM", 500)
    records = []
    for number, height in enumerate([20, 90, 10, 20, 15, 80, 30, 20]):
        path = tmp_path / f"{number}.png"
        path.write_bytes(cv2.imencode(".png", np.zeros((height, 10, 3), np.uint8))[1].tobytes())
        records.append(Record(number, path.name, path, height, 10, ()))
    (tmp_path / "3.png").write_bytes(b"none")
    inspector = SimpleNamespace(
        workers=4, card=SimpleNamespace(bits=16, classes=("pit",)), inspect_batch=inspect
    )
    evidence, unreadable = gather_split(inspector, records)
    assert unreadable == ["3.png"]
    assert len(evidence) == 7
    assert all(len(held) == 1 or sum(held) <= 500 for held in most)
