from pathlib import Path

import pytest

from auxnet_cli.benchmarking.plan import (
    plan_named,
    plan_network,
    plan_pruned,
    plan_untrained,
    with_single_tasks,
)
from auxnet_cli.errors import InputError


def test_single_task_networks_have_no_attention_and_all_else_alike():
    ours, size = plan_untrained("severstal")
    assert ours.memory == 500
    assert size == (128, 800)
    assert ours.settings.attention == "se+spatial"
    first, *singles = with_single_tasks(ours)
    assert first == ours
    assert ours.multi_task
    assert [(plan.name, plan.tasks) for plan in singles] == [
        ("ResNet-50", ("cls",)),
        ("ResNet-50 FPN", ("seg",)),
        ("ResNet-50 RetinaNet", ("det",)),
    ]
    for plan in singles:
        assert plan.settings == ours.settings.model_copy(update={"attention": "none"})
        assert plan.memory == 0
        assert (plan.classes, plan.label_kind) == (4, "multi-label")
        assert (plan.family, plan.multi_task) == ("severstal", False)


def test_the_width_of_an_encoder_is_in_its_name():
    ours, _ = plan_untrained("demo")
    assert with_single_tasks(ours)[2].name == "EfficientNet-Lite0 FPN"
    half = ours.settings.model_copy(update={"encoder_width": 0.5})
    narrow = ours.model_copy(update={"settings": half})
    assert with_single_tasks(narrow)[2].name == "EfficientNet-Lite0 x 0.5 FPN"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((None, "seversta"), "Did you mean 'severstal'"),
        ((Path("absent"), None), "no run absent"),
        ((Path("a"), "swift"), "exclude each other"),
    ],
)
def test_no_such_network(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=says):
        plan_network(*arguments)


def test_what_is_left_of_a_network_is_timed_alone():
    ours, _ = plan_untrained("swift")
    left = plan_pruned(("cls", "det"), ours)
    assert (left.name, left.tasks) == ("Defect-Aux-Net, cls and det kept", ("cls", "det"))
    assert (left.settings, left.memory) == (ours.settings, ours.memory)
    assert with_single_tasks(left) == (left,)
    with pytest.raises(InputError, match="seg cannot be kept: other networks has cls, det"):
        plan_pruned(("seg",), left)


def test_a_network_by_name_is_the_published_one_for_the_same_classes():
    ours = plan_untrained("swift")[0].model_copy(update={"classes": 7})
    unet = plan_named("unet", ours)
    assert (unet.name, unet.tasks, unet.classes, unet.memory) == ("U-Net", ("seg",), 7, 0)
    assert (unet.settings.encoder, unet.settings.segmenter) == ("resnet50", "unet")
    assert with_single_tasks(unet) == (unet,)
    with pytest.raises(InputError, match=r"no network 'unett'.*'unet'.*cascade-rcnn"):
        plan_named("unett", ours)
