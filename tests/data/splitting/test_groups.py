from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.splitting.groups import connected, group_images
from tests.data.source_builders import findings


def photos(*digests):
    return [Entry(f"{n}.png", f"d/{n}.png", 4, 4, sha256, ()) for n, sha256 in enumerate(digests)]


def test_parts_and_duplicates_join():
    audit = Audit()
    # 2 joins x through its duplicate 3; 4 stands alone.
    groups = group_images(photos("1", "2", "3", "3", "4"), ["x", "x", None, "x", None], audit)
    assert groups == [0, 0, 0, 0, 4]
    assert findings(audit) == [("duplicate-image", "d/3.png")]
    assert audit.findings[0].detail == "the same file as d/2.png"


def test_a_part_may_be_called_as_a_digest():
    assert group_images(photos("1", "2"), [None, "1"], Audit()) == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=40))
def test_images_that_share_bytes_or_a_part_are_connected(images):
    digests = [str(digest) for digest, _ in images]
    parts = [None if part is None else str(part) for _, part in images]
    pairs = [
        (first, second)
        for second in range(len(images))
        for first in range(second)
        if digests[first] == digests[second] or parts[first] == parts[second] is not None
    ]
    assert group_images(photos(*digests), parts, Audit()) == connected(len(images), pairs)


def test_near_duplicates_join_and_each_is_named_once():
    audit = Audit()
    listed = photos("1", "2", "2", "3", "4")
    pairs = [(0, 1), (0, 3), (1, 2), (1, 3)]
    assert group_images(listed, [None, "x", None, "y", "y"], audit, pairs) == [0, 0, 0, 0, 0]
    assert [(finding.kind, finding.file, finding.detail) for finding in audit.findings] == [
        ("duplicate-image", "d/2.png", "the same file as d/1.png"),
        ("near-duplicate", "d/1.png", "looks like d/0.png"),
        (
            "near-duplicate",
            "d/3.png",
            "looks like d/1.png, though that is of part x and this of y",
        ),
    ]


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
def test_connected(pairs):
    """As repeated spreading of the smallest position finds it."""
    expected = list(range(12))
    for _ in range(12):
        for first, second in pairs:
            smaller = min(expected[first], expected[second])
            expected[first] = expected[second] = smaller
    assert connected(12, pairs) == expected
