from auxnet_cli.documents.export import ExportSummary
from auxnet_cli.reports.terminal.export import export_table
from tests.reports.reading import printed


def shown(seconds, scores, **more):
    head = {"max_abs": 1.0, "max_abs_difference": 2e-5}
    parity = {
        "schema": "auxnet/parity/1",
        "tool_version": "0",
        "model_sha256": "ab",
        "format": "onnx",
        "precision": "fp32",
        "runtime": "ONNX Runtime 1",
        "files": {},
        "images": 16,
        "source": "split val of strips",
        "tolerance": 0.001,
        "outputs": {"a": head, "b": head | {"max_abs_difference": 3e-4}},
        "scores": scores,
        "verdicts_changed": 0,
        "passed": True,
        **more,
    }
    artefact = {
        "format": "onnx",
        "path": "runs/a/exports/onnx/model.onnx",
        "megabytes": 12.34,
        "seconds": seconds,
        "parity": parity,
    }
    summary = ExportSummary(model="runs/a", out="runs/a/exports", artefacts=[artefact])
    return printed(export_table(summary), 200)


def test_the_worst_head_and_the_changes_of_the_scores():
    figures = {"reference": 0.9, "artefact": 0.8951, "change": -0.0049}
    text = shown(12.7, {"accuracy": figures, "dice": None, "map": figures, "map50": figures})
    (row,) = [line.split() for line in text.splitlines() if line.strip().startswith("onnx")]
    assert row == ["onnx", "12.3", "12.7", "3.0e-04", "-0.0049", "-", "-0.0049", "-0.0049"]
    assert "runs/a/exports/onnx/model.onnx: compared with Keras on 16 images (split val of" in text


def test_what_was_there_took_no_time():
    assert "was there" in shown(None, dict.fromkeys(("accuracy", "dice", "map")))


def test_int8_tells_what_stayed_in_fp32():
    scores = dict.fromkeys(("accuracy", "dice", "map"))
    kept = ["spatial attention", "segmentation output"]
    text = shown(3.0, scores, precision="int8", kept=kept, calibration_images=300)
    assert "onnx int8" in text
    assert "calibrated on 300 images, compared with fp32 on 16 images (split val of" in text
    assert "in fp32 stayed: spatial attention, segmentation output" in text
