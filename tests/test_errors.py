import pytest

from auxnet_cli.errors import AuxnetError, InputError, nearest


def test_exit_codes():
    assert AuxnetError.exit_code == 1
    assert InputError.exit_code == 2
    assert issubclass(InputError, AuxnetError)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("severstl", " Did you mean 'severstal'?"),
        ("dmeo", " Did you mean 'demo'?"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_nearest(name, hint):
    assert nearest(name, ["demo", "severstal"]) == hint


def test_nothing_is_near_nothing():
    assert nearest("demo", []) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Riß 1.png", "Riß 1.png"),
        ("\x1b[2J", "\\x1b[2J"),
        ("two\nlines", "two\\nlines"),
        ("\udcff.png", "\\udcff.png"),
        ("\u202egnp", "\\u202egnp"),
    ],
)
def test_an_error_can_be_printed_whatever_it_quotes(name, shown):
    assert str(InputError(f"{name} is missing.")) == f"{shown} is missing."
