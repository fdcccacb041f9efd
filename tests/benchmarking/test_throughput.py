import numpy as np
import pytest

from auxnet_cli.benchmarking import throughput as module
from auxnet_cli.benchmarking.throughput import images_per_second, openvino_burst, sequential_burst


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(module, "BURST", 0.02)


def test_openvino_works_on_several_images_at_a_time(exported):
    path = exported[0] / "exports" / "openvino" / "model.xml"
    burst, requests, streams = openvino_burst(path, "fp32", (32, 64))
    assert requests >= streams >= 1
    assert images_per_second(burst, requests, runs=2) > 0


def test_other_engines_take_image_after_image():
    shapes = []

    class Engine:
        def run(self, images):
            shapes.append((images.shape, images.dtype))

    assert images_per_second(sequential_burst(Engine(), (32, 64)), 1, runs=3) > 50
    assert set(shapes) == {((1, 32, 64, 3), np.dtype(np.uint8))}
