import pytest

from auxnet_cli.backend import keras
from auxnet_cli.benchmarking import throughput
from auxnet_cli.benchmarking.external_model import Against
from auxnet_cli.benchmarking.plan import NetworkPlan, Variant
from auxnet_cli.benchmarking.worker import work
from auxnet_cli.benchmarking.worker_job import Job, call_worker
from auxnet_cli.errors import AuxnetError
from auxnet_cli.model.cost import gflop
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings

SETTINGS = ModelSettings(encoder="resnet18", attention="none", pyramid_width=8)
PLANS = tuple(
    NetworkPlan(
        name=task, family="tiny", tasks=(task,), classes=2, label_kind="multi-label",
        settings=SETTINGS,
    )
    for task in ("cls", "seg")
)  # fmt: skip
KERAS, OPENVINO = (Variant(engine=one, precision="fp32") for one in ("keras", "openvino"))


@pytest.fixture
def job(tmp_path):
    return Job(
        kind="time", folder=tmp_path, networks=PLANS, variants=(KERAS,), size=(32, 64),
        batches=(1, 2), runs=3,
    )  # fmt: skip


def test_two_networks_are_timed_in_one_process(job):
    """The one start-up of a back end that the quick tests can afford."""
    rounds = []
    results = call_worker(job, on_round=lambda: rounds.append(1))
    assert len(rounds) == 3
    assert [(one["subject"], one["batch"]) for one in results[:-1]] == [
        (0, 1), (0, 2), (1, 1), (1, 2),
    ]  # fmt: skip
    assert results[-1]["peak"] == "fp32"
    for result in results:
        assert len(result["seconds"]) == 3
        assert all(0 < seconds < 20 for seconds in result["seconds"])


def test_what_a_network_costs(job):
    results = work(job.model_copy(update={"kind": "make", "networks": PLANS[1:]}))
    network = defect_aux_net(2, "multi-label", ("seg",), (32, 64), SETTINGS)
    expected = {"parameters": network.count_params(), "gflop": round(gflop(network), 3)}
    assert results == [expected]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="converting needs TensorFlow")
def test_artefacts_are_made_once_and_timed_by_their_place(job, tmp_path, monkeypatch):
    """Also beside another's model, which here is our own, with its batch open."""
    job = job.model_copy(update={"variants": (OPENVINO,), "runs": 2})
    made = []
    work(job.model_copy(update={"kind": "make"}), lambda: made.append(1))
    assert len(made) == 2
    other = Against(
        name="other", path=tmp_path / "0" / "openvino" / "model.xml", shape=(1, 32, 64, 3),
        kind="uint8", channels_first=False, any_batch=True, own_size=True, parameters=1, gflop=1,
    )  # fmt: skip
    alone = {"networks": PLANS[1:], "first": 1}
    results = work(
        job.model_copy(update={**alone, "against": (other,), "against_variants": (OPENVINO,)})
    )
    assert [(one["subject"], one["batch"]) for one in results[:-1]] == [
        (1, 1), (1, 2), (2, 1), (2, 2),
    ]  # fmt: skip
    (memory,) = work(job.model_copy(update={**alone, "kind": "memory"}))
    assert memory["peak_rss_mb"] > 50
    monkeypatch.setattr(throughput, "BURST", 0.02)
    (speed,) = work(job.model_copy(update={"kind": "throughput", "networks": PLANS[:1]}))
    assert (speed["engine"], speed["precision"]) == ("openvino", "fp32")
    assert speed["images_per_second"] > 1


def test_a_workers_own_error_is_told_as_it_is(job):
    gone = job.model_copy(update={"variants": (OPENVINO,)})
    with pytest.raises(AuxnetError, match=r"model\.xml cannot be read by OpenVINO"):
        call_worker(gone)
