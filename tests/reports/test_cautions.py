import pytest

from auxnet_cli.reports.cautions import group_cautions, split_cautions, training_cautions

DATA = {"name": "strips", "fingerprint": "ab" * 32}
OTHER = "cd" * 32


def test_another_preparation_is_grave():
    assert training_cautions(DATA, DATA) == []
    (caution,) = training_cautions({**DATA, "fingerprint": OTHER}, DATA)
    assert caution.grave
    assert caution.lead == "Trained on another preparation of the data"
    assert "images of its training may be among these" in caution.text
    assert "cdcdcdcdcdcd" in caution.text


def test_data_of_another_name_are_a_separate_test_set():
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
