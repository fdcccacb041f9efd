import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.source import Request
from auxnet_cli.data.sources.synthetic import read
from auxnet_cli.data.synthetic import LOOKS, generate
from auxnet_cli.errors import InputError


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_images_and_masks_are_the_generators(look):
    opened = read(Request(look=look, images=3, seed=5), Audit())
    assert (opened.classes, opened.image_count, opened.root) == (LOOKS[look], 3, None)
    images = list(opened.images)
    assert [image.name for image in images] == [f"{look}-{number:05d}.png" for number in range(3)]
    pixels, masks = generate(look, 2, 5)
    stored = cv2.imdecode(np.frombuffer(images[2].content, np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(stored[..., ::-1], pixels)
    labels = images[2].labels(*pixels.shape[:2])
    assert [name for name, _ in labels] == list(LOOKS[look])
    assert np.array_equal(np.dstack([mask for _, mask in labels]), masks)


def test_wrong_requests(tmp_path):
    with pytest.raises(InputError, match=r"no look 'strop'. Did you mean 'strip'"):
        read(Request(look="strop"), Audit())
    with pytest.raises(InputError, match="at least one image"):
        read(Request(images=0), Audit())
    with pytest.raises(InputError, match="leave out"):
        read(Request(tmp_path), Audit())
