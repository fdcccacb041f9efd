import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.system.values import number, parse_number, quoted, text


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


@pytest.mark.parametrize("word", [None, "", "x", "nan", "1e999", "²"])
def test_words_that_spell_no_number(word):
    with pytest.raises(ValueError, match="is no finite number"):
        parse_number(word)
    assert parse_number(" 2e-1 ") == 0.2
