import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.prediction.file_names import sanitise, unique, unique_stems


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("strip 7", "strip_7"),
        ("../../etc/passwd", "etc_passwd"),
        ("rolled/in: 50 %", "rolled_in_50"),
        ("größe-1.5", "größe-1.5"),
        ("CON", "_CON"),
        ("aux.v2", "_aux.v2"),
        ("com¹", "_com¹"),
        ("caf\udce9", "caf"),
        ("...", "_"),
        ("", "_"),
    ],
)
def test_sanitise(text, name):
    assert sanitise(text) == name


@given(st.text())
def test_sanitised_names_are_short_and_plain(text):
    name = sanitise(text)
    assert 0 < len(name.encode()) <= 101
    assert not set(name) & set('/\\:*?"<>|\0\n ')
    assert name[0] != "."


def test_stems_that_repeat_take_the_folder():
    paths = [Path(name) for name in ("good/1.png", "bad/1.png", "bad/2.png", "x/bad/1.jpg")]
    assert unique_stems(paths) == ["good_1", "bad_1", "2", "bad_1-2"]


def test_stems_that_differ_in_case_only():
    assert unique_stems([Path("A.png"), Path("a.png")]) == ["A", "a-2"]


def test_stems_that_differ_in_how_an_accent_is_written():
    """On a Mac they are one file."""
    paths = [Path("a/\u00e9.png"), Path("b/e\u0301.png")]
    assert len({unicodedata.normalize("NFC", stem) for stem in unique_stems(paths)}) == 2


@given(
    st.lists(st.sampled_from(["a/b.png", "b.png", "a_b.jpg", "A/B.png", "b-2.png", "x/a/b.png"]))
)
def test_stems_are_unique(names):
    stems = unique_stems([Path(name) for name in names])
    assert len({stem.lower() for stem in stems}) == len(names)


def test_unique_takes():
    taken = {"a"}
    assert [unique("A", taken), unique("a", taken), unique("b", taken)] == ["A-2", "a-3", "b"]
