import io

import pytest
from rich.console import Console

from auxnet_cli.reports.benchmark_table import benchmark_table


def network(name, tasks, median, *, parameters, gflop, peak=912.3):
    return {
        "name": name,
        "tasks": tasks,
        "engine": "tensorflow",
        "precision": "fp32",
        "parameters": parameters,
        "gflop": gflop,
        "latency_ms": {"median": median, "p5": median * 0.9, "p95": median * 1.2},
        "runs": 30,
        "peak_rss_mb": peak,
    }


@pytest.fixture
def document():
    """The paper's own figures."""
    return {
        "cpu": {"model": "Example Xeon @ 2.20GHz", "cores": 2, "flags": ["avx2"]},
        "threads": 1,
        "input": {"height": 128, "width": 800},
        "call_style": "tf.function, batch 1",
        "networks": [
            network(
                "Defect-Aux-Net", ["cls", "seg", "det"], 192.7, parameters=36_200_000, gflop=46.9
            ),
            network("ResNet-50", ["cls"], 65.4, parameters=23_500_000, gflop=15.8),
            network("ResNet-50 FPN", ["seg"], 110.6, parameters=26_900_000, gflop=23.5),
            network("ResNet-50 RetinaNet", ["det"], 1178.0, parameters=34_000_000, gflop=39.9),
        ],
        "reduction": {"parameters": 0.571, "latency": 0.858},
        "paper": {"parameters": 0.571, "latency": 0.455},
    }


def shown(document):
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(benchmark_table(document))
    return console.file.getvalue()


def test_rows_and_reductions(document):
    text = shown(document)
    rows = {line.split("  ")[0].strip(): line.split() for line in text.splitlines()}
    assert rows["ResNet-50"][-6:] == ["cls", "65.4", "58.9-78.5", "23.5", "15.8", "912"]
    assert rows["the three together"][-3:] == ["1354", "84.4", "79.2"]
    assert rows["Defect-Aux-Net"][1] == "cls+seg+det"
    assert "Parameters -57.1 % (paper -57.1 %), time -85.8 % (paper -45.5 %)." in text
    assert "1 thread, input 128 x 800" in text


def test_it_fits_80_columns_uncut(document):
    text = shown(document)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    assert "ResNet-50 RetinaNet" in text


def test_fewer_tasks_and_no_memory(document):
    document["networks"] = document["networks"][:3]
    for entry in document["networks"]:
        entry["peak_rss_mb"] = None
    text = shown(document)
    assert "the two together" in text
    assert "912" not in text


def test_a_growth_shows_as_one(document):
    document["reduction"]["latency"] = -0.05
    assert "time +5.0 %" in shown(document)
