import json
import re
import shutil
import sys

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auxnet_cli.data.dataset import Annotation, Dataset
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.errors import InputError
from tests.fuzzing.json_mutation import mutate_json

FACTS = {
    "name": "strips",
    "kind": "masks",
    "classes": ["pit", "crack"],
    "label_kind": "multi-label",
    "fingerprint": "ab" * 32,
}
RLE = {"size": [10, 20], "counts": "<46000n4"}  # rows 2-5 of columns 1-3
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
SEEDS = st.integers(0, 2**32)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "dataset.yaml").write_text(yaml.safe_dump(FACTS))
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "train.json").write_text(json.dumps(SPLIT))
    return tmp_path


def test_a_split_in_the_order_of_its_file(root):
    dataset = Dataset.open(root)
    assert (dataset.name, dataset.kind, dataset.label_kind) == ("strips", "masks", "multi-label")
    assert (dataset.classes, dataset.fingerprint) == (("pit", "crack"), "ab" * 32)
    bad, good = dataset.split("train")
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
        *(yaml.safe_dump({**FACTS, "bits": bits}) for bits in ([12], -3, 0, 12.0, True, 2**70)),
        *(yaml.safe_dump({**FACTS, "classes": names}) for names in ([], ["pit", "pit"], [""])),
        yaml.safe_dump({**FACTS, "classes": [str(number) for number in range(1001)]}),
        yaml.safe_dump({**FACTS, "classes": ["x" * 1001]}),
        yaml.safe_dump({**FACTS, "name": ["a"]}),
        *(yaml.safe_dump({**FACTS, "images": folder}) for folder in ("/etc", "..", "../../images")),
        "- a list",
        "",
    ],
)
def test_a_damaged_dataset(tmp_path, content):
    (tmp_path / "dataset.yaml").write_text(content)
    with pytest.raises(InputError, match=r"dataset\.yaml is damaged .*prepare the data set again"):
        Dataset.open(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "name: [",
        "a: " + "[" * 5000,
        "name: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(9000)),
        "name: !!python/object/apply:os.getcwd []",
        "\ufeff\0",
        b"\xff",
    ],
)
def test_what_is_no_yaml(tmp_path, content):
    content = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "dataset.yaml").write_bytes(content)
    with pytest.raises(InputError, match=r"^\S*dataset\.yaml[^\n]{5,200}\.$"):
        Dataset.open(tmp_path)


def test_a_class_that_yaml_takes_for_a_number_is_its_text(root):
    facts = yaml.safe_dump({**FACTS, "classes": [1, 2.5]})
    (root / "dataset.yaml").write_text(facts)
    assert Dataset.open(root).classes == ("1", "2.5")


def test_camera_bits_reach_the_images(root):
    facts = yaml.safe_load((root / "dataset.yaml").read_text())
    assert {record.bits for record in Dataset.open(root).split("train")} == {16}
    (root / "dataset.yaml").write_text(yaml.safe_dump({**facts, "bits": 12}))
    assert {record.bits for record in Dataset.open(root).split("train")} == {12}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("trian", "no split 'trian': take one of train, val, test"),
        ("val", r"val\.json is missing: prepare"),
    ],
)
def test_an_unknown_or_missing_split(root, name, message):
    with pytest.raises(InputError, match=message):
        Dataset.open(root).split(name)


def without(part, index, key):
    copy = json.loads(json.dumps(SPLIT))
    del copy[part][index][key]
    return json.dumps(copy)


def changed(part, index, **values):
    copy = json.loads(json.dumps(SPLIT))
    copy[part][index] |= values
    return json.dumps(copy)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "valid dictionary"),
        (without("images", 0, "width"), r"images\[0\]\.width"),
        (without("annotations", 1, "bbox"), r"annotations\[1\]\.bbox"),
        (json.dumps({**SPLIT, "categories": [{"id": 9, "name": "pit"}]}), "no category has the id"),
        (json.dumps({**SPLIT, "categories": [{"id": 9, "name": "pitt"}]}), "no class 'pitt'"),
        (json.dumps({**SPLIT, "images": []}), "no image has the id 7"),
        (changed("images", 1, height=10**9), r"images\[1\]"),
        (changed("images", 1, width="9"), r"images\[1\]\.width"),
        (changed("images", 1, height=40_000, width=40_000), "40000 x 40000 pixels are more than"),
        (changed("images", 1, id=7), "the image id 7 stands there twice"),
        (changed("images", 1, file_name="b/2.png"), "the image 'b/2.png' stands there twice"),
        (changed("images", 1, file_name=3), "file_name"),
        (changed("images", 1, group=[]), "group"),
        (changed("categories", 1, id=9), "the category id 9 stands there twice"),
        (changed("categories", 1, name="pit"), "the category 'pit' stands there twice"),
        (changed("annotations", 0, bbox=[1, 2]), r"annotations\[0\]\.bbox"),
        (changed("annotations", 0, bbox=["1", 2, 3, 4]), r"annotations\[0\]\.bbox\[0\]"),
        (changed("annotations", 0, bbox=[0, 0, 0, 4]), "has no area"),
        (changed("annotations", 0, bbox=[-9, 0, 3, 4]), "begins outside"),
        (changed("annotations", 0, bbox=[0, 0, 3, 1e9]), "reaches past its image of 20 x 10"),
        (changed("annotations", 0, segmentation={**RLE, "size": [10**9] * 2}), "are of size 1000"),
        (changed("annotations", 0, segmentation={**RLE, "size": [20, 10]}), "of size 20, 10, not"),
        (changed("annotations", 0, segmentation={**RLE, "counts": "é"}), "other than ASCII"),
        (changed("annotations", 0, segmentation={**RLE, "counts": "<4"}), "do not add up to 200"),
        (changed("annotations", 0, segmentation=[[1, 2, 3, 4, 5, 6]]), "are a list, not size"),
    ],
)
def test_a_damaged_split(root, content, reason):
    (root / "annotations" / "train.json").write_text(content)
    message = rf"train\.json is damaged \(.*{reason}.*\): prepare the data set again\.$"
    with pytest.raises(InputError, match=message):
        Dataset.open(root).split("train")


