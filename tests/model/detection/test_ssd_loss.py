import numpy as np
import pytest

from auxnet_cli.backend import ops
from auxnet_cli.model.detection.ssd_loss import FEWEST, ssd_loss

BOXES, CLASSES = 60, 3


def by_hand(classes, offsets, scores, boxes):
    """Image by image, with the background of all images in one list."""
    total, assigned, background = 0.0, 0, []
    for image in range(len(classes)):
        powers = np.exp(scores[image] - scores[image].max(axis=1, keepdims=True))
        entropy = -np.log(powers / powers.sum(axis=1, keepdims=True))
        entropy = entropy[np.arange(BOXES), classes[image] + 1]
        own = classes[image] >= 0
        background.extend(entropy[~own])
        total += entropy[own].sum()
        distance = np.abs(offsets[image] - boxes[image])[own]
        total += np.where(distance < 1, distance**2 / 2, distance - 0.5).sum()
        assigned += own.sum()
    count = max(assigned, FEWEST)
    return (total + sum(sorted(background)[::-1][: 3 * count])) / count


def draw(rng, parts):
    """Gives classes, wanted offsets, logits and given offsets; ``parts`` are assigned boxes."""
    shape = (len(parts), BOXES)
    classes = np.full(shape, -1)
    for image, count in enumerate(parts):
        classes[image, rng.choice(BOXES, count, replace=False)] = rng.integers(0, CLASSES, count)
    offsets, boxes = rng.normal(0, 2, (2, *shape, 4))
    scores = rng.normal(0, 3, (*shape, CLASSES + 1))
    return classes.astype(np.int32), *(x.astype(np.float32) for x in (offsets, scores, boxes))


def loss(*given):
    return float(ssd_loss(*map(ops.convert_to_tensor, given)))


@pytest.mark.parametrize("parts", [(5, 2), (0, 7), (0, 0), (1, 1), (16, 20)])
def test_it_is_the_loss_by_hand(parts):
    given = draw(np.random.default_rng(0), parts)
    assert loss(*given) == pytest.approx(by_hand(*given), rel=1e-5)


def test_good_parts_teach_the_hardest_background():
    classes, offsets, scores, boxes = draw(np.random.default_rng(1), (0,))
    before = loss(classes, offsets, scores, boxes)
    assert before > 0
    scores[0, :, 0] += 5
    assert loss(classes, offsets, scores, boxes) < before


def test_good_parts_leave_the_ratio_as_it_is():
    """Good parts as hard as a defect's own background do not change what the defect weighs."""
    classes, offsets, scores, boxes = draw(np.random.default_rng(2), (6,))
    scores[classes < 0] = 0
    good = (7, BOXES)
    beside = loss(
        np.concatenate([classes, np.full(good, -1, np.int32)]),
        np.concatenate([offsets, np.zeros((*good, 4), np.float32)]),
        np.concatenate([scores, np.zeros((*good, CLASSES + 1), np.float32)]),
        np.concatenate([boxes, np.zeros((*good, 4), np.float32)]),
    )
    assert beside == pytest.approx(loss(classes, offsets, scores, boxes), rel=1e-5)
