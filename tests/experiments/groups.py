"""Groups of images that show one part, from the file that ``auxnet prepare --group-by`` takes."""

import csv
from pathlib import Path


def read_groups(file: Path | None) -> dict[str, str]:
    """Group of each image, by name; of no file, none."""
    if file is None:
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["file"]: row["group"] for row in csv.DictReader(lines)}
