import re

from auxnet_cli.reports.benchmark.page import benchmark_markdown, benchmark_page, latency_charts


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
