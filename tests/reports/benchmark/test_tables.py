from auxnet_cli.reports.benchmark.tables import (
    against_sheet,
    facts,
    machine_sheet,
    network_sheets,
    ratio_sheets,
    reduction,
    remarks,
)


def test_a_table_for_each_way(benchmarked):
    sheets = network_sheets(benchmarked(threads=(1, 2)))
    assert [sheet.title for sheet in sheets] == [
        "tensorflow fp32, 1 thread, batch 1",
        "openvino fp32, 1 thread, batch 1",
        "tensorflow fp32, 2 threads, batch 1",
        "openvino fp32, 2 threads, batch 1",
    ]
    assert sheets[0].rows == (
        ("ResNet-50", "50.0", "50.0-50.0", "30.5", "12.0", "120 %", "900"),
        ("ResNet-50 FPN", "150", "150-150", "30.5", "12.0", "40 %", "900"),
        ("ResNet-50 RetinaNet", "200", "200-200", "30.5", "12.0", "30 %", "900"),
        ("the three together", "400", "", "91.5", "36.0", "", ""),
        ("Defect-Aux-Net", "240", "240-240", "36.6", "12.0", "25 %", "900"),
    )
    assert sheets[1].rows[0][-1] == ""


def test_families_are_named_where_there_are_several(benchmarked):
    titles = [sheet.title for sheet in network_sheets(benchmarked(beside="swift"))]
    assert titles[:2] == [
        "tensorflow fp32, 1 thread, batch 1: severstal",
        "tensorflow fp32, 1 thread, batch 1: swift",
    ]


def test_ratios_as_a_part_and_times_faster(benchmarked):
    part, faster = ratio_sheets(benchmarked(against=("yolo.onnx",)))
    three = "three single-task networks"
    assert part.rows == (
        ("tensorflow fp32", f"{three}, tensorflow fp32", "0.60", "0.60-0.60"),
        ("openvino fp32", f"{three}, openvino fp32", "0.60", "0.60-0.60"),
    )
    assert faster.rows[2:] == (
        ("openvino fp32", f"{three}, tensorflow fp32", "2.08 x", "2.08-2.08"),
        ("openvino fp32", "yolo.onnx, openvino fp32", "1.25 x", "1.25-1.25"),
    )


def test_conditions_are_named_where_there_are_several(benchmarked):
    part, _ = ratio_sheets(benchmarked(batches=(1, 8), beside="swift"))
    assert part.rows[0][0] == "tensorflow fp32, severstal, 1 thread, batch 1"


def test_what_stands_first_is_of_the_fastest(benchmarked):
    found = {
        one.title: (one.value, one.interval, one.note)
        for one in facts(benchmarked(ways=("tensorflow fp32", "openvino fp32", "openvino bf16")))
    }
    three = "three single-task networks"
    assert found == {
        "One pass": ("96.0 ms", "", "openvino bf16, the fastest here; 1 thread, batch 1"),
        "Part of their time": ("0.60", "0.60-0.60", f"of {three}, openvino bf16"),
        "Times faster": ("4.17 x", "4.17-4.17", f"than {three}, tensorflow fp32"),
        "Images, all cores": ("9.5 /s", "", "openvino fp32, 2 streams"),
        "First result": ("1.25 s", "", "auxnet predict of one photo, from the start"),
    }


def test_what_was_not_measured_does_not_stand_first(benchmarked):
    document = benchmarked(ways=("openvino fp32",)) | {"throughput": [], "first_result_s": None}
    assert [one.title for one in facts(document)] == [
        "One pass",
        "Part of their time",
        "Peak memory",
    ]


def test_reduction_is_beside_the_papers(benchmarked):
    assert reduction(benchmarked()) == (
        "Parameters -60.0 % (paper -57.1 %), time -40.0 % (paper -45.5 %), tensorflow fp32."
    )


def test_others_models(benchmarked):
    assert against_sheet(benchmarked()) is None
    row = ("a.onnx", "openvino fp32", "640 x 640", "240", "240-240", "2.9", "10.0", "21 %", "")
    assert against_sheet(benchmarked(against=("a.onnx",))).rows == (row,)
    sheet = against_sheet(benchmarked(against=("a.onnx",), threads=(1, 2)))
    assert [row[1] for row in sheet.rows] == [
        "openvino fp32, 1 thread, batch 1",
        "openvino fp32, 2 threads, batch 1",
    ]


def test_what_must_be_known(benchmarked):
    assert remarks(benchmarked()) == []
    told = remarks(benchmarked(against=("a.onnx",), rounds=2, left_out=["No bf16."]))
    assert told == [
        "No bf16.",
        "a.onnx takes 640 x 640 only: it was timed at that size.",
        "Of so few rounds there is no interval.",
    ]


def test_the_machine(benchmarked):
    rows = dict(machine_sheet(benchmarked(threads=(1, 2))).rows)
    assert rows["Peak, fp32, 2 threads"] == "200 GFLOP/s"
    assert rows["All cores, openvino fp32"] == "9.5 images/s (2 streams)"
    assert rows["Input"] == "128 x 800"
