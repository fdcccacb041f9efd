import sys

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside, is_inner_name, leads_out

links = pytest.mark.skipif(sys.platform == "win32", reason="needs links")


@pytest.mark.parametrize(
    "name", ["a.png", "a/b.png", "a..b/..c.png", "12:30.png", "é 猫.png", "a/./b"]
)
def test_paths_below_a_folder(name):
    assert is_inner_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            ".",
            "..",
            "../a.png",
            "a/../../b.png",
            "a/..",
            "/etc/passwd",
            "//server/a/b.png",
        ),
        *("C:a.png", "C:/a.png", "C:\\a.png", "a\\b.png", "..\\a.png", "a\0.png", "\ud800.png"),
    ],
)
def test_paths_that_lead_elsewhere_on_some_system(name):
    assert not is_inner_name(name)


@links
def test_links_out_of_a_folder(tmp_path):
    root, outside = tmp_path / "source", tmp_path / "outside"
    for folder in (root, outside):
        folder.mkdir()
        (folder / "a.png").touch()
    (root / "deep").symlink_to(outside)
    (root / "b.png").symlink_to(root / "a.png")
    (root / "c.png").symlink_to(outside / "a.png")
    (root / "loop.png").symlink_to(root / "loop.png")
    names = ["a.png", "b.png", "c.png", "deep", "deep/a.png", "loop.png", "gone.png"]
    assert [leads_out(root / name, root) for name in names] == [False] * 2 + [True] * 3 + [
        False
    ] * 2
    check_inside(root / "b.png", root)
    with pytest.raises(InputError, match=r"c\.png is a link that leads out of .*: copy there"):
        check_inside(root / "c.png", root)


@links
def test_a_root_that_is_a_link_itself(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there/a.png").touch()
    (tmp_path / "source").symlink_to(tmp_path / "there")
    assert not leads_out(tmp_path / "source/a.png", tmp_path / "source")
