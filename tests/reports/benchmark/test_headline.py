from auxnet_cli.reports.benchmark.headline import facts, reduction, remarks


def test_headline_figures_are_of_the_fastest_variant(benchmarked):
    shown = {
        fact.title: (fact.value, fact.interval, fact.note)
        for fact in facts(benchmarked(ways=("tensorflow fp32", "openvino fp32", "openvino bf16")))
    }
    three = "three single-task networks"
    assert shown == {
        "One pass": ("96.0 ms", "", "openvino bf16, the fastest here; 1 thread, batch 1"),
        "Part of their time": ("0.60", "0.60-0.60", f"of {three}, openvino bf16"),
        "Times faster": ("4.17 x", "4.17-4.17", f"than {three}, tensorflow fp32"),
        "Images, all cores": ("9.5 /s", "", "openvino fp32, 2 streams"),
        "First result": ("1.25 s", "", "auxnet predict of one photo, from the start"),
    }


def test_what_was_not_measured_is_left_out(benchmarked):
    shown = facts(benchmarked(ways=("openvino fp32",), thorough=False))
    assert [fact.title for fact in shown] == ["One pass", "Part of their time", "Peak memory"]


def test_reduction_is_beside_the_papers(benchmarked):
    assert reduction(benchmarked()) == (
        "Parameters -60.0 % (paper -57.1 %), time -40.0 % (paper -45.5 %), tensorflow fp32."
    )


def test_remarks(benchmarked):
    assert remarks(benchmarked()) == []
    assert remarks(benchmarked(against=("a.onnx",), rounds=2, left_out=["No bf16."])) == [
        "No bf16.",
        "a.onnx takes 640 x 640 only: it was timed at that size.",
        "Of so few rounds there is no interval.",
    ]
