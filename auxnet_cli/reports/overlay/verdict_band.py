"""The band above an overlay: the verdict, and a chip a class."""

import cv2
import numpy as np

from auxnet_cli.inspection import Inspection
from auxnet_cli.reports.overlay.fonts import legible
from auxnet_cli.reports.overlay.lettering import Picture, shorten, text_width, write
from auxnet_cli.reports.palette import ALARM, BAND, FAINT, WHITE, colour_of

MOST_CHIPS = 16


def verdict_band(inspection: Inspection, width: int, letters: int) -> Picture:
    """The verdict, then each class with its colour, name and score; found classes stand out.

    Args:
        inspection: the findings.
        width: of the band, pixels; the chips take as many rows as they need.
        letters: height of the verdict's letters, pixels.
    """
    row, margin, size = 2 * letters, letters // 2, round(0.8 * letters)
    # The verdict reads without colour too: a filled plate and capitals against a thin frame.
    verdict = "DEFECTIVE" if inspection.defective else "good"
    plate = text_width(verdict, letters) + letters
    chips, places = _chips(inspection), []
    x, y = margin + plate + letters, 0
    for label, words in chips:
        text = shorten(words, size, width - 4 * margin - size)
        needed = text_width(text, size) + size + 3 * margin
        if x + needed > width and x > margin:
            x, y = margin, y + row
        places.append((x, y + row // 2, label, text))
        x += needed
    band = np.full((y + row, width, 3), BAND, np.uint8)
    frame = (margin, letters // 4), (margin + plate, row - letters // 4)
    if inspection.defective:
        cv2.rectangle(band, *frame, ALARM, cv2.FILLED)
    else:
        cv2.rectangle(band, *frame, FAINT, max(1, letters // 12))
    write(band, verdict, (margin + letters // 2, row // 2), letters, WHITE)
    found = _found(inspection)
    for x, middle, label, text in places:
        half = size // 2
        if label >= 0:
            fill = cv2.FILLED if label in found else max(1, size // 8)
            corners = (x, middle - half), (x + size - 1, middle - half + size - 1)
            cv2.rectangle(band, *corners, colour_of(label), fill)
        place = x + size + margin // 2, middle
        write(band, text, place, size, WHITE if label in found else FAINT)
    return band


def _found(inspection: Inspection) -> set[int]:
    """The classes that have a mask or a box; without either task, the best class of a defect."""
    found = {box.label for box in inspection.confident_boxes}
    found |= {label for label, area in enumerate(inspection.areas) if area}
    if not found and inspection.defective and inspection.scores is not None:
        found = {int(np.argmax(inspection.scores))}
    return found


def _chips(inspection: Inspection) -> list[tuple[int, str]]:
    """(class, text) in the classes' order, the weakest of very many left out."""
    found, scores, names = _found(inspection), inspection.scores, legible(inspection.classes)
    if scores is None:
        return [(label, names[label]) for label in sorted(found)]
    order = sorted(range(len(scores)), key=lambda label: (label not in found, -scores[label]))
    chips = [(label, f"{names[label]} {scores[label]:.2f}") for label in sorted(order[:MOST_CHIPS])]
    if len(order) > MOST_CHIPS:
        chips.append((-1, f"and {len(order) - MOST_CHIPS} more"))
    return chips
