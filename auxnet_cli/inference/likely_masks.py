"""Recognises masks among the images to inspect, so that users can leave them out.

It only warns: a file that is silently passed over might have been a photograph.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from auxnet_cli.data.images.reading import read_mask
from auxnet_cli.data.sources.files.source_folder import named_like_masks
from auxnet_cli.errors import InputError

_ENDING = re.compile(
    r"[-_. ](masks?|labels?|gt|seg(mentation|m)?|annot(ation|ated)?|(ground)?truth)$", re.IGNORECASE
)
# Masks are kept in these, since JPEG changes their numbers.
_LOSSLESS = frozenset({".png", ".bmp", ".tif", ".tiff"})

_SAMPLES = 5
_MOST_VALUES = 32
"""A mask has a value for each class; a photograph has hundreds."""

Below = dict[Path, tuple[str, ...]]
"""Of each image, the parts of its path below the folder that was given."""

Pair = tuple[Path, Path]
"""A mask and its image."""


def mask_cautions(below: Below) -> list[str]:
    """Says that some of the images look like the masks of others, with an example of each sort.

    Masks lie in a folder named like masks, under the name of an image elsewhere; or beside the
    image, in a lossless format and with few values.
    """
    apart = _apart(below)
    named = {mask for mask, _ in apart}
    beside = [pair for pair in _beside(below) if pair[0] not in named]
    cautions = []
    if apart:
        mask, image = apart[0]
        cautions.append(_caution(below, apart, f"{mask}, which has the name of {image}"))
    if beside and _look_like_masks([mask for mask, _ in beside]):
        mask, image = beside[0]
        cautions.append(_caution(below, beside, f"{mask} beside {image.name}"))
    return cautions


def _caution(below: Below, pairs: Sequence[Pair], example: str) -> str:
    return (
        f"Probable masks among the images: {len(pairs)}, such as {example}. They are inspected all "
        f"the same; to leave them out, {_advice(below, pairs)}."
    )


def _apart(below: Below) -> list[Pair]:
    """Pairs each image in a folder named like masks with an image elsewhere of the same name."""
    among_masks = {path: any(map(named_like_masks, parts[:-1])) for path, parts in below.items()}
    images: dict[str, Path] = {}
    for path in below:
        if not among_masks[path]:
            images.setdefault(_name(path), path)
    return [
        (path, images[_name(path)]) for path in below if among_masks[path] and _name(path) in images
    ]


def _beside(below: Below) -> list[Pair]:
    """Pairs each image in a lossless format with one of the same name beside it."""
    plain: dict[tuple[Path, str], Path] = {}
    lossy: dict[tuple[Path, str], Path] = {}
    for path in below:
        if path.stem == _bare(path):
            plain.setdefault((path.parent, _name(path)), path)
            if not _is_lossless(path):
                lossy.setdefault((path.parent, _name(path)), path)
    pairs = []
    for path in filter(_is_lossless, below):
        image = (lossy if path.stem == _bare(path) else plain).get((path.parent, _name(path)))
        if image is not None:
            pairs.append((path, image))
    return pairs


def _is_lossless(path: Path) -> bool:
    return path.suffix.lower() in _LOSSLESS


def _bare(path: Path) -> str:
    """Returns the stem without an ending such as ``_mask``."""
    return _ENDING.sub("", path.stem)


def _name(path: Path) -> str:
    return _bare(path).casefold()


def _look_like_masks(paths: Sequence[Path]) -> bool:
    """Returns whether most of a few of the files are grey or indexed, with few values."""
    samples = np.linspace(0, len(paths) - 1, min(len(paths), _SAMPLES)).astype(int)
    votes = [_has_few_values(paths[index]) for index in samples]
    return 2 * sum(votes) > len(votes)


def _has_few_values(path: Path) -> bool:
    try:
        return len(np.unique(read_mask(path))) <= _MOST_VALUES
    except (InputError, OSError):
        return False


def _advice(below: Below, pairs: Sequence[Pair]) -> str:
    """Says how to name the images and not their masks."""
    mask, image = pairs[0]
    if not mask.is_relative_to(image.parent):
        return f"name the folder of the images alone, as in {image.parent}"
    suffix = Counter(image.suffix for _, image in pairs).most_common(1)[0][0]
    if mask.parent != image.parent:
        return f'name the images alone by a pattern, as in "{image.parent / f"*{suffix}"}"'
    if any(mask.suffix == suffix for mask, _ in pairs):
        return "move them into another folder"
    base = Path(*image.parts[: len(image.parts) - len(below[image])])
    pattern = f"**/*{suffix}" if len(below[image]) > 1 else f"*{suffix}"
    return f'name the images alone by a pattern, as in "{base / pattern}"'
