from auxnet_cli.reports.benchmark.tables import (
    external_table,
    machine_table,
    network_tables,
    ratio_tables,
)


def test_a_table_for_each_condition(benchmarked):
    tables = network_tables(benchmarked(threads=(1, 2)))
    assert [table.title for table in tables] == [
        "tensorflow fp32, 1 thread, batch 1",
        "openvino fp32, 1 thread, batch 1",
        "tensorflow fp32, 2 threads, batch 1",
        "openvino fp32, 2 threads, batch 1",
    ]
    assert tables[0].rows == (
        ("ResNet-50", "50.0", "50.0-50.0", "30.5", "12.0", "120 %", "900"),
        ("ResNet-50 FPN", "150", "150-150", "30.5", "12.0", "40 %", "900"),
        ("ResNet-50 RetinaNet", "200", "200-200", "30.5", "12.0", "30 %", "900"),
        ("the three together", "400", "", "91.5", "36.0", "", ""),
        ("Defect-Aux-Net", "240", "240-240", "36.6", "12.0", "25 %", "900"),
    )
    assert tables[1].rows[0][-1] == ""


def test_ratios_as_a_part_and_times_faster(benchmarked):
    part, faster = ratio_tables(benchmarked(against=("yolo.onnx",)))
    three = "three single-task networks"
    assert part.rows == (
        ("tensorflow fp32", f"{three}, tensorflow fp32", "0.60", "0.60-0.60"),
        ("openvino fp32", f"{three}, openvino fp32", "0.60", "0.60-0.60"),
    )
    assert faster.rows[2:] == (
        ("openvino fp32", f"{three}, tensorflow fp32", "2.08 x", "2.08-2.08"),
        ("openvino fp32", "yolo.onnx, openvino fp32", "1.25 x", "1.25-1.25"),
    )


def test_families_and_conditions_are_named_where_there_are_several(benchmarked):
    result = benchmarked(batches=(1, 8), beside="swift", against=("a.onnx",))
    assert [table.title for table in network_tables(result)][:2] == [
        "tensorflow fp32, 1 thread, batch 1: severstal",
        "tensorflow fp32, 1 thread, batch 1: swift",
    ]
    part, _ = ratio_tables(result)
    assert part.rows[0][0] == "tensorflow fp32, severstal, 1 thread, batch 1"
    assert [row[1] for row in external_table(result).rows] == [
        "openvino fp32, 1 thread, batch 1",
        "openvino fp32, 1 thread, batch 8",
    ]


def test_external_models(benchmarked):
    assert external_table(benchmarked()) is None
    row = ("a.onnx", "openvino fp32", "640 x 640", "240", "240-240", "2.9", "10.0", "21 %", "")
    assert external_table(benchmarked(against=("a.onnx",))).rows == (row,)


def test_the_machine(benchmarked):
    rows = dict(machine_table(benchmarked(threads=(1, 2))).rows)
    assert rows["Peak, fp32, 2 threads"] == "200 GFLOP/s"
    assert rows["All cores, openvino fp32"] == "9.5 images/s (2 streams)"
    assert rows["Input"] == "128 x 800"
