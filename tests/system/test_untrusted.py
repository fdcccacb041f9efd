import json
import math
import time
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.errors import InputError
from auxnet_cli.system import untrusted
from auxnet_cli.system.untrusted import (
    DEEPEST,
    MOST_REPEATED,
    parse_json,
    parse_yaml,
    read_json,
    read_yaml,
)

# PyYAML writes U+0085 as a line end without quotes, and reads a space.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85"))
DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
)


@given(DOCUMENTS)
def test_json_is_read_as_python_reads_it(document):
    text = json.dumps(document)
    assert parse_json(text, "it") == parse_json(text.encode(), "it") == document


@given(DOCUMENTS)
def test_yaml_is_read_as_it_was_written(document):
    assert parse_yaml(yaml.safe_dump(document, allow_unicode=True), "it") == document


@given(st.binary() | st.text().map(str.encode))
def test_only_input_errors_escape(content):
    for parse in (parse_json, parse_yaml):
        with suppress(InputError):
            parse(content, "it")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n"a": }', r"it, line 2, column 6: it is no JSON \("),
        (b"", "it, line 1, column 1: it is no JSON"),
        (b'"\xff"', "it, byte 1: it is no UTF-8 text"),
        (b"[" * 200_000, "it is nested deeper than 64 levels"),
        (b"9" * 5000, "it holds a number too long"),
        (b"[NaN]", "it holds NaN, which is no number"),
        (b"[-Infinity]", "it holds -Infinity, which is no number"),
        (b"[-1e999]", "it holds -1e999, a number too large"),
        (b'[{"a": 1, "b": 2, "a": 3}]', "it says 'a' twice in one object"),
        (rb'["\ud800"]', "it holds half of a surrogate pair"),
        (rb'{"\udc00x": 1}', "it holds half of a surrogate pair"),
    ],
)
def test_refused_json(content, message):
    with pytest.raises(InputError, match=message):
        parse_json(content, "it")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [1", r"it, line \d, column \d: it is no YAML"),
        (b"a: b: c", "it, line 1, column 5: it is no YAML"),
        (b"a: 1\n\xff", "it, byte 5: it is no UTF-8 text"),
        (b"a: \x07", "it is no YAML"),
        (b"a: !!python/object/apply:os.getcwd []", "it, line 1, column 4: it is no YAML"),
        (b"a: " + b"9" * 5000, "it holds a value that cannot be read"),
        (b"a: 2020-99-99", "it holds a value that cannot be read"),
        (b"a: !!timestamp x", "it holds a value that cannot be read"),
        (b"a: !!int ''", "it holds a value that cannot be read"),
        (b"[" * 100, "it, line 1: is nested deeper than 64 levels"),
        (b"[" * 200_000, "it, line 1.*nest"),  # libyaml itself looks 1,000 ahead
        (b"seed: 1\ntasks: [cls]\nseed: 2", "it, line 3: says 'seed' twice in one mapping"),
        (b"- 1\n- &a [*a]", r"it, line 2: \*a refers to nothing before it"),
        (b"- *b", r"it, line 1: \*b refers to nothing before it"),
        (BOMB.encode(), "it, line 4: repeats more than 10,000 values"),
    ],
)
def test_refused_yaml(content, message):
    start = time.thread_time()
    with pytest.raises(InputError, match=message):
        parse_yaml(content, "it")
    assert time.thread_time() - start < 2


def test_yaml_without_its_fast_reader(monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    test_refused_yaml(b"[" * 200_000, "it, line 1: is nested deeper")
    test_refused_yaml(BOMB.encode(), "it, line 4: repeats more than")
    assert parse_yaml("a: &x [1, 2]\nb: *x", "it") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_the_deepest(opening, closing):
    for parse in (parse_json, parse_yaml):
        deepest = opening * DEEPEST + "1" + closing * DEEPEST
        assert parse(deepest.replace(":", ": "), "it")
        with pytest.raises(InputError, match="deeper"):
            parse(f"[{deepest}]".replace(":", ": "), "it")


def test_the_most_that_is_repeated():
    values = ", ".join("x" * 99)
    times = MOST_REPEATED // 100
    fine = f"a: &a [{values}]\nb: [{', '.join(['*a'] * times)}]"
    assert len(parse_yaml(fine, "it")["b"]) == times
    with pytest.raises(InputError, match="repeats"):
        parse_yaml(f"{fine}\nc: *a", "it")


def test_plain_values_of_yaml():
    assert parse_yaml("[no, 1e3, 2020-01-01, '']", "it", plain=True) == [
        "no",
        "1e3",
        "2020-01-01",
        "",
    ]


def test_both_halves_of_a_surrogate_pair():
    assert parse_json(r'"\ud83d\ude00"', "it") == "\U0001f600"


def test_great_numbers_that_are_numbers():
    assert parse_json("[1e308, 100000000000000000000]", "it") == [1e308, 10**20]
    assert math.isfinite(parse_json("-1.7e308", "it"))


@pytest.mark.parametrize(("read", "content"), [(read_json, b'"a"'), (read_yaml, b"a")])
def test_files(tmp_path, read, content):
    path = tmp_path / "card"
    with pytest.raises(InputError, match=r"There is no model card .*card"):
        read(path, "model card")
    with pytest.raises(InputError, match="There is no model card"):
        read(tmp_path, "model card")
    path.write_bytes(b"\xef\xbb\xbf" + content)
    assert read(path) == "a"
    with pytest.raises(InputError, match=r"has [64] bytes, too many for a model card: 3"):
        read(path, "model card", 3)


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "a.json"
    with path.open("wb") as stream:
        stream.truncate(untrusted.LARGEST + 1)  # takes no room on the disk
    with pytest.raises(InputError, match="16,777,217 bytes, too many for a file: 16,777,216"):
        read_json(path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text("1", encoding="utf-8")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    with pytest.raises(InputError, match=r"a\.json cannot be read \(Permission denied\)"):
        read_json(path)


def test_numbers_that_are_none_can_be_left_to_the_reader():
    low, high = parse_json('{"a": [-1e999, Infinity]}', "a.json", finite=False)["a"]
    assert (low, high) == (-math.inf, math.inf)
    assert math.isnan(parse_json("NaN", "a.json", finite=False))
