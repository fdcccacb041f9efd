from dataclasses import replace

import cv2
import numpy as np

from auxnet_cli.data.images.reading import read_image, read_mask
from auxnet_cli.prediction.writers.pictures import mask_writer, overlay_writer


def test_overlay(output, defective, unreadable, card):
    with overlay_writer(output, card) as render:
        assert render(defective, "ä")({}) == ["overlays/ä.jpg"]
        assert not render(unreadable, "c")({})
    assert [path.name for path in (output.unfinished / "overlays").iterdir()] == ["ä.jpg"]
    assert read_image(output.unfinished / "overlays" / "ä.jpg").shape[1] >= 480


def test_a_mask_a_class(output, defective, bare, unreadable, card):
    with mask_writer(output, card) as render:
        names = render(defective, "ä")({})
        assert not render(bare, "b")({})
        assert not render(unreadable, "c")({})
    assert names == ["masks/ä_pit.png", "masks/ä_rolled_in.png"]
    for label, name in enumerate(names):
        expected = defective.inspection.masks[:, :, label].astype(np.uint8) * 255
        assert np.array_equal(read_mask(output.unfinished / name), expected)


def test_masks_of_names_that_meet_do_not_overwrite(output, defective, card):
    card.classes = ("a_b", "b")
    with mask_writer(output, card) as render:
        names = {*render(defective, "x")({}), *render(defective, "x_a")({})}
    assert len(names) == len(list((output.unfinished / "masks").iterdir())) == 4


def test_overlay_is_in_true_colours(output, defective, card):
    image = np.zeros((700, 700, 3), np.uint8)
    image[...] = (200, 40, 10)
    blank = replace(
        defective.inspection, height=700, width=700, masks=np.zeros((700, 700, 2), bool), boxes=()
    )
    with overlay_writer(output, card) as render:
        (name,) = render(replace(defective, image=image, inspection=blank), "ä")({})
    picture = cv2.imdecode(np.fromfile(output.unfinished / name, np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(picture[400, 350].astype(int) - (10, 40, 200)).max() < 8
