import json
import os
import shutil
import sys
import types
from pathlib import Path

import cv2
import numpy as np
import pytest

from auxnet_cli import open_run as module
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting import artefacts, export_network
from auxnet_cli.exporting.artefacts import digests, fault
from auxnet_cli.inference.engines import registry
from auxnet_cli.inference.engines.registry import ENGINES, Artefact, EngineEntry
from auxnet_cli.jobs.export import export
from auxnet_cli.jobs.predict import predict
from auxnet_cli.open_run import open_run
from auxnet_cli.system.files import sha256


@pytest.fixture
def run(exported, tmp_path):
    """A run that is exported to OpenVINO."""
    return Path(shutil.copytree(exported[0], tmp_path / "runs" / "first"))


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "one.png"
    cv2.imwrite(str(path), np.full((40, 70, 3), 90, np.uint8))
    return path


@pytest.fixture
def by_keras(original, monkeypatch):
    """Keras's engine, which need not be opened again."""
    monkeypatch.setattr(module, "load_network", lambda _: original[0])
    monkeypatch.setattr(module, "open_engine", lambda *_: original[1])
    return original[1]


class ToyEngine:
    """An engine of three lines: its artefact is a file with the network's number of classes."""

    name, precision, requests, size = "toy", "fp32", 1, None

    def __init__(self, path, threads=None, precision="fp32", requests=1):
        self.classes = int(path.read_text())

    def run(self, images):
        return {"classification": np.zeros((len(images), self.classes), np.float32)}

    @staticmethod
    def annotate(path, axes, metadata):
        assert axes["classification"] == ("batch", "classes")


def test_a_toy_engine_needs_a_module_and_an_entry(run, original, image, tmp_path, monkeypatch):
    """It is exported to, compared with Keras, and predicts."""
    home = types.ModuleType("toy_engine")
    home.ToyEngine = ToyEngine
    monkeypatch.setitem(sys.modules, "toy_engine", home)
    entry = EngineEntry("toy", "Toy", "pytest", "toy_engine:ToyEngine", Artefact("toy.txt", "toy"))
    monkeypatch.setitem(ENGINES, "toy", entry)

    class Classifier:
        """A Keras network that answers as the toy does, and that can be exported to it."""

        layers, input_shape, output = (), original[0].input_shape, {}
        predict_on_batch = staticmethod(lambda images: ToyEngine.run(toy, images))

        def export(self, path, format, verbose):  # noqa: A002 - Keras's own name
            Path(path).write_text(str(toy.classes))

    card = ModelCard.read(run / "model.json").model_copy(update={"tasks": ("cls",)})
    card.write(run / "model.json")
    toy = types.SimpleNamespace(classes=len(card.classes))
    monkeypatch.setattr(export_network, "load_network", lambda *_: Classifier())
    monkeypatch.chdir(tmp_path)
    summary = predict(image, model=run, engine="toy", out="out", formats=["csv"])
    assert summary.images == 1
    line = json.loads(Path("out/predictions.jsonl").read_text())
    assert set(line["scores"].values()) == {0.5}
    assert sorted(path.name for path in (run / "exports" / "toy").iterdir()) == [
        "model.json",
        "parity.json",
        "toy.txt",
    ]
    assert export(run, ["toy"]).artefacts[0].parity.runtime.startswith("Toy ")


def test_predict_with_openvino_imports_neither_tensorflow_nor_keras(
    run, image, tmp_path, in_new_process
):
    words = ["predict", str(image), "--model", str(run), "--out", str(tmp_path / "out")]
    code = f"""
import json, sys
from auxnet_cli.app import app
app({words}, standalone_mode=False)
print("MODULES " + json.dumps(sorted(sys.modules)))
"""
    done = in_new_process(code)
    assert done.returncode == 0, done.stderr
    assert "Exporting" not in done.stderr
    modules = set(json.loads(done.stdout.split("MODULES ")[1]))
    assert "openvino" in modules
    assert not modules & {"tensorflow", "keras", "jax", "torch", "auxnet_cli.backend"}
    # Statistics of use are not sent: the package that would do so is kept out.
    assert not any(name.startswith("openvino_telemetry.") for name in modules)
    assert len((tmp_path / "out" / "predictions.jsonl").read_text().splitlines()) == 1


def test_predict_exports_once_and_says_so(run, quick, image, tmp_path, capsys):
    shutil.rmtree(run / "exports")
    given = {"model": run, "out": tmp_path / "out", "formats": [], "threads": 1}
    assert predict(image, **given).images == 1
    said = capsys.readouterr().err
    assert said.count("Exporting the network to OpenVINO, once, into") == 1
    made = (run / "exports" / "openvino" / "model.xml").stat().st_mtime_ns
    assert predict(image, **given).images == 1
    assert "Exporting" not in capsys.readouterr().err
    assert (run / "exports" / "openvino" / "model.xml").stat().st_mtime_ns == made


def test_an_artefact_belongs_to_one_model_and_one_version(run, monkeypatch):
    folder, digest = run / "exports" / "openvino", sha256(run / "model.keras")
    assert fault(folder, ENGINES["openvino"], digest) is None
    assert "of another model" in fault(folder, ENGINES["openvino"], "ab" * 32)
    assert fault(folder, ENGINES["onnx"], digest) == "holds no model.onnx"
    monkeypatch.setattr(artefacts, "__version__", "another")
    assert "another version" in fault(folder, ENGINES["openvino"], digest)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", None])
