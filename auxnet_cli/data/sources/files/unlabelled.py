"""Images that no annotation speaks of: passed over, taken as good, or refused."""

from collections.abc import Sequence

from auxnet_cli.data.audit import Audit
from auxnet_cli.errors import InputError, nearest

POLICIES = ("skip", "good", "error")
KINDS = ("tekerreka", "coco", "voc", "labelme", "yolo")
"""Sources in which an image may lack annotations and be good all the same."""


def check_policy(kind: str, policy: str) -> None:
    """Refuse a policy that does not exist, or that a kind of source has no use for.

    Raises:
        InputError: it is such a one.
    """
    if policy not in POLICIES:
        raise InputError(
            f"unlabelled is '{policy}'.{nearest(policy, list(POLICIES))} "
            f"Take one of {', '.join(POLICIES)}."
        )
    if policy != POLICIES[0] and kind not in KINDS:
        raise InputError(
            f"--unlabelled is for {', '.join(KINDS)}: leave it out, since {kind} has a rule of "
            "its own for images without labels."
        )


def good_by_policy(files: Sequence[str], policy: str, missing: str, audit: Audit) -> bool:
    """Whether images without annotations are good parts; each is named in the audit.

    Args:
        files: the images, as the audit calls them.
        policy: ``skip``, ``good`` or ``error``.
        missing: what they lack, such as ``no XML``.
        audit: takes them.

    Raises:
        InputError: there is one and the policy is ``error``.
    """
    if policy == "error" and files:
        raise InputError(
            f"{len(files)} images have no annotation ({missing}), the first is {files[0]}: "
            "annotate them, or choose --unlabelled skip or good."
        )
    action = "taken as good" if policy == "good" else "image skipped"
    for file in files:
        audit.add("image-without-annotation", file, missing, action)
    return policy == "good"
