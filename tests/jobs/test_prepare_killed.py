"""A prepare that is killed and started again gives what an undisturbed one gives."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from auxnet_cli.data.labels.run_lengths import to_severstal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")

# Imports once, then kills one fork after another at one of its system events: opening, making,
# linking, renaming, removing. Answers what did not come out as it should.
DRIVER = """
import hashlib, itertools, json, os, signal, sys
from pathlib import Path
from auxnet_cli.jobs.prepare import prepare

def run(number=None, seed=0):
    events = itertools.count(1)
    at_work = [False]
    def hook(event, _):
        if at_work[0] and (event == "open" or event.startswith(("os.", "shutil.", "tempfile."))):
            if next(events) == number:
                os.kill(os.getpid(), signal.SIGKILL)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            sys.addaudithook(hook)
            at_work[0] = True
            prepare("masks", Path("tiles"), folds=2, seed=seed)
            at_work[0] = False
            os.write(writing, str(next(events) - 1).encode())
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return status, int(answer.read() or 0)

def content():
    files = sorted(path for path in Path("data").rglob("*") if path.is_file())
    return {path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

wrong = []
_, total = run()
expected = content()
if sys.argv[1] == "over another":
    run(seed=1)
    former = content()
    _, total = run()
else:
    former = {}
middle = range(9, total - 14, max(1, (total - 23) // 4))
moments = sorted({*range(1, 9), *middle, *range(total - 13, total + 1)})
for moment in moments:
    # As it was before.
    if former:
        run(seed=1)
    else:
        os.system("rm -rf data")
    status, _ = run(moment)
    if not os.WIFSIGNALED(status):
        wrong.append(f"not killed at {moment}")
    seen = {name: digest for name, digest in content().items() if name.startswith("data/tiles/")}
    if seen and seen not in (expected, former):
        wrong.append(f"half a data set after {moment}")
    run()
    if content() != expected or os.listdir("data") != ["tiles"]:
        wrong.append(f"after {moment}: {os.listdir('data')}")
print(json.dumps({"total": total, "moments": len(moments), "wrong": wrong}))
"""


def write_tiles(folder):
    for number in range(6):
        image, mask = np.full((8, 9), number, np.uint8), np.zeros((8, 9), np.uint8)
        mask[number, 2:5] = 255 * (number < 4)
        for suffix, pixels in ((".bmp", image), (".png", mask)):
            path = folder / ("crack" if number < 4 else "good") / f"{number}{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cv2.imencode(suffix, pixels)[1].tobytes())


@pytest.mark.parametrize("before", ["anew", "over another"])
def test_killed_at_every_kind_of_event(tmp_path, before):
    write_tiles(tmp_path / "tiles")
    answer = subprocess.run(
        [sys.executable, "-c", DRIVER, before],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(answer.stdout)
    assert found["wrong"] == []
    assert found["moments"] > 20


def severstal(folder, images):
    """A source of many strips, each of other bytes, a third of them defective."""
    rng = np.random.default_rng(0)
    base = rng.integers(0, 255, (256, 1600), np.uint8)
    (folder / "train_images").mkdir(parents=True)
    rows = ["ImageId,ClassId,EncodedPixels"]
    for number in range(images):
        pixels = cv2.imencode(".jpg", np.roll(base, number, axis=1))[1].tobytes()
        (folder / "train_images" / f"{number:05}.jpg").write_bytes(pixels)
        if number % 3 == 0:
            mask = np.zeros((256, 1600), bool)
            mask[20 : 60 + number % 90, 100 + number % 900 : 400 + number % 900] = True
            rows.append(f"{number:05}.jpg,{number % 4 + 1},{to_severstal(mask)}")
    (folder / "train.csv").write_text("\n".join(rows) + "\n")


@pytest.mark.slow
def test_ten_kills_at_random_moments(tmp_path):
    severstal(tmp_path / "source", 400)
    call = [sys.executable, "-m", "auxnet_cli", "prepare", "severstal", "source", "--folds", "3"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def start(out):
        return subprocess.Popen(
            [*call, "--out", str(out)], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL
        )

    def content(out):
        return {
            path.relative_to(out).as_posix(): path.read_bytes()
            for path in out.rglob("*")
            if path.is_file()
        }

    plain = tmp_path / "plain" / "steel"
    begin = time.monotonic()
    assert start(plain).wait() == 0
    seconds = time.monotonic() - begin
    disturbed = tmp_path / "disturbed" / "steel"
    moments = random.Random(0)
    kills = 0
    while kills < 10:
        process = start(disturbed)
        time.sleep(moments.uniform(0.1, 0.95) * seconds)
        process.kill()
        code = process.wait()
        assert code in (0, -signal.SIGKILL)
        kills += code != 0
    assert start(disturbed).wait() == 0
    assert content(disturbed) == content(plain)
    assert [path.name for path in disturbed.parent.iterdir()] == ["steel"]
