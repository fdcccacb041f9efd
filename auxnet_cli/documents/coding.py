"""States how the input of a network is made and its output is read, for the model card.

Programs that run an exported network without auxnet follow it: see ``docs/export.md``.
"""

import math

from auxnet_cli.documents.section import Entries
from auxnet_cli.verdict.fused_votes import FAINTEST_VOTE, MOST_LOG_ODDS

BOX_SPREAD = (0.1, 0.1, 0.2, 0.2)
"""Divides the offsets of a box: Faster R-CNN's usual spread of x, y, width, height."""

BOX_MOST_LOG_SCALE = math.log(1000 / 16)
"""Largest log of a box's size over its anchor's, so that ``exp`` cannot overflow."""

JOINING_GAP = 0.01
"""Gap up to which the pieces of a broken mask are one region; part of the image's shorter side."""

BOX_GRID = 8
"""The probability inside a box is the mean of BOX_GRID × BOX_GRID evenly spaced pixels."""

CODING: Entries = {
    "input": {
        "name": "pixels",
        "dtype": "uint8",
        "channels": "RGB",
        "resize": "area where a side shrinks, then linear where a side grows",
        "keep_aspect": False,
    },
    "decoding": {
        "box_spread": list(BOX_SPREAD),
        "box_most_log_scale": BOX_MOST_LOG_SCALE,
        "nms": "per class",
        "mask_enlarging": "linear, of probabilities",
        "joining_gap": JOINING_GAP,
        "box_grid": BOX_GRID,
        "faintest_vote": FAINTEST_VOTE,
        "most_log_odds": MOST_LOG_ODDS,
    },
}
"""What each model card holds, word for word."""
