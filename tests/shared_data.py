"""Where the real photographs lie that some tests read; tests skip where they are absent."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
