"""How long scoring takes, and how much memory: 2,500 made-up inspections of Severstal's size.

``python tests/scoring/evaluation_speed.py [IMAGES]`` prints seconds and mebibytes. Inspecting the
images with Defect-Aux-Net-50 takes about 0.12 s each on one core.
"""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.instances import components
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.scoring.detectability.study import detectability
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.image_evidence import gather
from auxnet_cli.scoring.scores import full_score

CLASSES = ("1", "2", "3", "4")
HEIGHT, WIDTH = 256, 1600
SPENT: dict[str, float] = {}


def main(images: int) -> None:
    """Score made-up images, and print what it took."""
    rng = np.random.default_rng(0)
    evidence = [one(rng, number) for number in range(images)]
    with spent("figures and intervals"):
        full_score(evidence, CLASSES, ("cls", "seg", "det"))
    with spent("probability of detection"):
        detectability(evidence, CLASSES)
    for what, seconds in SPENT.items():
        print(f"{what}: {seconds:.1f} s")  # noqa: T201
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"in all: {sum(SPENT.values()):.1f} s, peak {peak:.0f} MiB")  # noqa: T201


def one(rng: np.random.Generator, number: int) -> Evidence:
    """An image: half are good; the others have one to four defects and are mostly found."""
    true, found = np.zeros((2, HEIGHT, WIDTH, len(CLASSES)), np.uint8)
    places = []
    for _ in range(rng.integers(1, 5) if number % 2 else 0):
        label = int(rng.choice(4, p=[0.12, 0.04, 0.7, 0.14]))
        x, y = int(rng.integers(100, 1500)), int(rng.integers(40, 216))
        axes = int(rng.integers(4, 90)), int(rng.integers(4, 40))
        turned = int(rng.integers(180))
        _ellipse(true, label, (x, y), axes, turned)
        if rng.random() < 0.8:
            _ellipse(found, label, (x + 4, y + 3), axes, turned)
        places.append((label, x, y))
    annotations = tuple(
        Annotation(label, tuple(map(float, instance.box)), instance.rle)
        for label in range(len(CLASSES))
        for instance in components(true[..., label] > 0)
    )
    jitter = [
        Box(
            shape.label,
            float(rng.random()),
            *(float(value + rng.normal(0, 4)) for value in shape.box),
        )
        for shape in annotations
    ]
    stray = [
        Box(int(rng.integers(4)), float(rng.random() * 0.4), *map(float, rng.uniform(5, 200, 4)))
        for _ in range(100 - len(jitter))
    ]
    boxes = tuple(sorted(jitter + stray, key=lambda box: -box.score))
    scores = rng.random(len(CLASSES)).astype(np.float32)
    record = Record(number, str(number), Path("none"), HEIGHT, WIDTH, annotations)
    masks = found > 0
    answer = Inspection(HEIGHT, WIDTH, CLASSES, scores, masks, boxes, bool(masks.any()))
    with spent("evidence"):
        return gather(record, answer, len(CLASSES))


def _ellipse(
    masks: np.ndarray, label: int, place: tuple[int, int], axes: tuple[int, int], turned: int
) -> None:
    layer = np.ascontiguousarray(masks[..., label])
    masks[..., label] = cv2.ellipse(layer, place, axes, turned, 0, 360, 1, -1)


@contextmanager
def spent(what: str) -> Iterator[None]:
    """Add the processor's seconds to ``SPENT``."""
    start = time.process_time()
    yield
    SPENT[what] = SPENT.get(what, 0) + time.process_time() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2500)
