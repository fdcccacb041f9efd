import pytest

from auxnet_cli.reports.evaluation.provenance import (
    comparison_cautions,
    group_cautions,
    split_cautions,
    training_cautions,
)

DATA = {"name": "strips", "fingerprint": "ab" * 32}
OTHER = "cd" * 32


def test_a_model_of_these_data_needs_no_word():
    assert training_cautions(DATA, DATA) == []


def test_another_preparation_is_grave():
    (caution,) = training_cautions({**DATA, "fingerprint": OTHER}, DATA)
    assert caution.grave
    assert caution.lead == "Trained on another preparation of the data"
    assert "images of its training may be among these" in caution.text
    assert "cdcdcdcdcdcd" in caution.text


def test_data_of_another_name_are_a_test_set_of_their_own():
    (caution,) = training_cautions({"name": "coils", "fingerprint": OTHER}, DATA, "swift")
    assert not caution.grave
    assert str(caution).startswith("swift: trained on other data. It learned from coils and not")


@pytest.mark.parametrize(("split", "number"), [("train", 1), ("val", 1), ("test", 0)])
def test_splits(split, number):
    assert len(split_cautions(split)) == number


def test_lost_groups():
    assert group_cautions(DATA) == []
    (caution,) = group_cautions({**DATA, "groups_lost": True})
    assert "intervals may be too narrow; prepare the data again" in caution.text


def test_the_gravest_of_a_comparison_comes_first():
    runs = [
        {"name": "a", "dataset": {"name": "coils", "fingerprint": OTHER}},
        {"name": "b", "dataset": {**DATA, "fingerprint": OTHER}},
    ]
    dataset = {**DATA, "groups_lost": True}
    found = comparison_cautions({"dataset": dataset, "split": "val", "runs": runs})
    assert [one.lead.split(":")[0] for one in found] == [
        "b", "a", "Not the test split but val", "The data set has no groups",
    ]  # fmt: skip
