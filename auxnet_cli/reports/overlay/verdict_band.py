"""Draws the band above an overlay: the verdict, and a chip for each class."""

import cv2
import numpy as np

from auxnet_cli.inspection import Inspection
from auxnet_cli.reports.overlay.fonts import legible
from auxnet_cli.reports.overlay.lettering import Picture, shorten, text_width, write
from auxnet_cli.reports.palette import ALARM, BAND, FAINT, WHITE, colour_of

MOST_CHIPS = 16


def verdict_band(inspection: Inspection, width: int, letters: int) -> Picture:
    """Draws the verdict, then each class with its colour, name and score; found classes stand out.

    The chips take as many rows as they need. ``letters`` is the height of the verdict's letters;
    both sizes are in pixels.
    """
    row, margin, size = 2 * letters, letters // 2, round(0.8 * letters)
    # Readable without colour: a filled plate and capitals against a thin frame.
    verdict = "DEFECTIVE" if inspection.defective else "good"
    plate = text_width(verdict, letters) + letters
    detected = _detected(inspection)
    chips = []
    x, y = margin + plate + letters, 0
    for label, name in _names(inspection, detected):
        text = shorten(name, size, width - 4 * margin - size)
        needed = text_width(text, size) + size + 3 * margin
        if x + needed > width and x > margin:
            x, y = margin, y + row
        chips.append((x, y + row // 2, label, text))
        x += needed
    band = np.full((y + row, width, 3), BAND, np.uint8)
    frame = (margin, letters // 4), (margin + plate, row - letters // 4)
    if inspection.defective:
        cv2.rectangle(band, *frame, ALARM, cv2.FILLED)
    else:
        cv2.rectangle(band, *frame, FAINT, max(1, letters // 12))
    write(band, verdict, (margin + letters // 2, row // 2), letters, WHITE)
    for x, middle, label, text in chips:
        half = size // 2
        if label >= 0:
            fill = cv2.FILLED if label in detected else max(1, size // 8)
            corners = (x, middle - half), (x + size - 1, middle - half + size - 1)
            cv2.rectangle(band, *corners, colour_of(label), fill)
        start = x + size + margin // 2, middle
        write(band, text, start, size, WHITE if label in detected else FAINT)
    return band


def _detected(inspection: Inspection) -> set[int]:
    """Returns the classes with a mask or a box; without both heads, the best class of a defect."""
    detected = {box.label for box in inspection.confident_boxes}
    detected |= {label for label, area in enumerate(inspection.areas) if area}
    if not detected and inspection.defective and inspection.scores is not None:
        detected = {int(np.argmax(inspection.scores))}
    return detected


def _names(inspection: Inspection, detected: set[int]) -> list[tuple[int, str]]:
    """Returns class and text of each chip in the classes' order; the weakest of many are left out.

    The number of classes left out has the class -1.
    """
    scores, names = inspection.scores, legible(inspection.classes)
    if scores is None:
        return [(label, names[label]) for label in sorted(detected)]
    order = sorted(range(len(scores)), key=lambda label: (label not in detected, -scores[label]))
    chips = [(label, f"{names[label]} {scores[label]:.2f}") for label in sorted(order[:MOST_CHIPS])]
    if len(order) > MOST_CHIPS:
        chips.append((-1, f"and {len(order) - MOST_CHIPS} more"))
    return chips
