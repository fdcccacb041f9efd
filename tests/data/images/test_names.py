import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.names import LONGEST, ImageNames
from auxnet_cli.system.containment import is_inner_name


def give(*wanted):
    audit, names = Audit(), ImageNames()
    return [names.give(name, f"src/{name}", audit) for name in wanted], audit


def test_names_that_differ_are_kept():
    wanted = ["a/b.png", "a/c.png", "b.png", "b.jpg", "Prüfling №1.png"]
    given, audit = give(*wanted)
    assert (given, audit.findings) == (wanted, [])


def test_letter_case_and_accents_do_not_tell_names_apart():
    composed, parted = "ü.png", unicodedata.normalize("NFD", "Ü.png")
    given, audit = give("a.png", "A.PNG", "a~2.png", composed, parted)
    assert given[:4] == ["a.png", "A~2.PNG", "a~2~2.png", composed]
    assert given[4].endswith("~2.png")
    noted = [finding.file for finding in audit.of("names-differ-in-case")]
    assert noted[:2] == ["src/A.PNG", "src/a~2.png"]
    assert "a.png is the same name" in audit.findings[0].detail
    assert "called A~2.PNG in the data set" in audit.findings[0].action


def test_long_names_are_cut_and_stay_apart():
    long = ["/".join(["ordner" * 10] * 4) + f"/{'ü' * 60}{end}.tif" for end in "ab"]
    given, audit = give(*long)
    assert len(set(given)) == 2
    assert all(len(name.encode()) < 80 and name.endswith(".tif") for name in given)
    assert audit.counts() == {"long-name": 2}
    assert give(*reversed(long))[0] == given[::-1]


def test_names_that_are_paths_on_windows():
    given, audit = give("C:a.png", "a\\..\\b.png", "a_b.png", "a:b.png", "a/c.png")
    assert given == ["C_a.png", "a_.._b.png", "a_b.png", "a_b~2.png", "a/c.png"]
    assert all(map(is_inner_name, given))
    assert audit.counts() == {"name-like-a-path": 3}


@given(st.lists(st.text("aAbBßẞ/üÜ.~2", min_size=1, max_size=6), unique=True, max_size=30))
def test_no_two_names_are_a_single_file(stems):
    wanted = [f"x{stem.replace('/', 'o')}.png" for stem in stems]
    given, _ = give(*dict.fromkeys(wanted))
    assert len({unicodedata.normalize("NFC", name).casefold() for name in given}) == len(given)
    assert all(len(name.encode()) <= LONGEST for name in given)
