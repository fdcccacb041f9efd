import pytest

from auxnet_cli.benchmarking import first_result as module
from auxnet_cli.benchmarking.first_result import first_result
from auxnet_cli.errors import AuxnetError


def test_predict_is_started_anew(exported):
    seconds = first_result(exported[0], (40, 60), times=1)
    assert 0.1 < seconds < 60


def test_the_first_call_does_not_count(monkeypatch, tmp_path):
    durations = iter([9.0, 1.0, 3.0, 2.0])
    monkeypatch.setattr(module, "_seconds", lambda call: next(durations))
    assert first_result(tmp_path, (40, 60), times=3) == 2.0


def test_a_failure_is_reported(tmp_path):
    with pytest.raises(AuxnetError, match=r"auxnet predict.*failed.*no run"):
        first_result(tmp_path / "absent", (40, 60))
