import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import RejectedImageError
from auxnet_cli.data.sources.voc.check import check
from auxnet_cli.data.sources.voc.xml import VocObject, VocXml


def found(root, name, xml, classes=("crazing", "rolled-in", "rolled", "c1", "3")):
    image = root / name
    image.write_bytes(cv2.imencode(".png", np.zeros((4, 5, 3), np.uint8))[1].tobytes())
    audit = Audit()
    check(xml, image, (4, 5), {own.casefold(): own for own in classes}, name, audit)
    return [(finding.kind, finding.detail) for finding in audit.findings]


def xml(*names, filename="", size=None, depth=None):
    return VocXml(filename, size, depth, tuple(VocObject(name, (0, 0, 1, 1)) for name in names))


def test_nothing_to_say(tmp_path):
    whole = xml("crazing", filename="x\\crazing_1.png", size=(4, 5), depth=3)
    assert found(tmp_path, "crazing_1.png", whole) == []
    assert found(tmp_path, "a.png", xml()) == []


def test_depth_and_filename(tmp_path):
    assert found(tmp_path, "a.png", xml(filename="a", depth=1)) == [
        ("depth-conflict", "the XML says depth 1, the image has 3 channels"),
        ("filename-conflict", "the XML's <filename> is 'a'"),
    ]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("crazing_1", "crazing"),
        ("Crazing12", "crazing"),
        ("rolled-in_3", "rolled-in"),
        ("rolled_3", "rolled"),
        ("crazings_1", None),
        ("c1_4", None),
        ("3", None),
        ("x_crazing", None),
    ],
)
def test_class_unlike_the_files_name(tmp_path, name, called):
    findings = found(tmp_path, f"{name}.png", xml("other", "other", called or "else"))
    if called is None:
        assert findings == []
    else:
        words = f"called after {called}, but 2 of 3 objects are other"
        assert [(kind, words in detail) for kind, detail in findings] == [
            ("class-unlike-name", True)
        ]


def test_another_size(tmp_path):
    with pytest.raises(RejectedImageError, match="says 4 x 5 pixels, the image has 5 x 4") as error:
        found(tmp_path, "a.png", xml(size=(5, 4)))
    assert error.value.kind == "size-conflict"
