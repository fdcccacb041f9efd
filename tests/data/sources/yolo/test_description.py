import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.yolo.description import read_description
from auxnet_cli.errors import InputError


def described(root, text, name="data.yaml"):
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    folder = SourceFolder(root, Audit())
    return read_description(folder), [finding.detail for finding in folder.audit.findings]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("names: [pit, crack]\nnc: 2\n", {0: "pit", 1: "crack"}),
        ("names: {1: crack, 0: pit}\n", {0: "pit", 1: "crack"}),
        ("names:\n  3: pit\n  7: crack\n", {3: "pit", 7: "crack"}),
        (
            "names: [no, 1e3, 2020-01-01, null]\n",
            dict(enumerate(("no", "1e3", "2020-01-01", "null"))),
        ),
        ("names: [' a  b ']\n", {0: "a b"}),
    ],
)
def test_names_as_they_stand(tmp_path, text, names):
    description, _ = described(tmp_path, text)
    assert description.names == names


@pytest.mark.parametrize("name", ["classes.txt", "obj.names", "labels/classes.txt"])
def test_older_files(tmp_path, name):
    assert described(tmp_path, "\ufeffpit\r\ncrack\r\n\r\n", name)[0].names == {
        0: "pit",
        1: "crack",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must hold names, train and val"),
        ("- a", "must hold names"),
        ("train: x", "names: there is no list"),
        ("names: 5", "names: there is no list"),
        ("names: []", "names no class"),
        ("names: [pit, pit]", "name of class 1: 'pit' stands there twice"),
        ("names: [pit, '']", "name of class 1: '' is no printable text"),
        ("names: [pit, [a]]", "name of class 1: a list of 1 is no"),
        ("names: {a: pit}", "'a' is no number of a class"),
        ("names: {-1: pit}", "'-1' is no number of a class"),
        ("names: [pit]\nnc: 2", "nc: '2', but names holds 1"),
        ("names: [pit\n", r"data\.yaml, line 2.*: it is no YAML"),
        ("a: &a [*a]\nnames: *a", "refers to nothing before it"),
        ("names: " + "[" * 30000, "nest"),
        ("- " * 30000, "nest"),
        ("names: [pit]\nnames: [crack]", "says 'names' twice"),
        ("names: [pit]\n" + "#" * 2**22, "too many for a list of classes"),
        ("names: !!python/object:os.system x", "no list"),
        ("names: [pit]\nnames2: {[]: 1}", "no YAML"),
        (b"\xff\xfe\xfa", "no UTF-8"),
    ],
)
def test_wrong_files(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        described(tmp_path, text)


def test_billion_laughs(tmp_path):
    text = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    with pytest.raises(InputError, match="repeats more than 10,000 values"):
        described(tmp_path, text + "names: *a11\n")


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"neither data\.yaml nor classes\.txt"):
        read_description(SourceFolder(tmp_path, Audit()))


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "set"
    for name in ("train/images/a.png", "valid/images/b.png", "other/c.png", "other/d.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (tmp_path / "outside").mkdir()
    return root


def splits(root, text):
    description, details = described(root, f"names: [pit]\n{text}")
    images = sorted(root.rglob("*.png"))
    return {path.name[0]: description.split_of(path, root) for path in images}, details


def test_splits_of_data_yaml(tree):
    text = "train: [train/images, other/c.png]\nval: ./valid/images\ntest: other\n"
    assert splits(tree, text) == ({"a": "train", "b": "val", "c": "train", "d": "test"}, [])


def test_splits_that_folders_tell(tree):
    assert splits(tree, "")[0] == {"a": "train", "b": "val", "c": None, "d": None}


def test_the_dots_that_exports_write(tree):
    assert splits(tree, "train: ../other\nval: ../valid/images") == (
        {"a": "train", "b": "val", "c": "train", "d": "train"},
        [],
    )


def test_a_list_of_files(tree):
    (tree / "test.txt").write_text("./other/c.png\n../../outside\n\n/etc/passwd\n")
    assert splits(tree, "test: test.txt")[0]["c"] == "test"


@pytest.mark.parametrize(
    "entry", ["../outside", "/etc", "gone", "{a: b}", '"\\0"', "x" * 5000, "C:/data", ".."]
)
def test_what_leads_out_is_not_followed(tree, entry):
    by_image, details = splits(tree, f"train: {entry}\npath: /etc\n")
    if entry == "..":  # the source itself, once the dots are gone
        assert set(by_image.values()) == {"train"}
    else:
        assert by_image == {"a": "train", "b": "val", "c": None, "d": None}
        assert len(details) == 1
        assert details[0].startswith("train: ")


def test_path_of_data_yaml(tree):
    assert splits(tree, "path: other\ntest: [c.png]")[0]["c"] == "test"
