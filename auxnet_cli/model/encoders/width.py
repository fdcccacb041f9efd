"""The width of an encoder: its published channels, times a factor."""

MULTIPLE = 8
"""Vector units work on so many channels at a time."""


def channels(published: int, factor: float) -> int:
    """So many channels, times a factor; a multiple of ``MULTIPLE`` unless the factor is 1.

    Args:
        published: channels of the network as it was published.
        factor: the setting ``model.encoder_width``.
    """
    if factor == 1:
        return published
    return max(MULTIPLE, round(published * factor / MULTIPLE) * MULTIPLE)
