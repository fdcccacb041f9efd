import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.splitting.grouping_rules import MAX_PATH, read_groups, read_rule
from auxnet_cli.errors import InputError
from tests.data.source_builders import findings


def table(tmp_path, text):
    path = tmp_path / "groups.csv"
    path.write_text(text, encoding="utf-8")
    return path


def photos(*files):
    return [Entry(file.rpartition("/")[2], file, 4, 4, str(n), ()) for n, file in enumerate(files)]


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
        read_rule(str(tmp_path / "none.csv"))
    with pytest.raises(InputError, match="no group file"):
        read_groups(tmp_path)
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no CSV in UTF-8"):
        read_rule(str(tmp_path / "x"))


def test_a_table_and_what_does_not_match(tmp_path):
    rows = "file,group\nd/a.png,x\nb.png,x\nd/d.png,y\ngone.png,x\nbad.png,x\n"
    rule, audit = read_rule(str(table(tmp_path, rows))), Audit()
    images = photos("d/a.png", "d/b.png", "d/c.png", "d/d.png")
    assert rule(images, {"bad.png"}, audit) == ["x", "x", None, "y"]
    assert findings(audit) == [
        ("image-without-group", "d/c.png"),
        ("group-without-image", "gone.png"),
    ]


def test_folders():
    audit = Audit()
    images = photos("a/1.png", "a/2.png", "a/b/1.png", "1.png")
    assert read_rule("folder")(images, set(), audit) == ["a", "a", "a/b", None]
    assert findings(audit) == [("image-without-group", "1.png")]


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        (r"part(\d+)", ["17", "17", "18", None]),
        (r"part\d+", ["part17", "part17", "part18", None]),
        (r"^[^/]+", ["a", "b", "a", "a"]),
        (r"(part)?(\d+)", ["part", "part", "part", None]),
        (r"x*", None),
        (r"(x)?", None),
        (r"nothing", None),
    ],
)
def test_expressions(expression, parts):
    files = photos("a/part17_1.png", "b/part17_2.png", "a/part18.png", "a/odd.png")
    rule, audit = read_rule(expression), Audit()
    if parts is None:
        with pytest.raises(InputError, match="names a part in none of the 4 paths, such as a/part"):
            rule(files, set(), audit)
        return
    assert rule(files, set(), audit) == parts
    assert findings(audit) == [("image-without-group", "a/odd.png")] * (None in parts)


@pytest.mark.parametrize("expression", ["(", "part(\\d+", "*", "a{99999999999}", "parts.txt("])
def test_what_is_no_expression(expression):
    with pytest.raises(InputError, match="neither `folder` nor a file here, and no regular"):
        read_rule(expression)


def test_an_expression_is_not_tried_on_endless_paths():
    long, audit = "a/" * MAX_PATH, Audit()
    rule = read_rule("a/")
    assert rule(photos(long + "1.png", "a/1.png"), set(), audit) == [None, "a/"]
    assert read_rule("[[a]/")(photos("a/1.png"), set(), audit) == ["a/"]  # Python warns of "[["
    assert read_rule("x" * 5000)  # no name of a file can be so long
