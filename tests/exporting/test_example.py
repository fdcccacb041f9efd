"""The program beside an export gives ``predict``'s answer, without auxnet."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from platform import machine

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco

from auxnet_cli.backend import keras
from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.exporting.example import example, write_example
from auxnet_cli.inference.engines.registry import ENGINES, format_names
from auxnet_cli.jobs.export import export
from auxnet_cli.jobs.predict import predict
from auxnet_cli.model.memory_layers import FEATURES, feature_network, with_memory
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net, encoder_levels
from auxnet_cli.settings import DecisionSettings, ModelSettings
from auxnet_cli.settings.calibration import Calibration
from auxnet_cli.settings.data import TileSettings
from auxnet_cli.system.files import sha256
from auxnet_cli.task import TASKS

if keras.backend.backend() != "tensorflow":
    pytest.skip("converting needs Keras on TensorFlow", allow_module_level=True)

CLASSES = ("pit", "Riß, tief", "scale")
SETTINGS = ModelSettings(
    encoder="resnet18",
    encoder_width=0.125,
    attention="none",
    pyramid_width=8,
    segmentation_width=8,
    detection_width=8,
    detection_depth=1,
    anchors={"levels": (4, 6), "ratios": (0.4, 1.0, 3.0)},
)
RATE = {"hits": 1, "trials": 2, "low": 0.1, "high": 0.9}
# Larger, smaller, the one while the other, twice the network's, the network's own.
SIZES = ((150, 260), (20, 40), (24, 300), (200, 50), (64, 128), (32, 64), (97, 131))
OFF = "import runpy, sys; sys.modules.update(auxnet_cli=None, cv2=None); del sys.argv[0]; "


def write_run(folder, size, tasks, label_kind="multi-label", **more):
    """A run whose untrained network finds something in every head on :func:`images`."""
    keras.utils.set_random_seed(3)
    network = defect_aux_net(len(CLASSES), label_kind, tasks, size, SETTINGS)
    pixels = np.stack([resize_image(image, size) for image in images()])
    spreads = {"classification": 1.5, "segmentation_conv": 2, "detection_scores_out": 1}
    layers = {layer.name: layer for layer in network.layers}
    for name, spread in {**spreads, "detection_boxes_out": 1}.items():
        if name not in layers:
            continue
        found = network(pixels)[name.removesuffix("_conv").removesuffix("_out")].numpy()
        kernel, bias = layers[name].get_weights()
        scale = spread / found.std()
        layers[name].set_weights([kernel * scale, bias - found.mean() * scale])
    if "memory" in more:
        describe = feature_network(network, encoder_levels(SETTINGS), 8, seed=0)
        features = describe.predict_on_batch(pixels[:1])[FEATURES]
        network = with_memory(network, describe, features.reshape(-1, features.shape[-1]))
    folder.mkdir(parents=True)
    network.save(folder / "model.keras")
    ModelCard(
        tool_version="0",
        name="untrained",
        classes=CLASSES,
        label_kind=label_kind,
        tasks=tasks,
        size=size,
        anchors=SETTINGS.anchors,
        mask_stride=SETTINGS.mask_stride,
        parameters=network.count_params(),
        initial_weights="none",
        dataset={"name": "nowhere", "fingerprint": "0"},
        sha256=sha256(folder / "model.keras"),
        **more,
    ).write(folder / "model.json")
    return folder


def images():
    rng = np.random.default_rng(5)
    found = []
    for height, width in SIZES:
        coarse = rng.integers(0, 256, (height // 8 + 2, width // 8 + 2, 3)).astype(np.uint8)
        image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        found.append(cv2.add(image, rng.integers(0, 30, image.shape).astype(np.uint8)))
    return found


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """The images, as files for ``predict`` and for the example."""
    folder = tmp_path_factory.mktemp("photographs")
    for number, image in enumerate(images()):
        assert cv2.imwrite(str(folder / f"{number}.png"), image[..., ::-1])
        if number % 2:
            np.save(folder / f"{number}.npy", image)
        else:
            size = f"{image.shape[1]} {image.shape[0]}"
            content = f"P6\n# of a camera\n{size}\n255\n".encode() + image.tobytes()
            (folder / f"{number}.ppm").write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory, shallow_encoder):
    """A run of all tasks that calls some images good, exported to OpenVINO and ONNX."""
    with shallow_encoder():
        decision = DecisionSettings(
            class_score=0.92,
            mask_score=0.9,
            mask_area=0.5,
            box_score=0.9,
            box_floor=0.3,
            verdict=("cls", "seg"),
            boxes="head",
        )
        folder = tmp_path_factory.mktemp("whole") / "run"
        memory = MemoryCard(vectors=8, images=20, judged=10, median=-2.0, spread=1.0)
        tasks = ("cls", "seg", "det")
        run = write_run(folder, (32, 64), tasks, decision=decision, memory=memory)
        onnx = all(map(find_spec, ("onnxruntime", *ENGINES["onnx"].format.converters)))
        export(run, ["openvino", *(["onnx"] if onnx else [])])
    return run


@pytest.fixture(scope="module")
def exclusive(tmp_path_factory, shallow_encoder):
    """A run of classes of which each image shows one or none; of a size with a remainder."""
    with shallow_encoder():
        decision = DecisionSettings(temperature=1.7, class_score=0.374, verdict=("cls",))
        folder = tmp_path_factory.mktemp("exclusive") / "run"
        run = write_run(folder, (38, 71), ("cls", "seg"), "exclusive", decision=decision)
        export(run, ["openvino"])
    return run


@pytest.fixture
def other(whole, tmp_path):
    """Copies ``whole`` with another card, as if it had been trained so, exported to OpenVINO."""

    def copy(**change):
        run = tmp_path / "runs" / "other"
        shutil.copytree(whole, run)
        card = ModelCard.read(run / "model.json").model_copy(update=change)
        card.write(run / "model.json")
        card.write(run / "exports" / "openvino" / "model.json")
        write_example(run / "exports" / "openvino", ENGINES["openvino"], card)
        return run

    return copy


def run_example(artefact, photographs):
    """The lines that the example prints in a process that has neither auxnet nor OpenCV."""
    paths = sorted(path for path in photographs.iterdir() if path.suffix != ".png")
    program = f"{OFF}runpy.run_path(sys.argv[0], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", program, artefact / "example.py", *paths],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        cwd=photographs,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def predict_lines(run, photographs, engine, out):
    out = out / "predicted"
    predict(str(photographs / "*.png"), model=run, out=out, formats=[], engine=engine)
    return [
        json.loads(line) for line in (out / "predictions.jsonl").read_text("utf-8").splitlines()
    ]


def assert_alike(found, expected):
    """Two lines say the same."""
    assert found["verdict"] == expected["verdict"]
    worst = dict.fromkeys(("score", "place", "area"), 0.0)
    if expected["scores"] is not None:
        assert list(found["scores"]) == list(expected["scores"])
        pairs = zip(found["scores"].values(), expected["scores"].values(), strict=True)
        worst["score"] = max(abs(one - other) for one, other in pairs)
    if expected["boxes"] is not None:
        for key in "class", "source":
            assert [box[key] for box in found["boxes"]] == [box[key] for box in expected["boxes"]]
        for own, other in zip(found["boxes"], expected["boxes"], strict=True):
            worst["score"] = max(worst["score"], abs(own["score"] - other["score"]))
            corners = [
                (b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]) for b in (own, other)
            ]
            worst["place"] = max(worst["place"], np.abs(np.subtract(*corners)).max())
    if expected["masks"] is not None:
        assert list(found["masks"]) == list(expected["masks"])
        for name, rle in expected["masks"].items():
            own = found["masks"][name]
            area = int(coco.area(rle))
            decoded = coco.decode(
                coco.frPyObjects({k: own[k] for k in ("size", "counts")}, *own["size"])
            )
            assert decoded.sum() == own["area"]
            worst["area"] = max(worst["area"], (decoded != coco.decode(rle)).sum() / area)
    assert found["novelty"] == pytest.approx(expected.get("novelty"), abs=1e-3)
    assert worst["score"] < 1e-3
    assert worst["place"] < 0.5
    assert worst["area"] < 0.005


def check(run, name, photographs, out, engine=None):
    expected = predict_lines(run, photographs, engine or name, out)
    for found, wanted in zip(
        run_example(run / "exports" / name, photographs), expected, strict=True
    ):
        assert_alike(found, wanted)
    return expected


@pytest.mark.parametrize(
    "name",
    [
        "openvino",
        "onnx",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("litert", "saved_model")),
    ],
)
def test_it_answers_as_predict(whole, photographs, tmp_path, name, shallow):
    for package in (ENGINES[name].runtime, *ENGINES[name].format.converters):
        pytest.importorskip(package)
    export(whole, [name])  # of some it is there
    # No engine of `predict` runs a SavedModel.
    expected = check(
        whole, name, photographs, tmp_path, "openvino" if name == "saved_model" else ""
    )
    # The comparison is of something: both verdicts, several boxes and masks.
    assert {line["verdict"] for line in expected} == {"good", "defective"}
    assert sum(len(line["boxes"]) for line in expected) > 10
    assert sum(len(line["masks"]) for line in expected) > 5


def test_its_resizing_is_the_programs(whole):
    """To the bit on x86; elsewhere OpenCV may round otherwise."""
    resize = runpy.run_path(str(whole / "exports" / "openvino" / "example.py"))["resize"]
    rng = np.random.default_rng(2)
    most = 0 if machine().lower() in {"x86_64", "amd64"} else 2
    for number in range(300):
        size = tuple(rng.integers(1, 120, 2).tolist())
        height, width = rng.integers(1, 200, 2)
        if number % 4 == 0:  # whole ratios, each of which OpenCV computes by another way
            height, width = rng.integers(1, 5, 2) * size
        image = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        resize.__globals__["SIZE"] = size
        difference = np.abs(resize(image).astype(int) - resize_image(image, size))
        assert difference.max() <= most


@pytest.mark.parametrize(("boxes", "sources"), [("masks", {"mask"}), ("fused", {"mask", "fused"})])
def test_boxes_of_the_masks(other, photographs, tmp_path, boxes, sources):
    decision = DecisionSettings(
        boxes=boxes, mask_score=0.8, mask_area=0.002, nms_iou=0.1, box_score=0.3
    )
    expected = check(other(decision=decision), "openvino", photographs, tmp_path)
    found = [box["source"] for line in expected for box in line["boxes"]]
    assert sources <= set(found)
    assert len(found) > 10


@pytest.mark.parametrize("second_view", [0.0, 0.5])
def test_tiles_and_a_calibration(other, photographs, tmp_path, second_view):
    calibration = Calibration(
        weights={"cls": 1.0, "seg": 0.3, "det": 0.1, "any": 0.2, "novelty": 0.01},
        bias=-5.0,
        thresholds=dict(zip(CLASSES, (0.4, 0.46, 0.5), strict=True)),
        shared=(),
        target="catch",
        level=0.9,
        dataset="0",
        recall=RATE,
        false_alarms=RATE,
    )
    decision = DecisionSettings(box_score=0.8, box_floor=0.6, calibration=calibration)
    run = other(tile=TileSettings(size=(50, 64), overlap=0.3, whole=second_view), decision=decision)
    expected = check(run, "openvino", photographs, tmp_path)
    assert {line["verdict"] for line in expected} == {"good", "defective"}
    assert sum(len(line["boxes"]) for line in expected) > 10


@pytest.mark.parametrize("tile", [TileSettings(), TileSettings(size=(50, 64), whole=0.5)])
def test_mirror_images(other, photographs, tmp_path, tile):
    decision = DecisionSettings(mirrored=True, mask_score=0.8, mask_area=0.002, box_score=0.6)
    expected = check(other(decision=decision, tile=tile), "openvino", photographs, tmp_path)
    assert sum(len(line["masks"]) for line in expected) > 5


def test_the_whole_image_may_be_the_newest_view(other, photographs, tmp_path):
    """Also where the network has no boxes, whose tiles it joins."""
    run = other(tile=TileSettings(size=(40, 100), overlap=0.3, whole=0.5))
    expected = predict_lines(run, photographs, "openvino", tmp_path)
    artefact = run / "exports" / "openvino"
    card = ModelCard.read(run / "model.json").model_copy(update={"tasks": ("cls", "seg")})
    write_example(artefact, ENGINES["openvino"], card)
    for own, line in zip(run_example(artefact, photographs), expected, strict=True):
        assert own["novelty"] == pytest.approx(line["novelty"], abs=1e-5)


def test_none_for_boxes_that_it_cannot_decode(exclusive, tmp_path):
    card = ModelCard.read(exclusive / "model.json")
    for tasks, written in ((("cls", "det"), False), (("cls",), True)):
        of_ssd = card.model_copy(update={"detector": "ssd", "tasks": tasks})
        write_example(tmp_path, ENGINES["openvino"], of_ssd)
        assert (tmp_path / "example.py").exists() == written


def test_exclusive_labels(exclusive, photographs, tmp_path):
    expected = check(exclusive, "openvino", photographs, tmp_path)
    assert {line["verdict"] for line in expected} == {"good", "defective"}
    assert sum(len(line["masks"]) for line in expected) > 5


@pytest.mark.parametrize("tasks", [("seg",), ("det",), ("cls", "det")])
def test_some_tasks(other, whole, photographs, tmp_path, tasks):
    """Those that were not trained are ``null``, and none of their code is there."""
    run = other(tasks=tasks)
    text = (run / "exports" / "openvino" / "example.py").read_text(encoding="utf-8")
    assert ("make_anchors" in text) == ("det" in tasks)
    assert ("run_lengths" in text) == ("seg" in tasks)
    expected = predict_lines(whole, photographs, "openvino", tmp_path)
    found = run_example(run / "exports" / "openvino", photographs)
    keys = {"cls": "scores", "seg": "masks", "det": "boxes"}
    for own, line in zip(found, expected, strict=True):
        trained = {key: line[key] if task in tasks else None for task, key in keys.items()}
        same = {"verdict": own["verdict"], "novelty": line["novelty"]}
        assert_alike(own, {**trained, **same})
        assert all(own[key] is None for task, key in keys.items() if task not in tasks)


@pytest.mark.parametrize("bits", [12, 16])
def test_more_bits(other, photographs, tmp_path, bits):
    folder = tmp_path / "deep"
    folder.mkdir()
    image = (images()[1].astype(np.uint16) + 1) * (2**bits // 256) - 1
    assert cv2.imwrite(str(folder / "one.png"), image[..., ::-1])
    np.save(folder / "one.npy", image)
    content = (
        f"P6 {image.shape[1]} {image.shape[0]} 65535\n".encode() + image.astype(">u2").tobytes()
    )
    (folder / "two.ppm").write_bytes(content)
    run = other(bits=bits)
    (expected,) = predict_lines(run, folder, "openvino", tmp_path)
    for found in run_example(run / "exports" / "openvino", folder):
        assert_alike(found, expected)


def test_what_is_no_image(whole, tmp_path):
    (tmp_path / "one.ppm").write_bytes(b"P5 1 1 255 x")
    done = subprocess.run(
        [sys.executable, "-I", whole / "exports" / "openvino" / "example.py", "one.ppm"],
        check=False, capture_output=True, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip() == "one.ppm is neither a .npy nor a binary .ppm file."


@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize(
    "tile", [TileSettings(), TileSettings(size=(32, 32)), TileSettings(size=(32, 32), whole=0.5)]
)
def test_every_program_is_written_in_plain_lines(whole, name, tile):
    card = ModelCard.read(whole / "model.json")
    for number in range(1, 8):
        tasks = tuple(task for place, task in enumerate(TASKS) if number >> place & 1)
        text = example(ENGINES[name], card.model_copy(update={"tasks": tasks, "tile": tile}))
        compile(text, name, "exec")
        assert max(map(len, text.splitlines())) <= 100
        assert "auxnet_cli" not in text
        assert "\n\n\n\n" not in text
