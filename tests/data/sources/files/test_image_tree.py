import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree, split_named
from auxnet_cli.data.sources.source import RejectedImageError
from auxnet_cli.errors import InputError
from tests.data.source_builders import put


def tree(root, *files):
    for file in files:
        put(root / file)
    return ImageTree(root, Audit())


def findings(audit):
    return [(finding.kind, finding.file, finding.action) for finding in audit.findings]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train", "train"),
        ("instances_train2017", "train"),
        ("Training-set", "train"),
        ("valid", "val"),
        ("instances_val2017", "val"),
        ("validation", "val"),
        ("TEST", "test"),
        ("image_info_test-dev2017", "test"),
        ("latest", None),
        ("contest", None),
        ("trainval", None),
        ("interval", None),
        ("train_test", None),
        ("instances_default", None),
    ],
)
def test_splits_by_name(name, split):
    assert split_named(name) == split


@pytest.mark.parametrize(
    ("name", "file", "parts"),
    [
        ("a.png", "images/a.png", 1),
        ("deep/b.png", "images/deep/b.png", 2),
        ("deep\\b.png", "images/deep/b.png", 2),
        ("./b.png", "images/deep/b.png", 1),
        ("B.PNG", "images/deep/b.png", 1),
        ("../../images/a.png", "images/a.png", 1),
        ("/data/anna/a.png", "images/a.png", 1),
        ("C:\\pictures\\a.png", "images/a.png", 1),
    ],
)
def test_where_a_name_leads(tmp_path, name, file, parts):
    images = tree(tmp_path, "images/a.png", "images/deep/b.png")
    assert images.find(name, tmp_path / "annotations", None) == (tmp_path / file, parts)


@pytest.mark.parametrize(
    "name", ["", "..", "/", "c.png", "other/a.png", "a", "a\x00.png", ".", "\ud800"]
)
def test_names_that_lead_nowhere(tmp_path, name):
    with pytest.raises(RejectedImageError) as caught:
        tree(tmp_path, "images/a.png").find(name, tmp_path, None)
    assert caught.value.kind == "missing-image"


def test_several_files_of_one_name(tmp_path):
    images = tree(
        tmp_path, *(f"{folder}/a.png" for folder in ("train", "val2017", "masks", "x", "y"))
    )
    (tmp_path / "annotations").mkdir()
    assert images.find("a.png", tmp_path / "annotations", "val")[0] == tmp_path / "val2017/a.png"
    assert images.find("a.png", tmp_path / "x", None)[0] == tmp_path / "x/a.png"
    assert images.find("masks/a.png", tmp_path, None)[0] == tmp_path / "masks/a.png"
    with pytest.raises(RejectedImageError) as caught:
        images.find("a.png", tmp_path, None)
    assert (caught.value.kind, caught.value.detail) == (
        "ambiguous-name",
        "it may mean train/a.png and val2017/a.png",
    )
    images = tree(tmp_path, "a.png")
    assert images.find("a.png", tmp_path, None)[0] == tmp_path / "a.png"


def test_letter_case_decides_where_it_differs(tmp_path):
    images = tree(tmp_path, "x/a.png", "y/A.png")
    if len(images.paths) < 2:
        pytest.skip("the disk ignores letter case")
    assert images.find("A.png", tmp_path, None)[0] == tmp_path / "y/A.png"


def test_images_without_annotation(tmp_path):
    files = ["a.png", "b.png", "ok/c.png", "masks/d.png", "labelled/e.png", "labelled/f.png"]
    files += ["good/g.png"]
    doubtful = [tmp_path / "good/g.png"]
    images = tree(tmp_path, *files)
    annotated = [tmp_path / "a.png", tmp_path / "labelled/e.png"]
    expected = {
        "skip": (["ok/c.png"], "image skipped"),
        "good": (["b.png", "labelled/f.png", "ok/c.png"], "taken as good"),
    }
    for policy, (good, action) in expected.items():
        images.audit.findings.clear()
        taken_as_good = images.without_annotation(annotated, policy, "not listed", doubtful)
        assert [images.below(path) for path in taken_as_good] == good
        assert findings(images.audit) == [
            ("image-without-annotation", "good/g.png", "image skipped"),
            ("image-without-annotation", "masks/d.png", "image skipped"),
            ("image-without-annotation", "b.png", action),
            ("image-without-annotation", "labelled/f.png", action),
        ]
    with pytest.raises(
        InputError, match=r"2 images have no annotation \(not listed\), the first is b"
    ):
        images.without_annotation(annotated, "error", "not listed", doubtful)


def test_short_names(tmp_path):
    lower, upper = tmp_path / "train/a.png", tmp_path / "val/A.png"
    names = ImageTree(tmp_path, Audit()).short_names
    assert names({lower: 1}) == {lower: "a.png"}
    assert names({lower: 1, upper: 2}) == {lower: "a.png", upper: "val/A.png"}
    assert names({lower: 1, upper: 1}) == {lower: "train/a.png", upper: "val/A.png"}
