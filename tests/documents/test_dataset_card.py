import pytest

from auxnet_cli.documents.dataset_card import (
    MAX_CLASSES,
    AnnotationEntry,
    DatasetDocument,
    DatasetHead,
    ImageEntry,
    SplitDocument,
)

FACTS = {"name": "a", "kind": "coco", "label_kind": "exclusive", "fingerprint": "ab"}
IMAGE = {"id": 1, "file_name": "a.png", "height": 10, "width": 20}


def test_only_the_first_fault_of_a_million_is_looked_at():
    with pytest.raises(ValueError, match=r"^images\[0\]: .*dictionary"):
        SplitDocument.check({"images": [0] * 10**6, "annotations": [], "categories": []})


def test_a_reason_names_its_place():
    with pytest.raises(ValueError, match=r"^label_kind: .*'multi-label' or 'exclusive'"):
        DatasetDocument.check({**FACTS, "classes": ["pit"], "label_kind": "both"})
    with pytest.raises(ValueError, match=r"^the class 'pit' stands there twice"):
        DatasetDocument.check({**FACTS, "classes": ["pit", "crack", "pit"]})
    with pytest.raises(ValueError, match=r"^bits: -3 is none of 10, 12, 14, 16"):
        DatasetDocument.check({**FACTS, "classes": ["pit"], "bits": -3})


def test_the_bit_depth_is_written_only_if_there_is_one():
    facts = {"name": "a", "kind": "coco", "classes": ["pit"], "label_kind": "exclusive"}
    assert DatasetHead(**facts).document() == facts
    assert DatasetHead(**facts, bits=16).document() == {**facts, "bits": 16}


def test_as_many_classes_as_a_data_set_may_have():
    names = [f"c{number}" for number in range(MAX_CLASSES)]
    assert DatasetDocument.check({**FACTS, "classes": names}).classes == names


@pytest.mark.parametrize("key", ["id", "height", "width"])
@pytest.mark.parametrize("value", [-1, True, 1.0, "1", None, 2**63, 10**400])
def test_whole_numbers_of_an_image(key, value):
    with pytest.raises(ValueError, match=f"^{key}: "):
        ImageEntry.check({**IMAGE, key: value})


@pytest.mark.parametrize(
    "box", [[0, 0, 20, 10], [-0.5, 0, 20, 10], [19, 9, 1.5, 1], [0.25, 0.25, 0.25, 0.25]]
)
def test_boxes_within_an_image_but_for_rounding(box):
    entry = AnnotationEntry.check({"image_id": 1, "category_id": 1, "bbox": box})
    assert entry.box_in(ImageEntry.check(IMAGE)) == tuple(box)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "1", None, True])
def test_boxes_that_are_no_numbers(value):
    with pytest.raises(ValueError, match=r"^bbox\[2\]"):
        AnnotationEntry.check({"image_id": 1, "category_id": 1, "bbox": [0, 0, value, 1]})
