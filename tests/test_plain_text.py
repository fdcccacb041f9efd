import os

import pytest

from auxnet_cli.plain_text import plain, printable


def test_text_stays_as_it_is():
    assert plain("größe/写真 \n😀") == "größe/写真 \n😀"


@pytest.mark.parametrize("text", ["caf\udce9.png", "\ud800", "a\udfffb"])
def test_what_is_no_unicode_is_escaped(text):
    escaped = plain(text)
    assert escaped.encode().isascii()
    assert "\\ud" in escaped
    assert plain(escaped) == escaped


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_the_byte_can_be_told(tmp_path):
    assert plain(os.fsdecode(b"caf\xe9")) == "caf\\udce9"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Riß 1.png", "Riß 1.png"),
        ("\x1b[2J", "\\x1b[2J"),
        ("two\nlines", "two\\nlines"),
        ("\udcff.png", "\\udcff.png"),
        ("\u202egnp", "\\u202egnp"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text, shown):
    assert printable(text) == shown
