import sys
from pathlib import Path

import pytest

from auxnet_cli.benchmarking import worker_job as module
from auxnet_cli.benchmarking.plan import NetworkPlan
from auxnet_cli.benchmarking.worker_job import Job, Results, Subject, call_worker
from auxnet_cli.documents.benchmark import Variant
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.settings import ModelSettings

PLAN = NetworkPlan(
    name="tiny", family="tiny", tasks=("cls",), classes=2, label_kind="multi-label",
    settings=ModelSettings(encoder="resnet18"),
)  # fmt: skip
SUBJECT = Subject(index=0, model=PLAN, variants=[Variant(engine="keras", precision="fp32")])
JOB = Job(kind="time", folder=Path(), subjects=[SUBJECT], size=(32, 32), runs=2)


@pytest.fixture
def worker(tmp_path, monkeypatch):
    """Makes a module the worker."""

    def make(source):
        (tmp_path / "stand_in.py").write_text(source)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(module, "WORKER", "stand_in")

    return make


def test_job_and_messages_go_over_the_pipes(worker):
    worker(
        "import json, os, sys\n"
        "job = json.loads(sys.stdin.readline())\n"
        "for _ in range(job['runs']): print('{}', flush=True)\n"
        "assert job['subjects'][0]['model']['name'] == 'tiny'\n"
        "assert os.environ['OMP_NUM_THREADS'] == '1'\n"
        "assert os.environ['CUDA_VISIBLE_DEVICES'] == '-1'\n"
        "print(json.dumps({'results': {'peak_rss_mb': 12.5}}))\n"
    )
    rounds = []
    results = call_worker(JOB, on_round=lambda: rounds.append(1))
    assert results == Results(peak_rss_mb=12.5)
    assert len(rounds) == 2


@pytest.mark.parametrize(("wrong_input", "kind"), [(True, InputError), (False, AuxnetError)])
def test_the_workers_errors_keep_their_kind(worker, wrong_input, kind):
    message = {"error": "No such thing.", "wrong_input": wrong_input}
    worker(f"import json\nprint(json.dumps({message}))\n")
    with pytest.raises(AuxnetError, match=r"^No such thing\.$") as caught:
        call_worker(JOB)
    assert type(caught.value) is kind


def test_the_workers_last_words_are_reported(worker):
    worker("import sys\nprint('noise', file=sys.stderr)\nsys.exit('out of luck')\n")
    with pytest.raises(AuxnetError, match=r"ended with code 1 \(out of luck\)"):
        call_worker(JOB)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signal")
def test_a_killed_worker_is_reported(worker):
    worker("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    with pytest.raises(AuxnetError, match=r"code -9 \(killed, perhaps for memory"):
        call_worker(JOB)


def test_the_worker_ends_with_its_caller(worker, tmp_path):
    worker(
        "import os, time\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "print('{}', flush=True)\n"
        "time.sleep(60)\n"
    )

    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call_worker(JOB, on_round=interrupt)
    import psutil

    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))
