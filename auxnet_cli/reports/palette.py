"""Defines the colours of classes in pictures, and of the frame around the pictures."""

Colour = tuple[int, int, int]
"""Red, green, blue, 0-255."""

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
BAND: Colour = (32, 32, 32)
FAINT: Colour = (150, 150, 150)
ALARM: Colour = (190, 40, 0)
NEW: Colour = (255, 60, 140)
"""What good parts never showed."""

# Okabe and Ito's colours: people with any common colour blindness can tell them apart.
PALETTE: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (204, 121, 167),
    (0, 158, 115),
    (240, 228, 66),
    (213, 94, 0),
    (0, 114, 178),
)


def colour_of(label: int) -> Colour:
    """Returns the colour of a class; colours repeat after seven classes."""
    return PALETTE[label % len(PALETTE)]


def contrast(colour: Colour) -> Colour:
    """Returns black or white, whichever is easier to read on ``colour``."""
    red, green, blue = colour
    return BLACK if 0.299 * red + 0.587 * green + 0.114 * blue > 100 else WHITE
