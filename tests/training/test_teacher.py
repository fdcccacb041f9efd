import json
import re
import shutil

import numpy as np
import pytest

from auxnet_cli.backend import ops
from auxnet_cli.errors import InputError
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.train import train
from auxnet_cli.model.distillation import distillation_losses
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.teacher import find_teacher

pytestmark = pytest.mark.usefixtures("shallow")  # as `trained` is


def settings(tiny, run, *overrides):
    return load_settings("demo", overrides=[*tiny, f"distillation.teacher={run}", *overrides])


def answers(teacher, images):
    return {name: ops.convert_to_numpy(each) for name, each in teacher.answer(images).items()}


def test_without_a_name_there_is_none(made, tiny):
    assert find_teacher(made, load_settings("demo", overrides=tiny)) is None


def test_the_teacher_answers_as_the_run_does(made, tiny, trained):
    run, _ = trained
    own = settings(tiny, run)
    images = np.random.default_rng(0).integers(0, 256, (2, *own.data.size, 3)).astype(np.uint8)
    expected = Inspector.open(run, "keras").engine.run(images)
    found = answers(find_teacher(made, own), images)
    assert set(found) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-3, atol=1e-4)


def test_it_works_at_the_learners_size_and_for_the_learners_heads(made, tiny, trained):
    run, _ = trained
    own = settings(tiny, run, "data.size=[64,64]", "tasks=[cls,seg]", "model.encoder_width=0.5")
    found = answers(find_teacher(made, own), np.zeros((1, 64, 64, 3), np.uint8))
    assert {name: values.shape[1:3] for name, values in found.items()} == {
        "classification": (len(made.classes),),
        "segmentation": (64, 64),
    }


def test_other_anchors_teach_no_boxes(made, tiny, trained):
    run, _ = trained
    teacher = find_teacher(made, settings(tiny, run, "model.anchors.ratios=[1]"))
    assert set(answers(teacher, np.zeros((1, 32, 96, 3), np.uint8))) == {
        "classification",
        "segmentation",
    }
    with pytest.raises(InputError, match=r"none of them can teach .*same model\.anchors"):
        find_teacher(made, settings(tiny, run, "model.anchors.ratios=[1]", "tasks=[det]"))


def test_other_classes_are_refused(made, tiny, trained, tmp_path):
    run = tmp_path / "other"
    shutil.copytree(trained[0], run)
    card = json.loads((run / "model.json").read_text(encoding="utf-8"))
    card["classes"] = ["rust", *card["classes"][1:]]
    (run / "model.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(InputError, match="rust"):
        find_teacher(made, settings(tiny, run))


def test_a_damaged_run_teaches_nothing(made, tiny, trained, tmp_path):
    run = tmp_path / "damaged"
    shutil.copytree(trained[0], run)
    with (run / "model.keras").open("r+b") as stream:
        stream.seek(-9000, 2)
        stream.write(bytes(4096))
    with pytest.raises(InputError, match="is damaged or was replaced"):
        find_teacher(made, settings(tiny, run))


def test_settings_of_another_network_are_refused(made, tiny, trained, tmp_path):
    run = tmp_path / "mixed"
    shutil.copytree(trained[0], run)
    config = (run / "config.yaml").read_text(encoding="utf-8")
    changed = re.sub(r"pyramid_width: \d+", "pyramid_width: 24", config)
    assert changed != config
    (run / "config.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(InputError, match=r"config\.yaml describes another network than its model"):
        find_teacher(made, settings(tiny, run))


def test_the_loss_weighs_the_heads_as_the_labels_are(made, tiny, trained):
    run, _ = trained
    teacher = find_teacher(made, settings(tiny, run, "loss.segmentation_weight=3"))
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 96, 3)).astype(np.uint8)
    taught = {
        name: ops.convert_to_tensor(values) for name, values in answers(teacher, images).items()
    }
    own = {name: values + 1 for name, values in taught.items()}
    parts = {
        head: float(ops.convert_to_numpy(loss))
        for head, loss in distillation_losses(taught, own, False).items()
    }
    expected = parts["classification"] + 3 * parts["segmentation"] + parts["detection"]
    found = float(ops.convert_to_numpy(teacher.loss(images, own)))
    assert found == pytest.approx(expected, rel=1e-4)


def test_a_training_learns_from_it_and_keeps_it_out_of_the_run(
    made, tiny, trained, eager, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    named = [*tiny, "model.encoder_width=0.5", f"distillation.teacher={trained[0]}"]
    monkeypatch.chdir(tmp_path)
    answer = train(data=made.root, overrides=[*named, "training.epochs=1"])
    (line,) = answer["history"]
    assert line["distillation"] > 0
    supervised = sum(line[head] for head in ("classification", "segmentation", "detection"))
    assert line["loss"] == pytest.approx(supervised + line["distillation"], rel=1e-3)
    network = Inspector.open(tmp_path / answer["run"], "keras").engine
    assert set(network.run(np.zeros((1, 32, 96, 3), np.uint8))) == {
        "classification",
        "segmentation",
        "detection_scores",
        "detection_boxes",
    }
