import re

import pytest

from auxnet_cli.reports.benchmark.page import (
    benchmark_markdown,
    benchmark_page,
    benchmark_table,
    latency_charts,
)
from tests.reports.reading import printed


def test_the_page_needs_no_other_file(benchmarked):
    text = benchmark_page(benchmarked(left_out=["The engine x does not compute in <bf16>."]))
    assert "&lt;bf16&gt;" in text
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert '<figure id="figure-latency">' in text
    assert "<strong>Parameters -60.0 % (paper -57.1 %)" in text
    assert "<td>2.08 x</td><td>2.08-2.08</td>" in text
    assert "Other models" not in text


def test_names_of_external_models_are_escaped(benchmarked):
    document = benchmarked(against=("<script>.onnx",))
    assert "<script" not in benchmark_page(document)
    assert "&lt;script&gt;.onnx takes 640 x 640 only" in benchmark_page(document)
    assert "\\<script\\>.onnx" in benchmark_markdown(document)


def test_a_chart_for_each_condition(benchmarked):
    charts = latency_charts(benchmarked(threads=(1, 2), batches=(1, 8)))
    assert [chart.name for chart in charts] == ["latency", "latency-1", "latency-2", "latency-3"]
    assert charts[3].title == "Time of a call, 2 threads, batch 8"
    page = benchmark_page(benchmarked(threads=(1, 2), batches=(1, 8)))
    assert page.count("<figure") == 4


def test_markdown_has_the_same_figures(benchmarked):
    text = benchmark_markdown(benchmarked(left_out=["No bf16."]))
    assert "| Times faster | 2.08 x | 2.08-2.08 | than three single-task networks" in text
    assert "\n> No bf16.\n" in text
    assert "| the three together | 400 |" in text
    assert "## openvino fp32, 1 thread, batch 1" in text
    assert "in the same rounds." in text


WAYS = ("tensorflow fp32", "openvino fp32", "openvino bf16")


def test_the_terminal_shows_rows_ratios_and_reductions(benchmarked):
    text = printed(benchmark_table(benchmarked(left_out=["This CPU does not compute in bf16."])))
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
def test_the_terminal_fits_80_columns_uncut(benchmarked, given):
    text = printed(benchmark_table(benchmarked(ways=WAYS, **given)))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    if len(given) == 0:
        # No row of figures is broken.
        assert text.count("three single-task, tensorflow fp32") == 4


def test_external_models_have_a_table(benchmarked):
    text = printed(benchmark_table(benchmarked(ways=WAYS, against=("yolo11n-seg.onnx",))))
    row = ["yolo11n-seg.onnx", "openvino", "bf16", "120", "120-120", "10.0", "42", "%"]
    assert row in [line.split() for line in text.splitlines()]