@pytest.mark.parametrize("content", ["", "{", "[" * 10**5, '{"images": NaN}', "9" * 5000])
def test_what_is_no_json(root, content):
    (root / "annotations" / "train.json").write_text(content)
    with pytest.raises(InputError, match=r"train\.json\b[^\n]+\.$"):
        Dataset.open(root).split("train")


def test_two_classes_on_an_image_are_not_exclusive(root):
    (root / "dataset.yaml").write_text(yaml.safe_dump({**FACTS, "label_kind": "exclusive"}))
    with pytest.raises(
        InputError, match=r"'b/2\.png' shows pit, crack, but the label kind is excl"
    ):
        Dataset.open(root).split("train")


@pytest.mark.parametrize(
    "name",
    ["../x.png", "/etc/passwd", "C:\\x.png", "C:x.png", "a\\..\\x.png", "", "\0.png", "a/.."],
)
def test_a_name_that_leads_out_of_the_data_set_is_refused(root, name):
    (root / "annotations" / "train.json").write_text(changed("images", 1, file_name=name))
    with pytest.raises(
        InputError, match=r"images\[1\]\.file_name: '.*' is no path below its images"
    ):
        Dataset.open(root).split("train")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
@pytest.mark.parametrize("name", ["dataset.yaml", "annotations/train.json", "annotations"])
def test_a_link_out_of_the_data_set_is_not_read(root, tmp_path_factory, name):
    outside = tmp_path_factory.mktemp("outside") / "file"
    (root / name).rename(outside)
    (root / name).symlink_to(outside)
    with pytest.raises(InputError, match="is a link that leads out of"):
        Dataset.open(root).split("train")


def test_a_fold_has_the_images_of_its_data_set(root):
    fold = root / "folds" / "1"
    fold.mkdir(parents=True)
    shutil.copytree(root / "annotations", fold / "annotations")
    (fold / "dataset.yaml").write_text(yaml.safe_dump({**FACTS, "images": "../../images"}))
    record = Dataset.open(fold).split("train")[1]
    assert record.path.resolve() == root / "images" / "1.png"
    assert record.home.resolve() == root


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_mutated_documents_are_read_or_refused(tmp_path_factory, data):
    """Whatever a data set says of itself, the answer is records within bounds, or a sentence."""
    root = tmp_path_factory.mktemp("mutated")
    (root / "annotations").mkdir()
    facts = json.dumps({**FACTS, "bits": 12, "images": "images", "split": {}}).encode()
    split = json.dumps(SPLIT).encode()
    if data.draw(st.booleans()):
        facts = mutate_json(facts, data.draw(SEEDS), 10**6)
    else:
        split = mutate_json(split, data.draw(SEEDS), 10**6)
    (root / "dataset.yaml").write_bytes(facts)  # JSON is YAML, too
    (root / "annotations" / "train.json").write_bytes(split)
    message, records = "Taken.", []
    try:
        records = Dataset.open(root).split("train")
    except InputError as error:
        message = str(error)
    assert re.fullmatch(r"\S[^\n]+\.", message)
    for record in records:
        assert (root / "images" / record.name).resolve().is_relative_to(root)
        for annotation in record.annotations:
            if annotation.rle:
                assert decode(annotation.rle, record.height, record.width).any()


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


@pytest.mark.parametrize(
    ("rule", "kept", "lost"),
    [(None, False, False), ("folder", False, True), ("folder", True, False)],
)
def test_groups_that_an_earlier_version_did_not_keep(root, rule, kept, lost):
    (root / "dataset.yaml").write_text(yaml.safe_dump({**FACTS, "split": {"group_by": rule}}))
    split = changed("images", 1, group="b/2.png" if kept else "")
    for name in ("train", "val", "test"):
        (root / f"annotations/{name}.json").write_text(split)
    identity = {"name": "strips", "fingerprint": "ab" * 32, "groups_lost": lost}
    assert Dataset.open(root).identity().model_dump() == identity
