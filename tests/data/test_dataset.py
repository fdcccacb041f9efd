import json

import pytest
import yaml

from auxnet_cli.data.dataset import Annotation, Dataset
from auxnet_cli.errors import InputError

FACTS = {
    "name": "strips",
    "kind": "masks",
    "classes": ["pit", "crack"],
    "label_kind": "multi-label",
    "fingerprint": "ab" * 32,
}
RLE = {"size": [10, 20], "counts": "abc"}
# COCO ids start anywhere and categories come in any order.
SPLIT = {
    "images": [
        {"id": 7, "file_name": "b/2.png", "height": 10, "width": 20},
        {"id": 3, "file_name": "1.png", "height": 30, "width": 40, "group": "0.png"},
    ],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 5, "bbox": [1, 2, 3, 4], "segmentation": RLE},
        {"id": 2, "image_id": 7, "category_id": 9, "bbox": [0, 0, 5.5, 5]},
        {"id": 3, "image_id": 7, "category_id": 9, "bbox": [0, 0, 5, 5], "segmentation": []},
    ],
    "categories": [{"id": 9, "name": "pit"}, {"id": 5, "name": "crack"}],
}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "dataset.yaml").write_text(yaml.safe_dump(FACTS))
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "train.json").write_text(json.dumps(SPLIT))
    return tmp_path


def test_the_facts(root):
    dataset = Dataset.open(root)
    assert (dataset.name, dataset.kind, dataset.label_kind) == ("strips", "masks", "multi-label")
    assert dataset.classes == ("pit", "crack")
    assert dataset.fingerprint == "ab" * 32


def test_a_split_in_the_order_of_its_file(root):
    bad, good = Dataset.open(root).split("train")
    assert (bad.id, bad.name, bad.height, bad.width) == (7, "b/2.png", 10, 20)
    assert bad.path == root / "images" / "b" / "2.png"
    assert bad.labels == {0, 1}
    assert bad.annotations == (
        Annotation(1, (1.0, 2.0, 3.0, 4.0), RLE),
        Annotation(0, (0.0, 0.0, 5.5, 5.0), None),
        Annotation(0, (0.0, 0.0, 5.0, 5.0), None),
    )
    assert (bad.group, good.group) == ("b/2.png", "0.png")
    assert good.annotations == ()
    assert good.labels == frozenset()


def test_no_dataset(tmp_path):
    with pytest.raises(InputError, match=r"holds no dataset\.yaml: make it with `auxnet prepare`"):
        Dataset.open(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        *(yaml.safe_dump({key: FACTS[key] for key in FACTS if key != name}) for name in FACTS),
        yaml.safe_dump({**FACTS, "label_kind": "both"}),
        yaml.safe_dump({**FACTS, "classes": 3}),
        yaml.safe_dump({**FACTS, "bits": 11}),
        yaml.safe_dump({**FACTS, "bits": [12]}),
        "name: [",
        "- a list",
        "",
    ],
)
def test_a_damaged_dataset(tmp_path, content):
    (tmp_path / "dataset.yaml").write_text(content)
    with pytest.raises(InputError, match=r"dataset\.yaml is damaged .*prepare the data set again"):
        Dataset.open(tmp_path)


def test_camera_bits_reach_the_images(root):
    facts = yaml.safe_load((root / "dataset.yaml").read_text())
    assert {record.bits for record in Dataset.open(root).split("train")} == {16}
    (root / "dataset.yaml").write_text(yaml.safe_dump({**facts, "bits": 12}))
    assert {record.bits for record in Dataset.open(root).split("train")} == {12}


def test_an_unknown_split(root):
    with pytest.raises(InputError, match="no split 'trian': take one of train, val, test"):
        Dataset.open(root).split("trian")


def test_a_missing_split(root):
    with pytest.raises(InputError, match=r"val\.json is missing: prepare"):
        Dataset.open(root).split("val")


def without(part, index, key):
    copy = json.loads(json.dumps(SPLIT))
    del copy[part][index][key]
    return json.dumps(copy)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        without("images", 0, "width"),
        without("annotations", 1, "bbox"),
        json.dumps({**SPLIT, "categories": [{"id": 9, "name": "pit"}]}),
        json.dumps({**SPLIT, "categories": [{"id": 9, "name": "pitt"}]}),
        json.dumps({**SPLIT, "images": []}),
        json.dumps({**SPLIT, "annotations": [{**SPLIT["annotations"][0], "bbox": [1, 2]}]}),
    ],
)
def test_a_damaged_split(root, content):
    (root / "annotations" / "train.json").write_text(content)
    with pytest.raises(InputError, match=r"train\.json is damaged .*prepare the data set again"):
        Dataset.open(root).split("train")


@pytest.mark.parametrize(
    ("split", "advice"), [("train", "a smaller --val or --test"), ("val", "a larger --val")]
)
def test_an_empty_split_is_refused_with_what_to_do(root, split, advice):
    empty = {**SPLIT, "images": [], "annotations": []}
    dataset = Dataset.open(root)
    assert dataset.filled_split("train") == dataset.split("train")
    (root / "annotations" / f"{split}.json").write_text(json.dumps(empty))
    with pytest.raises(InputError, match=f"'{split}' of .* holds no image: .* with {advice}"):
        dataset.filled_split(split)