def test_an_artefact_without_its_comparison_is_none(run, content):
    parity = run / "exports" / "openvino" / "parity.json"
    parity.unlink() if content is None else parity.write_text(content)
    reason = fault(parity.parent, ENGINES["openvino"], sha256(run / "model.keras"))
    assert reason.startswith("was not" if content is None else "was exported by another version")


@pytest.mark.parametrize(
    "files",
    [None, [], {}, {"model.bin": "ab"}, {"../../../model.keras": "ab"}, {"model.xml": 3}],
)
def test_an_artefact_without_its_hashes_is_none(run, files):
    folder = run / "exports" / "openvino"
    document = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    assert set(document.pop("files")) == {"model.xml", "model.bin"}
    with_files = document if files is None else {**document, "files": files}
    (folder / "parity.json").write_text(json.dumps(with_files))
    assert fault(folder, ENGINES["openvino"], sha256(run / "model.keras"))


def damage(path):
    """Write 4 KB of zeros into the middle of a file; its size and its time stay."""
    before = path.stat()
    with path.open("r+b") as stream:
        stream.seek(before.st_size // 2)
        stream.write(bytes(min(4096, before.st_size // 4)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: damage(folder / "model.bin"), "model.bin"),
        (lambda folder: damage(folder / "model.xml"), "model.xml"),
        (lambda folder: (folder / "model.bin").unlink(), "model.bin is missing"),
    ],
)
def test_a_damaged_artefact_is_made_again_with_a_line_that_says_so(run, quick, spoil, says, capsys):
    folder = run / "exports" / "openvino"
    whole = digests(folder)
    spoil(folder)
    assert digests(folder) != whole
    assert open_run(run, "openvino").name == "openvino"
    said = capsys.readouterr().err
    assert f"openvino is damaged ({says}). Exporting the network to OpenVINO, once" in said
    assert {name: digests(folder)[name] for name in ("model.xml", "model.bin")} == {
        name: whole[name] for name in ("model.xml", "model.bin")
    }


def test_a_damaged_artefact_in_int8_is_refused(run):
    folder = run / "exports" / "openvino-int8"
    with pytest.raises(InputError, match=r"int8 was not exported: .*--format openvino --int8"):
        open_run(run, precision="int8")
    shutil.copytree(run / "exports" / "openvino", folder)
    open_run(run, "openvino", precision="int8")
    damage(folder / "model.bin")
    with pytest.raises(InputError, match=r"int8 is damaged \(model\.bin\): auxnet export .*--int8"):
        open_run(run, "openvino", precision="int8")


@pytest.mark.parametrize("engine", ["auto", "openvino", "keras", "tensorflow"])
def test_a_damaged_network_is_refused_whatever_runs_it(run, engine):
    damage(run / "model.keras")
    with pytest.raises(InputError, match=r"model\.keras is not the network that .*model\.json was"):
        open_run(run, engine)
    with pytest.raises(InputError, match="is damaged or was replaced"):
        export(run)


def test_an_artefact_that_cannot_be_read(run, by_keras, capsys):
    folder = run / "exports" / "openvino"
    (folder / "model.xml").write_text("<net")
    parity = json.loads((folder / "parity.json").read_text(encoding="utf-8"))
    parity["files"]["model.xml"] = sha256(folder / "model.xml")
    (folder / "parity.json").write_text(json.dumps(parity))
    with pytest.raises(AuxnetError, match=r"model\.xml cannot be read by OpenVINO .*remove its"):
        open_run(run, "openvino")
    assert open_run(run) is by_keras
    assert "Keras runs the network instead." in capsys.readouterr().err


def test_auto_takes_the_fastest_that_is_installed(run, monkeypatch):
    installed = {"openvino", "onnxruntime", "ai_edge_litert"}
    monkeypatch.setattr(registry, "find_spec", lambda name: name in installed or None)
    opened = []
    monkeypatch.setattr(module, "_exported", lambda run, *_: run)
    monkeypatch.setattr(module, "open_artefact", lambda _, name, *rest: opened.append(name))
    monkeypatch.setattr(module, "_open_network", lambda *_: opened.append("network"))
    for package in ("openvino", "onnxruntime", "ai_edge_litert", None):
        open_run(run)
        installed.discard(package)
    assert opened == ["openvino", "onnx", "litert", "network"]


def test_what_cannot_be_exported_is_run_by_keras(run, quick, by_keras, monkeypatch, capsys):
    shutil.rmtree(run / "exports")

    def fail(*_):
        raise AuxnetError("The network could not be converted.")

    monkeypatch.setattr(export_network, "convert", fail)
    with pytest.raises(AuxnetError, match="could not be converted"):
        open_run(run, "openvino")
    assert open_run(run) is by_keras
    said = capsys.readouterr().err
    assert "could not be converted. Keras runs the network instead." in said


def test_the_precision_reaches_the_engine(run, monkeypatch):
    opened = []
    monkeypatch.setattr(module, "open_artefact", lambda *given: opened.append(given))
    open_run(run, threads=2, precision="bf16")
    assert opened == [(run / "exports" / "openvino" / "model.xml", "openvino", 2, "bf16", 1)]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"threads": 0}, "`threads` 0 is not possible"),
        ({"name": "keras", "threads": 1}, r"for the engines openvino.*TF_NUM_INTRAOP_THREADS=1"),
        ({"name": "opnvino"}, r"no engine 'opnvino'.*'openvino'"),
    ],
)
def test_wrong_calls(run, options, says):
    with pytest.raises(InputError, match=says):
        open_run(run, **options)
