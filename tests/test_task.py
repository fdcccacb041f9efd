import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.task import parse_tasks


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
