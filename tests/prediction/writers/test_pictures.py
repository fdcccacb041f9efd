from dataclasses import replace

import cv2
import numpy as np

from auxnet_cli.data.images.reading import read_image, read_mask
from auxnet_cli.prediction.writers.pictures import mask_writer, overlay_writer


def test_overlay(output, found, unreadable, model):
    with overlay_writer(output, model) as render:
        assert render(found)({}) == ["overlays/ä.jpg"]
        assert render(unreadable)({}) == []
    assert [path.name for path in (output.unfinished / "overlays").iterdir()] == ["ä.jpg"]
    assert read_image(output.unfinished / "overlays" / "ä.jpg").shape[1] >= 480


def test_a_mask_a_class(output, found, bare, unreadable, model):
    with mask_writer(output, model) as render:
        names = render(found)({})
        assert render(bare)({}) == []
        assert render(unreadable)({}) == []
    assert names == ["masks/ä_pit.png", "masks/ä_rolled_in.png"]
    for label, name in enumerate(names):
        expected = found.inspection.masks[:, :, label].astype(np.uint8) * 255
        assert np.array_equal(read_mask(output.unfinished / name), expected)


def test_masks_of_names_that_meet_do_not_overwrite(output, found, model):
    found_only = replace(found.inspection, masks=found.inspection.masks.copy())
    with mask_writer(output, replace(model, classes=("a_b", "b"))) as render:
        first = render(replace(found, stem="x", inspection=found_only))({})
        second = render(replace(found, stem="x_a", inspection=found_only))({})
    assert len({*first, *second}) == 4
    assert len(list((output.unfinished / "masks").iterdir())) == 4


def test_overlay_is_in_true_colours(output, found, model):
    image = np.zeros((700, 700, 3), np.uint8)
    image[...] = (200, 40, 10)
    blank = replace(
        found.inspection, height=700, width=700, masks=np.zeros((700, 700, 2), np.bool_), boxes=()
    )
    with overlay_writer(output, model) as render:
        (name,) = render(replace(found, image=image, inspection=blank))({})
    picture = cv2.imdecode(np.fromfile(output.unfinished / name, np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(picture[400, 350].astype(int) - (10, 40, 200)).max() < 8
