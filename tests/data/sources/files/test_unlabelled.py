import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import READERS
from auxnet_cli.data.sources.files.unlabelled import KINDS, check_policy, good_by_policy
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
    with pytest.raises(InputError, match=r"Did you mean 'good'\? Take one of skip, good, error"):
        check_policy("coco", "god")


@pytest.mark.parametrize("policy", ["good", "error"])
def test_a_policy_is_not_passed_over_in_silence(policy):
    for kind in READERS:
        if kind in KINDS:
            check_policy(kind, policy)
        else:
            check_policy(kind, "skip")
            with pytest.raises(InputError, match=f"leave it out, since {kind} has a rule"):
                check_policy(kind, policy)
