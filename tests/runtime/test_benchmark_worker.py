from auxnet_cli.model.cost import gflop
from auxnet_cli.model.defect_aux_net import defect_aux_net
from auxnet_cli.runtime.benchmark_job import Job, NetworkPlan, call_worker
from auxnet_cli.settings import ModelSettings


def test_two_networks_are_timed_in_one_process():
    """The one start-up of TensorFlow that the quick tests can afford."""
    settings = ModelSettings(encoder="resnet18", attention="none", pyramid_width=8)
    plans = [
        NetworkPlan(
            name=task, tasks=(task,), classes=2, label_kind="multi-label", settings=settings
        )
        for task in ("cls", "seg")
    ]
    job = Job(kind="time", networks=plans, engine="auto", size=(32, 64), threads=1, batch=2, runs=3)
    rounds = []
    results = call_worker(job, on_round=lambda: rounds.append(1))
    assert len(rounds) == 3
    for task, result in zip(("cls", "seg"), results, strict=True):
        network = defect_aux_net(2, "multi-label", (task,), (32, 64), settings)
        assert result["parameters"] == network.count_params()
        assert result["gflop"] == round(gflop(network), 3) > 0
        assert len(result["seconds"]) == 3
        assert all(0 < seconds < 10 for seconds in result["seconds"])
        assert result["precision"] == "fp32"
