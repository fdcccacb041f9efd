from dataclasses import fields

import pytest

from auxnet_cli.documents.scores import Scores
from auxnet_cli.errors import InputError
from auxnet_cli.model.heads import open_heads
from auxnet_cli.scoring.evidence import Flaw
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings
from auxnet_cli.task import TASKS, parse_tasks


@pytest.mark.parametrize("name", TASKS)
def test_what_a_task_names_exists(name):
    task = TASKS[name]
    section = Scores.model_fields[task.section].annotation.__args__[0]
    assert {task.headline, *task.scores} <= set(section.model_fields)
    of_class = section.model_fields["per_class"].annotation.__args__[1]
    assert {task.support, task.detected} <= set(of_class.model_fields)
    assert f"{task.section}_weight" in LossSettings.model_fields
    assert task.threshold in DecisionSettings.model_fields
    assert "{" not in task.rule.format(decision=DecisionSettings())
    assert task.undetected.count("{}") == 1
    assert not task.flaw or task.flaw[0] in {field.name for field in fields(Flaw)}


@pytest.mark.parametrize("name", TASKS)
def test_outputs_begin_with_the_section(name):
    """By this, parts of a network are told apart by the task that they serve."""
    (head,) = open_heads([name], 2, "exclusive", (64, 96), ModelSettings()).values()
    assert head.outputs
    assert all(output.startswith(TASKS[name].section) for output in head.outputs)


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        (None, None),
        ("cls", ("cls",)),
        ("det,cls", ("cls", "det")),
        (" seg , seg,", ("seg",)),
        ("det,seg,cls", ("cls", "seg", "det")),
    ],
)
def test_written_tasks(text, tasks):
    assert parse_tasks(text) == tasks


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cls,sge", "no task 'sge'.*Did you mean 'seg'.*cls, seg, det"),
        ("CLS", "no task 'CLS'"),
        ("", "names no task"),
        (" ,", "names no task"),
    ],
)
def test_wrong_tasks(text, says):
    with pytest.raises(InputError, match=says):
        parse_tasks(text)
