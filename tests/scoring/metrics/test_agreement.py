import json

import numpy as np
import pytest

from auxnet_cli.documents.section import Missing
from auxnet_cli.scoring.metrics.agreement import agreement


@pytest.fixture
def agree(made_up, split_of):
    """The agreement on images given as (name, labels, votes)."""

    def make(*images, **decision):
        evidence = [
            made_up(
                name=name,
                labels=np.array(labels),
                votes={head: np.float32(vote).astype(float) for head, vote in votes.items()},
            )
            for name, labels, votes in images
        ]
        return agreement(split_of(evidence, **{"mask_score": 0.6, **decision}))

    return make


NEITHER = [False, False]


def test_contradictions_are_counted_and_listed(agree):
    found = agree(
        ("same", NEITHER, {"cls": [0.9, 0], "seg": [0.9, 0], "det": [0.9, 0]}),
        ("torn", [True, False], {"cls": [0.5, 0], "seg": [0.59, 0], "det": [0.4, 0]}),
        ("both", [False, True], {"cls": [0, 0.9], "seg": [0.6, 0], "det": [0, 0]}),
    )
    assert json.loads(json.dumps(found)) == found
    says = {"cls": True, "seg": False, "det": True}
    assert found == {
        "images": 3,
        "heads": ["cls", "seg", "det"],
        "contradictions": 2,
        "share": 2 / 3,
        "pairs": [
            {"heads": ["cls", "seg"], "images": 2},
            {"heads": ["cls", "det"], "images": 1},
            {"heads": ["seg", "det"], "images": 2},
        ],
        "per_class": {"pit": {"images": 2, "shown": 1}, "crack": {"images": 1, "shown": 1}},
        "listed": [
            {"name": "torn", "class": "pit", "truth": True, **says},
            {"name": "both", "class": "pit", "truth": False, "cls": False, "seg": True,
             "det": False},
            {"name": "both", "class": "crack", "truth": True, "cls": True, "seg": False,
             "det": False},
        ],
    }  # fmt: skip


def test_heads_that_were_not_built_say_nothing(agree):
    found = agree(("a", NEITHER, {"seg": [0.9, 0], "det": [0, 0]}))
    assert found["pairs"] == [{"heads": ["seg", "det"], "images": 1}]
    assert found["listed"][0]["cls"] is None
    alone = agree(("a", NEITHER, {"det": [0.9, 0]}))
    assert alone["contradictions"] == alone["share"] == Missing("only one head was built")
    assert agree()["share"] == Missing("there are no images to compare heads on")


def test_a_threshold_counts_as_the_decoder_counts_it(agree):
    """0.7 as 32-bit float is a little less than as 64-bit float."""
    image = ("a", NEITHER, {"cls": [0.7, 0], "det": [0.9, 0]})
    assert agree(image, class_score=0.7)["contradictions"] == 0
