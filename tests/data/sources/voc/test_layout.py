import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.voc.layout import find_files, pair_files


def paired(root, *names, **xmls):
    """Pair empty files, and XML whose ``<filename>`` is given."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<annotation/>" if path.suffix.lower() == ".xml" else "")
    for stem, filename in xmls.items():
        text = f"<annotation><filename>{filename}</filename></annotation>"
        (root / f"{stem}.xml").write_text(text)
    audit = Audit()
    items = pair_files(find_files(ImageTree(root, audit), audit), root, audit)
    found = {
        item.image.relative_to(root).as_posix(): (
            item.xml is not None,
            item.mask and item.mask.relative_to(root).as_posix(),
            item.objects and item.objects.relative_to(root).as_posix(),
        )
        for item in items
    }
    return found, [(finding.kind, finding.file) for finding in audit.findings]


@pytest.mark.parametrize(
    ("image", "xml"),
    [
        ("JPEGImages/a.jpg", "Annotations/a.xml"),
        ("IMAGES/a.jpg", "ANNOTATIONS/a.XML"),
        ("VOC2007/JPEGImages/a.JPG", "VOC2007/Annotations/a.xml"),
        ("train/images/crazing/a.jpg", "train/annotations/a.xml"),
        ("x/a.png", "x/a.xml"),
    ],
)
def test_layouts(tmp_path, image, xml):
    assert paired(tmp_path, image, xml) == ({image: (True, None, None)}, [])


def test_masks(tmp_path):
    mask, objects = "segmentationclass/a.png", "SegmentationObject/a.png"
    drawing = "SegmentationClassVisualization/a.jpg"
    found = paired(tmp_path, "JPEGImages/a.jpg", mask, objects, drawing)
    assert found == ({"JPEGImages/a.jpg": (False, mask, objects)}, [])


def test_the_xmls_stem_comes_before_its_filename(tmp_path):
    found, findings = paired(
        tmp_path, "a.jpg", "b.jpg", "c.jpg", a="b.jpg", d="x/C", e="b.jpg", f="z"
    )
    assert {name: own[0] for name, own in found.items()} == {
        "a.jpg": True,
        "b.jpg": True,
        "c.jpg": True,
    }
    assert findings == [("annotation-without-image", "f.xml")]


def test_lonely_files(tmp_path):
    found, findings = paired(
        tmp_path, "JPEGImages/a.jpg", "Annotations/b.xml", "SegmentationClass/c.png"
    )
    assert found == {"JPEGImages/a.jpg": (False, None, None)}
    assert findings == [
        ("annotation-without-image", "Annotations/b.xml"),
        ("mask-without-image", "SegmentationClass/c.png"),
    ]


def test_damaged_xml_is_its_images_fault(tmp_path):
    (tmp_path / "a.jpg").touch()
    (tmp_path / "a.xml").write_text("<annotation>")
    (tmp_path / "b.xml").write_text("")
    audit = Audit()
    (item,) = pair_files(find_files(ImageTree(tmp_path, audit), audit), tmp_path, audit)
    assert "a.xml: it is no XML" in item.fault
    assert not item.bare
    assert [(f.kind, f.file) for f in audit.findings] == [("annotation-without-image", "b.xml")]
