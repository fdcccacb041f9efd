import pytest

from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.presets import preset_for, presets


def test_presets_and_their_sizes():
    sizes = {name: load_settings(name).data.size for name in presets()}
    assert sizes["severstal"] == (128, 800)
    assert sizes["tekerreka"] == (600, 600)
    assert {"demo", "swift"} <= set(sizes)


@pytest.mark.parametrize(
    ("kind", "preset"),
    [
        ("severstal", "severstal"),
        ("tekerreka", "tekerreka"),
        ("synthetic", "demo"),
        ("masks", "swift"),
    ],
)
def test_a_data_sets_kind_chooses_the_preset(kind, preset):
    assert preset_for(kind) == preset
