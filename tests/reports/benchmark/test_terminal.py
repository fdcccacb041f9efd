import io

import pytest
from rich.console import Console

from auxnet_cli.reports.benchmark.terminal import benchmark_table

WAYS = ("tensorflow fp32", "openvino fp32", "openvino bf16")


def shown(benchmark):
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(benchmark_table(benchmark))
    return console.file.getvalue()


def test_rows_ratios_and_reductions(benchmarked):
    text = shown(benchmarked(left_out=["This CPU does not compute in bf16."]))
    rows = [line.split() for line in text.splitlines()]
    assert ["ResNet-50", "50.0", "50.0-50.0", "30.5", "12.0", "120", "%", "900"] in rows
    assert ["the", "three", "together", "400", "91.5", "36.0"] in rows
    assert "three single-task, tensorflow fp32   2.08 x   2.08-2.08" in text
    flat = " ".join(text.split())
    assert "Parameters -60.0 % (paper -57.1 %), time -40.0 % (paper -45.5 %)" in flat
    assert "First result: 1.25 s (auxnet predict of one photo, from the start)." in flat
    assert "This CPU does not compute in bf16." in flat
    assert "7 interleaved rounds. peak: part of 200 in fp32 (1 thread) GFLOP/s" in flat


@pytest.mark.parametrize(
    "given", [{}, {"beside": "swift"}, {"against": ("yolo11n-seg.onnx",)}, {"threads": (1, 2)}]
)
def test_it_fits_80_columns_uncut(benchmarked, given):
    text = shown(benchmarked(ways=WAYS, **given))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    if len(given) == 0:
        # No row of figures is broken.
        assert text.count("three single-task, tensorflow fp32") == 4


def test_external_models_have_a_table(benchmarked):
    text = shown(benchmarked(ways=WAYS, against=("yolo11n-seg.onnx",)))
    row = ["yolo11n-seg.onnx", "openvino", "bf16", "120", "120-120", "10.0", "42", "%"]
    assert row in [line.split() for line in text.splitlines()]
