import numpy as np
import pytest

from auxnet_cli.benchmarking import throughput as module
from auxnet_cli.benchmarking.plan import Variant
from auxnet_cli.benchmarking.throughput import throughput
from auxnet_cli.system.cpu import usable_cores


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(module, "BURST", 0.02)


def test_openvino_works_on_several_images_at_a_time(exported):
    path = exported[0] / "exports" / "openvino" / "model.xml"
    variant = Variant(engine="openvino", precision="fp32")
    found = throughput(variant, path, lambda: pytest.fail("not opened"), (32, 64), runs=2)
    assert found["images_per_second"] > 0
    assert found["way"].split()[1] in {"stream", "streams"}


def test_others_take_one_image_after_the_other():
    seen = []

    class Engine:
        def run(self, images):
            seen.append((images.shape, images.dtype))
            return {}

    variant = Variant(engine="onnx", precision="fp32")
    found = throughput(variant, None, Engine, (32, 64), runs=3)
    assert set(seen) == {((1, 32, 64, 3), np.dtype(np.uint8))}
    assert found["way"] == f"{usable_cores()} threads"
    assert found["images_per_second"] > 50
