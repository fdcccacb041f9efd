import os

import pytest

from auxnet_cli.plain_text import plain


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
