from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inference.engines.opening import open_artefact, open_engine, parallel_requests
from auxnet_cli.inference.engines.openvino import OpenVINOEngine
from auxnet_cli.inference.engines.registry import ENGINES, exported_engines
from auxnet_cli.system.cpu import usable_cores

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Keras runs on another back end"
)


def noise(number):
    return np.random.default_rng(0).integers(0, 256, (number, 32, 64, 3)).astype(np.uint8)


@on_tensorflow
def test_engines_of_keras_networks_agree(original):
    images = noise(3)
    expected, engine = original[1].run(images), open_engine(original[0])
    assert (engine.name, original[1].name) == ("tensorflow", "keras")
    together, alone = engine.run(images), engine.run(images[1:2])
    assert set(together) == {
        "classification",
        "segmentation",
        "detection_scores",
        "detection_boxes",
    }
    for name, values in expected.items():
        assert values.dtype == together[name].dtype == np.float32
        np.testing.assert_allclose(together[name], values, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(alone[name][0], values[1], rtol=1e-3, atol=1e-4)


@on_tensorflow
def test_bf16_is_near_fp32_or_refused(original, exported):
    path = exported[0] / "exports" / "openvino" / "model.xml"
    images = noise(1)
    try:
        engine = open_artefact(path, "openvino", 1, "bf16")
    except InputError as error:
        assert "`precision` fp32 or int8" in str(error)  # noqa: PT017
        return
    assert engine.precision == "bf16"
    found, expected = engine.run(images), original[1].run(images)
    differences = [float(np.abs(found[head] - expected[head]).max()) for head in expected]
    sizes = [float(np.abs(values).max()) for values in expected.values()]
    # It has 8 bits: less exact than float32's digits, and not another network.
    assert max(differences) > 1e-4
    assert all(one < 0.1 * size for one, size in zip(differences, sizes, strict=True))


def test_another_back_end(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    assert open_engine(None).name == "keras"
    with pytest.raises(InputError, match="runs on jax: unset KERAS_BACKEND or take `engine` keras"):
        open_engine(None, "tensorflow")


@on_tensorflow
@pytest.mark.parametrize("name", exported_engines())
def test_an_artefact_agrees_with_keras(original, converted, name):
    images = noise(3)
    engine = open_artefact(converted(name), name, threads=1)
    assert (engine.name, engine.precision) == (name, "fp32")
    expected, first = original[1].run(images), engine.run(images)
    again = engine.run(images[:1])
    assert set(first) == set(expected)
    for head, values in first.items():
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, expected[head], rtol=0, atol=1e-3)
        # What was given stays as it was when the engine runs again.
        np.testing.assert_allclose(again[head], values[:1], rtol=0, atol=1e-5)


@on_tensorflow
@pytest.mark.parametrize("name", ["openvino", "onnx"])
def test_calls_side_by_side_are_answered_each_for_itself(converted, name):
    path, images = converted(name), noise(12)
    single = open_artefact(path, name, 1)
    assert single.requests == 1
    expected = [single.run(image[None]) for image in images]
    engine = open_artefact(path, name, 3, requests=3)
    assert engine.requests == 3
    with ThreadPoolExecutor(5) as pool:  # more threads than requests: some wait
        alone = list(pool.map(lambda image: engine.run(image[None]), images))
        pairs = list(pool.map(engine.run, np.split(images, 3)))
    for found in (alone, pairs):
        for head in expected[0]:
            np.testing.assert_array_equal(
                np.concatenate([one[head] for one in found]),
                np.concatenate([one[head] for one in expected]),
            )


@on_tensorflow
def test_the_first_call_comes_before_any_thread(exported, monkeypatch):
    """Two threads that made it together hung in one of six processes."""
    asked, run = [], OpenVINOEngine.run
    monkeypatch.setattr(OpenVINOEngine, "run", lambda *given: asked.append(1) or run(*given))
    path = exported[0] / "exports" / "openvino" / "model.xml"
    open_artefact(path, "openvino", 1)
    assert not asked
    open_artefact(path, "openvino", 2, requests=2)
    assert len(asked) == 1


@on_tensorflow
def test_a_request_that_fails_is_there_for_the_next(exported):
    engine = open_artefact(
        exported[0] / "exports" / "openvino" / "model.xml", "openvino", 2, requests=2
    )
    for _ in range(3):
        with pytest.raises(RuntimeError):
            engine.run(np.zeros((2, 8, 8, 3), np.uint8))
    assert len(engine.run(np.zeros((3, 32, 64, 3), np.uint8))["classification"]) == 3


def test_requests_go_as_far_as_threads_and_images():
    assert parallel_requests(4, 100, False) == 4
    assert parallel_requests(4, 1, False) == 1
    assert parallel_requests(4, 1, True) == 4
    assert parallel_requests(0, 100, False) == usable_cores() == parallel_requests(None, 100, False)


@pytest.mark.parametrize("name", [*exported_engines(), "saved_model"])
def test_an_artefact_that_is_missing(tmp_path, name):
    pytest.importorskip(ENGINES[name].runtime)
    path = tmp_path / ENGINES[name].format.file
    with pytest.raises(AuxnetError, match=rf"{path.name} cannot be read by {ENGINES[name].title}"):
        open_artefact(path, name)


@on_tensorflow
def test_engines_that_go_in_any_order_leave_signals_alone(exported, in_new_process):
    """With a core of its own for each, Ctrl-C after the two ended in a segmentation fault."""
    path = exported[0] / "exports" / "openvino" / "model.xml"
    code = f"""
import signal
from pathlib import Path
from auxnet_cli.inference.engines.opening import open_artefact
first, second = (open_artefact(Path({str(path)!r}), "openvino", 1) for _ in range(2))
del first
del second
signal.signal(signal.SIGINT, lambda *_: print("handled"))
signal.raise_signal(signal.SIGINT)
"""
    done = in_new_process(code)
    assert (done.returncode, done.stdout) == (0, "handled\n"), done.stderr
