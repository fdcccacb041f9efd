import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

PREDICT = """
import json, pathlib, re, sys
from auxnet_cli import predict
answer = predict(sys.argv[2], model=pathlib.Path(sys.argv[1]), out=pathlib.Path("out"))
status = pathlib.Path("/proc/self/status").read_text()
print(json.dumps([answer.document(), int(re.search("VmHWM:[^0-9]*([0-9]+)", status)[1]) / 1024]))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="Linux tells the peak of a process"
)
def test_the_largest_images_are_inspected_in_one_and_a_half_gigabytes(tmp_path, trained):
    photos = tmp_path / "photos"
    photos.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (500, 800, 3), dtype=np.uint8)
    large = cv2.resize(pixels, (8000, 6250), interpolation=cv2.INTER_LINEAR)  # 50 megapixels
    cv2.imwrite(str(photos / "a.jpg"), large)
    cv2.imwrite(str(photos / "b.jpg"), np.vstack([large, large[:8]]))
    run, _ = trained
    paths = os.pathsep.join(["", *sys.path]).strip(os.pathsep)
    small = tmp_path / "small"
    small.mkdir()
    cv2.imwrite(str(small / "a.jpg"), pixels)
    for folder in (small, photos):  # the first prediction exports the network, with TensorFlow
        done = subprocess.run(
            [sys.executable, "-c", PREDICT, str(run), str(folder)],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{Path.cwd()}{os.pathsep}{paths}"},
            capture_output=True, text=True, check=False, timeout=1800,
        )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    answer, peak = json.loads(done.stdout)
    assert (answer["images"], answer["unreadable"]) == (2, 1)
    assert "8000 x 6258 pixels, more than the 50,000,000" in answer["errors"][0]["error"]
    assert peak < 1536
