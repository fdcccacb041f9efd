import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.formats.json_file import number, quoted, read_json, text
from auxnet_cli.errors import InputError


def test_what_is_read(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"name": "Riß"}, ensure_ascii=False).encode())
    assert read_json(path) == {"name": "Riß"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n"a": }', r"a\.json, line 2, column 6: it is no JSON"),
        (b"", "line 1, column 1: it is no JSON"),
        (b'"\xff"', "byte 1: it is no UTF-8"),
        (b"[" * 200_000, "nested too deep"),
        (b"9" * 5000, "a number too long"),
    ],
)
def test_what_is_no_json(tmp_path, content, message):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_json(path)


def test_what_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(InputError, match="There is no file"):
            read_json(path)


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "a.json"
    with path.open("wb") as stream:
        stream.truncate(2**31 + 1)  # takes no room on the disk
    with pytest.raises(InputError, match="more than 2 GiB"):
        read_json(path)


@pytest.mark.parametrize("value", [None, True, "1", [], float("nan"), float("inf"), 10**400])
def test_no_numbers(value):
    with pytest.raises(ValueError, match="is no finite number"):
        number(value)


def test_numbers():
    assert (number(3), number(-2.5), number(10**300)) == (3.0, -2.5, 1e300)


@pytest.mark.parametrize("value", [None, 3, "", " \n", "a\x00", "\ud800", "a\x1b[2J"])
def test_no_texts(value):
    with pytest.raises(ValueError, match="is no printable text"):
        text(value)


def test_texts():
    assert text("  a\n long  name ") == "a long name"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
    | st.integers(min_value=10**30)
)
def test_what_is_quoted_can_be_shown_and_written(value):
    shown = quoted(value)
    assert shown.isprintable()
    assert shown.isascii()
    assert len(shown) < 80
