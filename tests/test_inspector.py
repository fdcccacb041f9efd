"""``Inspector``: the interface of Python programs."""

import json
from pathlib import Path

import numpy as np
import pytest

import auxnet_cli
from auxnet_cli import Inspection, Inspector
from auxnet_cli.data.images.reading import decode_image, read_image
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.predict import predict
from auxnet_cli.reports.overlay.drawing import draw


@pytest.fixture(scope="module")
def inspector(exported):
    return Inspector.open(exported[0], "openvino")


@pytest.fixture(scope="module")
def paths(made):
    return [record.path for record in made.split("val")]


def same(first, second):
    arrays = ((first.scores, second.scores), (first.masks, second.masks))
    return first.boxes == second.boxes and all(np.array_equal(*pair) for pair in arrays)


def test_one_image_is_inspected_as_a_path_or_an_array(inspector, paths):
    image = read_image(paths[0])
    inspection = inspector.inspect(image)
    assert isinstance(inspection, Inspection)
    assert same(inspection, inspector.inspect(str(paths[0])))
    assert list(inspection.class_scores) == list(inspection.classes)
    assert inspection.masks.shape == (*image.shape[:2], len(inspection.classes))
    assert inspection.verdict in {"good", "defective"}
    assert np.array_equal(inspection.draw(), draw(image, inspection))
    assert np.array_equal(inspection.draw(image), inspection.draw())


def test_mirror_images_change_scores_but_no_box_of_the_head(exported, inspector, paths):
    """Boxes of the head alone: those of masks change with the masks."""
    decision = inspector.card.decision.model_copy(update={"boxes": "head"})
    mirrored, plain = (
        Inspector.open(exported[0], "openvino", decision, mirrored=both) for both in (True, False)
    )
    found, expected = (each.inspect(paths[0]) for each in (mirrored, plain))
    assert found.boxes == expected.boxes
    assert not np.array_equal(found.scores, expected.scores)
    assert found.scores == pytest.approx(expected.scores, abs=0.5)


def test_a_notebook_shows_the_picture(inspector, paths):
    inspection = inspector.inspect(paths[0])
    shown = decode_image(inspection._repr_png_(), paths[0], 8)
    assert np.array_equal(shown, inspection.draw())


def test_many_images_come_one_by_one(exported, paths):
    inspector = Inspector.open(exported[0], "openvino", images=len(paths), threads=2)
    inspections = inspector.inspect_many(read_image(path) for path in paths)
    assert same(next(inspections), inspector.inspect(paths[0]))
    assert len(list(inspections)) == len(paths) - 1


def test_files_say_what_predict_writes(inspector, exported, made, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"none")
    inputs = [made.root / "images", tmp_path]
    results = list(inspector.inspect_files(inputs))
    predict(inputs, model=exported[0], out=tmp_path / "out", formats=[], engine="openvino")
    lines = [
        json.loads(line) for line in (tmp_path / "out/predictions.jsonl").read_text().splitlines()
    ]
    assert [result.path.as_posix() for result in results] == [line["path"] for line in lines]
    for result, line in zip(results, lines, strict=True):
        assert result.error == line.get("error")
        if result.inspection is not None:
            assert result.inspection.verdict == line["verdict"]
            assert result.inspection.draw().dtype == np.uint8
    assert results[-1].error is not None


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((8, 9), np.uint8),
        np.zeros((8, 9, 4), np.uint8),
        np.zeros((8, 9, 3), np.float32),
        np.zeros((0, 9, 3), np.uint8),
    ],
)
def test_another_array_is_refused_by_its_argument(inspector, image):
    with pytest.raises(InputError, match=r"^`image` is of shape .* must be \(height, width, 3\)"):
        inspector.inspect(image)


def test_a_file_that_is_no_image(inspector, tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(InputError, match=r"a\.png is empty"):
        inspector.inspect(tmp_path / "a.png")
    with pytest.raises(InputError, match="no file or folder nowhere"):
        next(inspector.inspect_files("nowhere"))


def test_type_checkers_see_all_names():
    text = Path(auxnet_cli.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    for name in auxnet_cli.__all__:
        assert f" as {name}\n" in text or name == "__version__"
