"""Agreement of the heads: where class, masks and boxes of one image contradict one another."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flags
from auxnet_cli.scoring.figure import Missing, section
from auxnet_cli.task import TASKS


def agreement(
    evidence: Sequence[Evidence], classes: Sequence[str], thresholds: Mapping[str, float]
) -> dict[str, Any]:
    """The report's ``agreement`` section.

    A head says that an image shows a class when its vote reaches the head's own threshold. Heads
    contradict one another where one says so of a class and another does not.

    Args:
        evidence: the images of a split.
        classes: the defect classes, in order.
        thresholds: of the heads ``cls``, ``seg`` and ``det``, 0-1.

    Returns:
        - ``images``, ``heads`` (those that were built)
        - ``contradictions``: images with one or more; ``share``: part of all images
        - ``pairs``: for two ``heads`` each, the ``images`` on which they contradict one another
        - ``per_class``: by name, the ``images`` with a contradiction, and ``shown``: how many of
          those show the class
        - ``listed``: each (image, class) with a contradiction: ``name``, ``class``, ``truth``
          (whether the image shows the class) and what each head says, ``None`` for one that was
          not built

        With fewer than two heads the figures are ``None``, with the reason.
    """
    heads = [head for head in TASKS if evidence and head in evidence[0].votes]
    if len(heads) < 2:
        reason = Missing(
            "only one head was built" if evidence else "there are no images to compare heads on"
        )
        found = {"contradictions": reason, "share": reason, "pairs": [], "per_class": {}}
        return section(images=len(evidence), heads=heads, **found, listed=[])
    limits = {head: np.float32(thresholds[head]) for head in heads}
    # (images, heads, classes)
    says: Flags = np.array(
        [[one.votes[head] >= limits[head] for head in heads] for one in evidence]
    )
    truth: Flags = np.array([one.labels for one in evidence])
    torn = np.asarray(says.any(axis=1) & ~says.all(axis=1))
    contradictions = int(torn.any(axis=1).sum())
    return section(
        images=len(evidence),
        heads=heads,
        contradictions=contradictions,
        share=contradictions / len(evidence),
        pairs=[
            {
                "heads": [heads[one], heads[other]],
                "images": int((says[:, one] != says[:, other]).any(axis=1).sum()),
            }
            for one, other in combinations(range(len(heads)), 2)
        ],
        per_class={
            name: {
                "images": int(torn[:, label].sum()),
                "shown": int((torn & truth)[:, label].sum()),
            }
            for label, name in enumerate(classes)
        },
        listed=[
            {
                "name": evidence[image].name,
                "class": classes[label],
                "truth": bool(truth[image, label]),
                **dict.fromkeys(TASKS),
                **dict(zip(heads, says[image, :, label].tolist(), strict=True)),
            }
            for image, label in np.argwhere(torn)
        ],
    )
