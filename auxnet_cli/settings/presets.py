"""Finds the presets, and the one that a kind of data set is trained with."""

from pathlib import Path


def preset_folder() -> Path:
    """Returns the folder of the presets: in an installed package, or beside it in a checkout."""
    here = Path(__file__).parents[1]
    installed = here / "defaults"
    return installed if installed.is_dir() else here.parent / "defaults"


def presets() -> list[str]:
    """Returns the names of the presets."""
    return sorted(path.stem for path in preset_folder().glob("*.yaml"))


def preset_for(kind: str) -> str:
    """Returns the preset for a kind of data set: its namesake, demo for synthetic, else swift."""
    if kind == "synthetic":
        return "demo"
    return kind if kind in presets() else "swift"
