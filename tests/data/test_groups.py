import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.groups import Photo, group_images, read_groups
from auxnet_cli.errors import InputError


def table(tmp_path, text):
    path = tmp_path / "groups.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_read(tmp_path):
    path = table(tmp_path, "\ufefffile, group\na/b.png,1\n./a\\c.png, 2\na/b.png,1\n")
    assert read_groups(path) == {"a/b.png": "1", "a/c.png": "2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the columns must be file,group, not nothing"),
        ("a.png,1\n", "line 1: the columns must be file,group, not a.png,1"),
        ("file,group\na.png,1\nb.png\n", "line 3: file or group is missing"),
        ("file,group\na.png,1\na.png,2\n", "line 3: a.png is in group 2, but"),
    ],
)
def test_wrong_group_files(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_groups(table(tmp_path, text))


def test_missing_or_binary_group_file(tmp_path):
    with pytest.raises(InputError, match="no group file"):
        read_groups(tmp_path / "none.csv")
    with pytest.raises(InputError, match="no group file"):
        read_groups(tmp_path)
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no CSV in UTF-8"):
        read_groups(tmp_path / "x.csv")


def test_groups_duplicates_and_what_does_not_match():
    photos = [
        Photo("d/a.png", "a.png", "1"),
        Photo("d/b.png", "b.png", "2"),
        Photo("d/c.png", "c.png", "3"),
        Photo("d/d.png", "d.png", "3"),
        Photo("d/e.png", "e.png", "4"),
    ]
    audit = Audit()
    rows = {"d/a.png": "x", "b.png": "x", "d/d.png": "x", "gone.png": "x", "bad.png": "x"}
    # c joins x through its duplicate d; e stands alone.
    assert group_images(photos, rows, {"bad.png"}, audit) == [0, 0, 0, 0, 4]
    assert [(finding.kind, finding.file) for finding in audit.findings] == [
        ("image-without-group", "d/c.png"),
        ("duplicate-image", "d/d.png"),
        ("image-without-group", "d/e.png"),
        ("group-without-image", "gone.png"),
    ]


def test_without_a_group_file_only_duplicates_join():
    audit = Audit()
    photos = [Photo(name, name, digest) for name, digest in (("a", "1"), ("b", "2"), ("c", "1"))]
    assert group_images(photos, None, set(), audit) == [0, 1, 0]
    assert audit.counts() == {"duplicate-image": 1}
