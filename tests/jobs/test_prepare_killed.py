"""A prepare that is killed and started again gives what an undisturbed one gives."""

import json
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")

# Imports once, then kills one fork after another at one of its system events: opening, making,
# linking, renaming, removing. Answers what did not come out as it should.
DRIVER = """
import hashlib, itertools, json, os, shutil, signal, sys
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

prepare("masks", Path("tiles"))  # whatever is imported and compiled late
shutil.rmtree("data")
wrong = []
_, total = run()
expected = content()
if sys.argv[1] == "over another":
    run(seed=1)
    former = content()
    shutil.copytree("data", "former")
    _, total = run()
else:
    former = {}
middle = range(9, total - 14, max(1, (total - 23) // 4))
moments = sorted({*range(1, 9), *middle, *range(total - 13, total + 1)})
for moment in moments:
    # As it was before.
    shutil.rmtree("data")
    if former:
        shutil.copytree("former", "data")
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
    report = json.loads(answer.stdout)
    assert report["wrong"] == []
    assert report["moments"] > 20
