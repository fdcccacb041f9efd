"""``auxnet`` with a stand-in for the network, in a process that tests can kill.

    python predicting.py call SECONDS predict photos --out out …   SECONDS an image
    python predicting.py kills photos before outs

The second predicts ``photos`` again and again, each time into a new copy ``outs/<n>`` of the output
folder ``before``, and is killed before the n-th thing that it does to the disk, until one survives.
It prints how many were killed.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.inspector import Inspector
from auxnet_cli.prediction.line_file import LineFile
from auxnet_cli.settings import AnchorSettings, DecisionSettings

CLASSES = ("pit", "crack")
SHA256 = "ab" * 32
EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}


class StandIn:
    """Takes bright pixels for a pit: a stand-in for a trained model."""

    workers = 0
    card = SimpleNamespace(bits=16)

    def __init__(self, seconds=0.0):
        self.seconds, self.opened, self.seen, self.stop_after = seconds, [], 0, 10**9

    def open(self, run, engine="auto", decision=None, *_, **__):
        self.opened.append((run, engine, decision))
        return self

    def inspect_batch(self, images):
        self.seen += 1
        if self.seen > self.stop_after:
            raise KeyboardInterrupt
        time.sleep(self.seconds)
        return [self.look(image) for image in images]

    def look(self, image):
        masks = np.zeros((*image.shape[:2], 2), np.bool_)
        masks[..., 0] = image[..., 0] > 127
        bad = bool(masks.any())
        boxes = (Box(0, 0.9, 2, 2, 4, 4),) if bad else ()
        scores = np.array([0.9 if bad else 0.1, 0.2], np.float32)
        return Inspection(*image.shape[:2], CLASSES, scores, masks, boxes, bad, seconds=0.25)


def write_run():
    """A run that is the latest one of the current folder."""
    run = Path("runs/first")
    run.mkdir(parents=True)
    (run / "model.keras").touch()
    Path("runs/latest").write_text("first\n")
    ModelCard(
        tool_version="0",
        name="first",
        classes=CLASSES,
        label_kind="multi-label",
        tasks=("cls", "seg"),
        size=(32, 32),
        anchors=AnchorSettings(),
        decision=DecisionSettings(),
        parameters=1,
        initial_weights="none",
        dataset={"name": "x", "fingerprint": "y"},
        sha256=SHA256,
    ).write(run / "model.json")


def save(path, pit):
    """A photograph with or without a pit."""
    image = np.full((20, 24, 3), 60, np.uint8)
    if pit:
        image[2:6, 2:6] = 220
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def call(seconds, *arguments):
    from auxnet_cli.app import main

    Inspector.open = StandIn(float(seconds)).open
    sys.argv = ["auxnet", *arguments]
    main()


def kills(photos, before, outs):
    from auxnet_cli.jobs.predict import predict

    Inspector.open = StandIn().open
    predict(photos, out=Path(outs) / "whole")  # whatever is imported late
    shutil.rmtree(Path(outs) / "whole")
    number = 0
    while True:
        number += 1
        out = Path(outs) / str(number)
        if Path(before).exists():
            shutil.copytree(before, out)
        child = os.fork()
        if not child:
            die_at(number, str(outs))
            predict(photos, out=out)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            break
    sys.stdout.write(f"{number - 1}\n")


def die_at(number, below):
    """Kill this process before the n-th change of the disk, or in the middle of a line."""
    left = number

    def change():
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event, arguments):
        path = str(arguments[0]) if arguments else ""
        writes = event == "open" and isinstance(arguments[1], str) and "w" in arguments[1]
        if (writes or event in EVENTS) and below in path:
            change()

    append = LineFile.append

    def append_in_two(self, text):
        change()
        append(self, text[: len(text) // 2])
        change()
        append(self, text[len(text) // 2 :])

    LineFile.append = append_in_two
    sys.addaudithook(watch)


if __name__ == "__main__":
    {"call": call, "kills": kills}[sys.argv[1]](*sys.argv[2:])
