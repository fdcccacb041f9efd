import pytest

from auxnet_cli.backend import keras
from auxnet_cli.benchmarking import throughput
from auxnet_cli.benchmarking.external_model import ExternalModel
from auxnet_cli.benchmarking.plan import NetworkPlan
from auxnet_cli.benchmarking.worker import work
from auxnet_cli.benchmarking.worker_job import Job, Subject, call_worker
from auxnet_cli.documents.benchmark import Variant
from auxnet_cli.errors import AuxnetError
from auxnet_cli.settings import ModelSettings

SETTINGS = ModelSettings(
    encoder="resnet18",
    encoder_width=0.125,
    attention="none",
    pyramid_width=8,
    segmentation_width=8,
)
PLANS = [
    NetworkPlan(
        name=task, family="tiny", tasks=(task,), classes=2, label_kind="multi-label",
        settings=SETTINGS,
    )
    for task in ("cls", "seg")
]  # fmt: skip
KERAS, OPENVINO = (Variant(engine=name, precision="fp32") for name in ("keras", "openvino"))


@pytest.fixture
def job(tmp_path):
    def make(kind, models=PLANS, variant=OPENVINO, first=0):
        subjects = [
            Subject(index=index, model=model, variants=[variant])
            for index, model in enumerate(models, first)
        ]
        return Job(
            kind=kind, folder=tmp_path, subjects=subjects, size=(32, 64), batches=(1, 2), runs=2
        )

    return make


def test_two_networks_are_timed_in_one_process(job):
    """The one start-up of a back end that the quick tests can afford."""
    rounds = []
    two = job("time", [PLANS[0], PLANS[0]], KERAS)
    results = call_worker(two, on_round=lambda: rounds.append(1))
    assert len(rounds) == 2
    assert [(call.subject, call.condition.batch) for call in results.calls] == [
        (0, 1), (0, 2), (1, 1), (1, 2),
    ]  # fmt: skip
    for call in results.calls:
        assert len(call.seconds) == 2
        assert all(0 < seconds < 20 for seconds in call.seconds)
    (peak,) = results.peaks
    assert (peak.precision, peak.threads) == ("fp32", 1)
    assert peak.gflops > 0.1


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="converting needs TensorFlow")
def test_artefacts_are_made_once_and_run_by_their_index(job, tmp_path, monkeypatch, shallow):
    """Also beside an external model, which here is our own, with its batch open."""
    made = []
    assert len(work(job("make"), lambda: made.append(1)).costs) == len(made) == 2
    external = ExternalModel(
        name="external", path=tmp_path / "0" / "openvino" / "model.xml", shape=(1, 32, 64, 3),
        dtype="uint8", channels_first=False, any_batch=True, own_size=True, parameters=1, gflop=1,
    )  # fmt: skip
    results = work(job("time", [PLANS[1], external], first=1))
    assert [(call.subject, call.condition.batch) for call in results.calls] == [
        (1, 1), (1, 2), (2, 1), (2, 2),
    ]  # fmt: skip
    assert work(job("memory", PLANS[1:], first=1)).peak_rss_mb > 50
    monkeypatch.setattr(throughput, "BURST", 0.02)
    (speed,) = work(job("throughput", PLANS[:1])).throughput
    assert speed.label == "openvino fp32"
    assert speed.images_per_second > 1
    assert speed.way.split()[1] in {"stream", "streams"}


def test_an_error_of_the_worker_is_raised_here(job):
    with pytest.raises(AuxnetError, match=r"model\.xml cannot be read by OpenVINO"):
        call_worker(job("time"))
