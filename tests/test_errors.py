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


def test_an_error_can_be_printed_whatever_it_quotes():
    assert str(InputError("\x1b[2J is missing.")) == "\\x1b[2J is missing."
