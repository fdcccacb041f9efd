"""The network: encoder, attention, pyramid, heads, anchors, losses and decoding."""
