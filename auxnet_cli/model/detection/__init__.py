"""Detection by anchors: where they lie, how truths are matched to them, and how boxes are coded."""
