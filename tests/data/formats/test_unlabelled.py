import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.formats.unlabelled import good_by_policy
from auxnet_cli.errors import InputError


@pytest.mark.parametrize(
    ("policy", "good", "action"),
    [("skip", False, "image skipped"), ("good", True, "taken as good")],
)
def test_each_is_named(policy, good, action):
    audit = Audit()
    assert good_by_policy(["a", "b"], policy, "no XML", audit) == good
    assert [(finding.kind, finding.file, finding.action) for finding in audit.findings] == [
        ("image-without-annotation", "a", action),
        ("image-without-annotation", "b", action),
    ]


def test_error():
    assert not good_by_policy([], "error", "no XML", Audit())
    with pytest.raises(InputError, match=r"2 images have no annotation \(no XML\), the first is a"):
        good_by_policy(["a", "b"], "error", "no XML", Audit())


def test_no_such_policy():
    with pytest.raises(InputError, match="one of skip, good, error"):
        good_by_policy([], "bad", "no XML", Audit())
