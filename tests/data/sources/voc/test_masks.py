import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.source import Canvas, RejectedImageError
from auxnet_cli.data.sources.voc import masks as voc_masks
from auxnet_cli.data.sources.voc.labelmap import read_mask_names
from auxnet_cli.data.sources.voc.masks import read_class_masks
from auxnet_cli.errors import InputError

RED, GREEN, VOID = (128, 0, 0), (0, 128, 0), (224, 224, 192)


def put(path, pixels):
    pixels = np.asarray(pixels)
    stored = pixels.astype(np.uint16 if pixels.max() > 255 else np.uint8)
    if stored.ndim == 3:
        stored = np.ascontiguousarray(stored[..., ::-1])
    path.write_bytes(cv2.imencode(".png", stored)[1].tobytes())
    return path


def layers(root, classes, objects=None, audit=None, size=None):
    mask = put(root / "a.png", classes)
    drawn = None if objects is None else put(root / "b.png", objects)
    canvas = Canvas("a.jpg", *(size or np.shape(classes)[:2]), audit or Audit())
    folder = SourceFolder(root, canvas.audit)
    masks = read_class_masks(mask, drawn, read_mask_names(folder, [mask]), folder, canvas)
    return [(name, layer.astype(int).tolist()) for name, layer in masks]


def test_numbers_and_names(tmp_path):
    assert layers(tmp_path, [[0, 2, 255]]) == [("2", [[0, 1, 0]])]
    (tmp_path / "class_names.txt").write_text("back\npit\ncrack\n")
    assert layers(tmp_path, [[0, 2, 1]]) == [("pit", [[0, 0, 1]]), ("crack", [[0, 1, 0]])]
    assert layers(tmp_path, [[0, 0, 0]]) == []


def test_black_and_white(tmp_path):
    assert layers(tmp_path, [[0, 255, 255]]) == [("defect", [[0, 1, 1]])]


@pytest.mark.parametrize("scale", [1, 300])
def test_touching_objects_lie_on_two_masks(tmp_path, scale):
    (tmp_path / "class_names.txt").write_text("back\npit\ncrack\n")
    shown = layers(tmp_path, [[1, 1, 0, 2, 2]], np.array([[1, 2, 0, 3, 3]]) * scale)
    assert shown == [
        ("pit", [[1, 0, 0, 0, 0]]),
        ("pit", [[0, 1, 0, 0, 0]]),
        ("crack", [[0, 0, 0, 1, 1]]),
    ]


def test_a_class_without_a_pixel_has_no_object(tmp_path):
    (tmp_path / "a.txt").touch()
    assert layers(tmp_path, [[0, 0]], [[0, 1]]) == []


def test_noise_in_place_of_objects(tmp_path, monkeypatch):
    monkeypatch.setattr(voc_masks, "MAX_OBJECTS", 2)
    audit = Audit()
    assert layers(tmp_path, [[1, 1, 1]], [[1, 2, 3]], audit) == [("1", [[1, 1, 1]])]
    assert audit.counts() == {"too-many-objects": 1}


def test_scattered_objects(tmp_path, monkeypatch):
    monkeypatch.setattr(voc_masks, "MAX_COVERED", 5)
    audit = Audit()
    assert layers(tmp_path, [[1, 1, 1, 1]], [[1, 2, 1, 2]], audit) == [("1", [[1, 1, 1, 1]])]
    assert audit.counts() == {"too-many-objects": 1}
    assert len(layers(tmp_path, [[1, 1, 1, 1]], [[1, 1, 2, 2]])) == 2


def test_colours_of_a_labelmap(tmp_path):
    text = "# label:color_rgb:parts:actions\nbackground:0,0,0::\npit:128,0,0::\ncrack:0,128,0::\n"
    (tmp_path / "labelmap.txt").write_text(text)
    shown = layers(tmp_path, [[(0, 0, 0), RED, RED, GREEN, VOID]], [[RED, RED, GREEN, RED, RED]])
    assert shown == [
        ("pit", [[0, 0, 1, 0, 0]]),
        ("pit", [[0, 1, 0, 0, 0]]),
        ("crack", [[0, 0, 0, 1, 0]]),
    ]
    assert layers(tmp_path, [[0, 1, 2]]) == [("pit", [[0, 1, 0]]), ("crack", [[0, 0, 1]])]


def test_a_labelmap_may_leave_out_background_and_colours(tmp_path):
    (tmp_path / "labelmap.txt").write_text("pit\ncrack:1,2,3\n\n")
    assert layers(tmp_path, [[0, 2, 1]]) == [("pit", [[0, 0, 1]]), ("crack", [[0, 1, 0]])]
    assert layers(tmp_path, [[(1, 2, 3), (0, 0, 0)]]) == [("crack", [[1, 0]])]


@pytest.mark.parametrize(
    ("classes", "kind", "words"),
    [
        ([[RED, (9, 9, 9)]], "unknown-class-value", "the colour #090909"),
        ([[0, 7]], "unknown-class-value", "value 7"),
    ],
)
def test_what_a_labelmap_does_not_name(tmp_path, classes, kind, words):
    (tmp_path / "labelmap.txt").write_text("background:0,0,0\npit:128,0,0\n")
    with pytest.raises(RejectedImageError, match=words) as caught:
        layers(tmp_path, classes)
    assert caught.value.kind == kind


def test_colour_without_a_labelmap(tmp_path):
    with pytest.raises(RejectedImageError, match=r"a\.png is in colour, and no labelmap") as caught:
        layers(tmp_path, [[RED, GREEN]])
    assert caught.value.kind == "unreadable-mask"


def test_size_and_damage(tmp_path):
    with pytest.raises(RejectedImageError, match=r"its mask a\.png 2 x 1") as caught:
        layers(tmp_path, [[0, 1]], size=(1, 3))
    assert caught.value.kind == "mask-of-other-size"
    folder = SourceFolder(tmp_path, Audit())
    (tmp_path / "a.png").write_bytes(b"")
    meaning = read_mask_names(folder, [tmp_path / "a.png"])
    with pytest.raises(RejectedImageError) as caught:
        list(
            read_class_masks(
                tmp_path / "a.png", None, meaning, folder, Canvas("a", 1, 2, folder.audit)
            )
        )
    assert caught.value.kind == "unreadable-mask"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("background:0,0,0\n", "at least one class"),
        ("", "at least one class"),
        ("pit\npit\n", "line 2: 'pit' is no name, or stands twice"),
        ("pit\n:1,2,3\n", "line 2: '' is no name"),
        ("pit:1,2\n", "line 1: '1,2' is no red,green,blue"),
        ("pit:1,2,256\n", "line 1: '1,2,256' is no red"),
        ("pit:1,2,²\n", "line 1: "),
        ("pit:1,2,3\ncrack:1,2,3\n", "line 2: the colour 1,2,3 has a class already"),
        (b"\xff", "no UTF-8"),
    ],
)
def test_wrong_labelmaps(tmp_path, text, message):
    path = tmp_path / "labelmap.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=message):
        read_mask_names(SourceFolder(tmp_path, Audit()), [])
