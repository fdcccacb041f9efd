import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.labels.instances import boxed
from auxnet_cli.data.splitting.division import divide, name_groups
from auxnet_cli.documents.dataset_card import SplitRecipe

RECIPE = SplitRecipe(val=0.2, test=0.2, seed=0, group_by=None)


def entries(number):
    defect = ("pit", boxed((0.0, 0.0, 4.0, 4.0)))
    return [
        Entry(f"{n}.png", f"{n}.png", 9, 9, str(n), (defect,) if n % 2 else ())
        for n in range(number)
    ]


@pytest.mark.parametrize(("joined", "warned"), [(10, False), (11, True)])
def test_near_duplicates_stay_together_and_are_doubted_where_they_are_most(joined, warned):
    audit = Audit()
    alike = [(0, n) for n in range(1, joined)]
    division = divide(entries(20), ["pit"], set(), RECIPE, None, audit, alike)
    assert len({division.splits[n] for n in range(joined)}) == 1
    assert set(division.splits) == {"train", "val", "test"}
    assert audit.counts()["near-duplicate"] == joined - 1
    assert bool(division.warnings) == warned
    assert ("near-duplicates-everywhere" in audit.counts()) == warned


def test_few_images_may_well_be_of_one_part():
    audit = Audit()
    division = divide(entries(9), ["pit"], set(), RECIPE, None, audit, [(0, 1), (1, 2)])
    assert division.warnings == []
    assert division.groups == [0, 0, 0, 3, 4, 5, 6, 7, 8]


def test_images_in_company_name_the_first_of_their_group():
    named = name_groups(entries(5), [0, 1, 0, 3, 1])
    assert [entry.group for entry in named] == ["0.png", "1.png", "0.png", None, "1.png"]
