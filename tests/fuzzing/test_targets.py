"""Every reader takes what it should, and what once broke it is a sentence now."""

from pathlib import Path

import pytest

from tests.fuzzing.targets import TARGETS

CASES = Path(__file__).parent / "cases"
KEPT = sorted(path for path in CASES.glob("*/*") if path.is_file())


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_starts_from_is_taken(name, tmp_path):
    target = TARGETS[name]
    target.lay_out(tmp_path)
    assert all(target.takes(tmp_path, content) for content in target.seeds[:1])


@pytest.mark.parametrize("case", KEPT, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_case_that_once_escaped_is_answered(case, tmp_path):
    target = TARGETS[case.parent.name]
    target.lay_out(tmp_path)
    assert target.takes(tmp_path, case.read_bytes()) in (True, False)


@pytest.mark.parametrize("name", TARGETS)
def test_nonsense_is_refused(name, tmp_path):
    target = TARGETS[name]
    target.lay_out(tmp_path)
    assert not target.takes(tmp_path, b"\xff\xfe\x00[[[{")
