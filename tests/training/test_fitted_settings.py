from dataclasses import replace

import pytest

from auxnet_cli.settings import Settings, TileSettings
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.fitted_settings import choices, fit_settings, shrink


def fitted(*overrides, sizes, preset="swift"):
    return fit_settings(load_settings(preset, overrides=overrides), sizes)


@pytest.mark.parametrize(
    ("side", "tile"), [(256, None), (280, None), (300, (256, 256)), (4000, (256, 256))]
)
def test_shrunk_images_are_cut_into_tiles(side, tile):
    settings = fitted(sizes=[(side, side)] * 3 + [(5000, 5000)])
    assert settings.tile.size == tile
    assert settings.tile.whole == (0.5 if tile else 0)


def test_a_long_image_is_judged_by_its_area():
    assert shrink((128, 800), [(256, 1600)]) == 2
    assert shrink((100, 100), [(400, 100), (100, 900), (100, 100)]) == 2


def test_what_is_set_stays():
    large = [(900, 900)] * 50
    for overrides in (["tile.size=null"], ["tile.size=[64, 64]"]):
        given = load_settings("swift", overrides=[*overrides, "training.epochs=3"])
        assert fit_settings(given, large) == given
    assert fitted("tile.whole=0", sizes=large).tile == TileSettings(size=(256, 256))
    for preset in ("paper", "severstal", "tekerreka", "demo"):
        assert fitted(sizes=large, preset=preset) == load_settings(preset)


def test_epochs_show_as_many_images_of_any_set():
    assert fitted(sizes=[(192, 192)] * 750).training.epochs == 20
    assert fitted(sizes=[(192, 192)] * 20).training.epochs == 100
    assert fitted(sizes=[(192, 192)] * 90_000).training.epochs == 12
    assert fitted("tile.per_image=2", sizes=[(500, 500)] * 375).training.epochs == 20
    # Without tiles an epoch shows each image once.
    assert fitted("tile.per_image=2", sizes=[(192, 192)] * 750).training.epochs == 20
    assert fit_settings(Settings(), []) == Settings()


@pytest.mark.parametrize(("validated", "monitor"), [(None, "score"), (49, "last"), (50, "score")])
def test_few_validation_parts_choose_no_network(validated, monitor):
    settings = fit_settings(load_settings("severstal"), [(256, 1600)], validated)
    assert settings.training.monitor == monitor
    named = load_settings("swift", overrides=["training.monitor=loss"])
    assert fit_settings(named, [(256, 256)], validated).training.monitor == "loss"


def test_it_says_what_it_chose(made):
    records = made.split("train")
    settings = fit_settings(load_settings("swift"), [(r.height, r.width) for r in records])
    images, encoder, views, defects, length = choices(settings, records)
    good = sum(not record.annotations for record in records)
    assert images.startswith(f"{len(records)} images: {good} good, {len(records) - good} defective")
    assert encoder == (
        "encoder: efficientnet-lite0, weights auto, still for 1 epoch, at 0.3 of the rate"
    )
    assert views.startswith("views: the whole image; whole images are shrunk")
    assert defects == "defects: pasted onto good parts where a class is rare"
    epochs = settings.training.epochs
    assert length == f"length: {epochs} epochs; the best network on validation is kept"
    boxes = [
        replace(record, annotations=tuple(replace(a, rle=None) for a in record.annotations))
        for record in records
    ]
    assert choices(settings, boxes)[3] == "defects: as they come"
    timed = load_settings("swift", overrides=["training.minutes=5", "tile.size=[64, 64]"])
    assert choices(timed, records)[2].startswith("views: tiles of 64 × 64 px;")
    assert choices(timed, records)[4].startswith("length: 5 minutes; ")
