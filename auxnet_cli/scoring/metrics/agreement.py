"""Agreement of the heads: where class, masks and boxes of one image contradict one another."""

from itertools import combinations

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Flags
from auxnet_cli.task import TASKS
from auxnet_cli.verdict.verdict import Verdict


def agreement(split: EvaluatedSplit) -> Entries:
    """Returns the report's ``agreement`` section.

    A head says that an image shows a class when its vote reaches the head's own threshold. Heads
    contradict one another where one says so of a class and another does not. With fewer than two
    heads the figures are missing.
    """
    evidence = split.evidence
    heads = [head for head in TASKS if evidence and head in evidence[0].votes]
    section: Entries = {"images": len(evidence), "heads": heads}
    if len(heads) < 2:
        reason = Missing(
            "only one head was built" if evidence else "there are no images to compare heads on"
        )
        nothing: Entries = {"pairs": [], "per_class": {}, "listed": []}
        return {**section, "contradictions": reason, "share": reason, **nothing}
    thresholds = Verdict(split.decision).thresholds
    limits = {head: np.float32(thresholds[head]) for head in heads}
    # (images, heads, classes)
    says: Flags = np.array(
        [[image.votes[head] >= limits[head] for head in heads] for image in evidence]
    )
    truth: Flags = np.array([image.labels for image in evidence])
    torn = np.asarray(says.any(axis=1) & ~says.all(axis=1))
    contradictions = int(torn.any(axis=1).sum())
    return {
        **section,
        "contradictions": contradictions,
        "share": contradictions / len(evidence),
        "pairs": [
            {
                "heads": [heads[first], heads[second]],
                "images": int((says[:, first] != says[:, second]).any(axis=1).sum()),
            }
            for first, second in combinations(range(len(heads)), 2)
        ],
        "per_class": {
            name: {"images": int(of_class.sum()), "shown": int((of_class & shown).sum())}
            for name, of_class, shown in zip(split.classes, torn.T, truth.T, strict=True)
        },
        "listed": [
            {
                "name": evidence[image].name,
                "class": split.classes[label],
                "truth": bool(truth[image, label]),
                **dict.fromkeys(TASKS),
                **dict(zip(heads, says[image, :, label].tolist(), strict=True)),
            }
            for image, label in np.argwhere(torn)
        ],
    }
