import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.voc.layout import find_images


def paired(root, *names, **xmls):
    """Pair empty files, and XML whose ``<filename>`` is given."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<annotation/>" if path.suffix.lower() == ".xml" else "")
    for stem, filename in xmls.items():
        text = f"<annotation><filename>{filename}</filename></annotation>"
        (root / f"{stem}.xml").write_text(text)
    tree = ImageTree(root, Audit())
    found = {
        tree.below(image.path): (
            image.xml is not None,
            image.class_mask and tree.below(image.class_mask),
            image.object_mask and tree.below(image.object_mask),
        )
        for image in find_images(tree)[0]
    }
    return found, [(finding.kind, finding.file) for finding in tree.audit.findings]


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
    assert {name: files[0] for name, files in found.items()} == dict.fromkeys(found, True)
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
    tree = ImageTree(tmp_path, Audit())
    ((image,), _) = find_images(tree)
    assert "a.xml: it is no XML" in image.xml
    assert not image.is_unlabelled
    assert [(f.kind, f.file) for f in tree.audit.findings] == [
        ("annotation-without-image", "b.xml")
    ]
