"""Plans the series of made-up images: which defects image ``number`` of a look and seed shows."""

import zlib

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic import fastener, strip
from auxnet_cli.data.synthetic.scene import Look, render

_LOOKS: dict[str, Look] = {"strip": strip.LOOK, "fastener": fastener.LOOK}
LOOKS = {name: look.classes for name, look in _LOOKS.items()}
"""Names of the classes of each look."""

_COUNTS = (0.45, 0.35, 0.20)  # share of the defective images with one, two and three defects

# Steps of the R2 sequence (Roberts, "The unreasonable effectiveness of quasirandom sequences",
# 2018): a series of any length has the promised share of good images and of each class.
_STEPS = (0.7548776662466927, 0.5698402909980532)


def generate(look: str, number: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Makes image ``number``, from 0, of the series of a look of ``LOOKS`` and a seed.

    It depends on nothing but these three. Returns its pixels, (height, width, 3) RGB, and its
    masks, (height, width, classes), true where a defect altered the picture.
    """
    # The name stands in the entropy, so that two looks of one seed share no random numbers.
    entropy = [seed, number, zlib.crc32(look.encode())]
    plan_stream, picture_stream = np.random.SeedSequence(entropy).spawn(2)
    labels = _labels(look, number, seed, np.random.default_rng(plan_stream))
    return render(_LOOKS[look], np.random.default_rng(picture_stream), labels)


def _labels(look: str, number: int, seed: int, rng: np.random.Generator) -> list[int]:
    """Returns the class of each defect: none on a good image, else one to three of two classes."""
    offset = np.random.default_rng([seed, zlib.crc32(look.encode())]).random(2)
    verdict, kind = ((offset + np.asarray(_STEPS) * (number + 1)) % 1.0).tolist()
    if verdict < _LOOKS[look].good:
        return []
    classes = len(LOOKS[look])
    first = int(kind * classes)
    second = int(rng.integers(classes))
    count = 1 + int(rng.choice(len(_COUNTS), p=_COUNTS))
    return [first] + [first if rng.random() < 0.5 else second for _ in range(count - 1)]
