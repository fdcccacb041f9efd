import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.voc.layout import find_images
from tests.data.source_builders import findings, put


def paired(root, *names, **xmls):
    """Pair empty files, and XML whose ``<filename>`` is given."""
    for name in names:
        put(root / name, "<annotation/>" if name.lower().endswith(".xml") else "")
    for stem, filename in xmls.items():
        put(root / f"{stem}.xml", f"<annotation><filename>{filename}</filename></annotation>")
    tree = ImageTree(root, Audit())
    pairs = {
        tree.below(image.path): (
            image.xml is not None,
            image.class_mask and tree.below(image.class_mask),
            image.object_mask and tree.below(image.object_mask),
        )
        for image in find_images(tree)[0]
    }
    return pairs, findings(tree.audit)


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
    pairs = paired(tmp_path, "JPEGImages/a.jpg", mask, objects, drawing)
    assert pairs == ({"JPEGImages/a.jpg": (False, mask, objects)}, [])


def test_the_xmls_stem_comes_before_its_filename(tmp_path):
    pairs, noted = paired(tmp_path, "a.jpg", "b.jpg", "c.jpg", a="b.jpg", d="x/C", e="b.jpg", f="z")
    assert {name: files[0] for name, files in pairs.items()} == dict.fromkeys(pairs, True)
    assert noted == [("annotation-without-image", "f.xml")]


def test_lonely_files(tmp_path):
    pairs, noted = paired(
        tmp_path, "JPEGImages/a.jpg", "Annotations/b.xml", "SegmentationClass/c.png"
    )
    assert pairs == {"JPEGImages/a.jpg": (False, None, None)}
    assert noted == [
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
    assert findings(tree.audit) == [("annotation-without-image", "b.xml")]
