"""The page on training says truly what each preset is chosen for."""

import re
from pathlib import Path

from auxnet_cli.data.sources.registry import FORMATS
from auxnet_cli.settings.presets import preset_for, presets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "train.md"
ROW = re.compile(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", re.MULTILINE)


def test_each_preset_is_chosen_for_what_the_table_says():
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("| preset | network |") :].split("\n\n")[0]
    chosen = dict(ROW.findall(table))
    assert sorted(chosen) == presets()
    assert chosen.pop("swift") == "everything else"
    said = {kind: name for name, told in chosen.items() for kind in re.findall(r"`(\w+)`", told)}
    for kind in FORMATS:
        assert preset_for(kind) == said.pop(kind, "swift")
    assert not said
