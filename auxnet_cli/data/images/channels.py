"""How many channels a PNG or JPEG file holds, from its header."""

import struct

from auxnet_cli.data.images.containers import JPEG, PNG, START_OF_FRAME, jpeg_segments

# By PNG's colour type; a palette stands for colour.
_OF_PNG = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}


def channels(content: bytes) -> int | None:
    """Channels of an image file's bytes; ``None`` where the header does not tell."""
    try:
        if content.startswith(PNG):
            return _OF_PNG.get(content[25])
        if content.startswith(JPEG):
            frames = (at for marker, at in jpeg_segments(content) if marker in START_OF_FRAME)
            return next((content[at + 7] for at in frames), None)
    except (ValueError, IndexError, struct.error):
        pass
    return None
