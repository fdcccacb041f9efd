from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.splitting.given_split import complete_split, given_splits
from tests.data.source_builders import findings


def entries(*given_names):
    return [
        Entry(f"{n}.png", f"{n}.png", 4, 4, str(n), (), given=name)
        for n, name in enumerate(given_names)
    ]


def complete(names, groups=None, val=0.2, test=0.2, labels=None):
    audit = Audit()
    groups = list(range(len(names))) if groups is None else groups
    labels = [frozenset({0})] * len(names) if labels is None else labels
    return complete_split(entries(*names), labels, groups, val, test, 0, audit), audit


def test_a_whole_split_is_kept():
    names = ["test", "train", "val", "train", "test"]
    splits, audit = complete(names)
    assert splits == names
    assert audit.findings == []
    assert given_splits(entries(*names)) == ["train", "val", "test"]
    assert given_splits(entries(None, None)) == []


def test_what_the_source_does_not_give_comes_from_train():
    splits, _ = complete(["train"] * 40)
    assert Counter(splits) == {"train": 24, "val": 8, "test": 8}
    splits, _ = complete(["train"] * 40 + ["test"] * 10)
    assert Counter(splits) == {"train": 32, "val": 8, "test": 10}
    assert set(splits[40:]) == {"test"}
    assert complete(["train"] * 40, val=0, test=0)[0] == ["train"] * 40


def test_torn_groups_are_kept_and_named():
    splits, audit = complete(["train", "test", "val", "train"], groups=[0, 0, 0, 3])
    assert splits == ["train", "test", "val", "train"]
    assert findings(audit) == [("group-torn-apart", f"{n}.png") for n in range(3)]
    assert "in train, though" in audit.findings[0].detail
    assert "are in val and test" in audit.findings[0].detail


def test_images_without_a_split_follow_their_group():
    names = ["test", None, "train", None, "val", "test", None]
    splits, audit = complete(names, groups=[0, 0, 2, 3, 4, 4, 4])
    assert splits == ["test", "test", "train", "train", "val", "test", "train"]
    unsplit = [finding.file for finding in audit.of("image-without-split")]
    assert unsplit == [f"{n}.png" for n in (1, 3, 6)]
    assert audit.findings[0].action == "put in test"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, *SPLITS]),
            st.integers(0, 15),
            st.frozensets(st.integers(0, 2), max_size=2),
        ),
        min_size=1,
        max_size=40,
    ).filter(lambda images: any(name for name, *_ in images))
)
def test_given_images_stay_and_no_group_is_torn_that_was_whole(images):
    names, groups, labels = (list(column) for column in zip(*images, strict=True))
    splits, audit = complete(names, groups, labels=labels)
    for name, split in zip(names, splits, strict=True):
        # Only training images move, and only to a split that the source does not have.
        assert split == name or (name in (None, "train") and split in SPLITS)
    after, before = defaultdict(set), defaultdict(set)
    for name, group, split in zip(names, groups, splits, strict=True):
        after[group].add(split)
        before[group] |= {name} - {None}
    torn = {group for group, splits in before.items() if len(splits) > 1}
    assert {group for group, splits in after.items() if len(splits) > 1} <= torn
    assert {finding.file for finding in audit.of("group-torn-apart")} == {
        f"{n}.png" for n, group in enumerate(groups) if group in torn and names[n] is not None
    }
