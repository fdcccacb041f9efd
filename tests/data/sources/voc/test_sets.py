import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.voc.sets import read_sets
from auxnet_cli.errors import InputError
from tests.data.source_builders import findings, put


def sets(root, **lists):
    for name, content in lists.items():
        task, split = name.split("_")
        put(root / "VOC2012/ImageSets" / task / f"{split}.txt", content)


def read(root, stems="abcd"):
    folder = SourceFolder(root, Audit())
    return read_sets(folder, list(stems)), findings(folder.audit)


def test_lists(tmp_path):
    sets(tmp_path, Main_train="a\r\n\r\n", Main_val="\ufeffx/b.jpg\n", Main_trainval="a\nb\nc\n")
    sets(tmp_path, Main_test="d", Layout_test="a")
    assert read(tmp_path) == ({"a": "train", "b": "val", "c": "train", "d": "test"}, [])


def test_a_tasks_own_lists_come_first(tmp_path):
    sets(tmp_path, Main_train="a\nb", Segmentation_val="a")
    assert read(tmp_path) == ({"a": "val", "b": "train"}, [])


def test_in_two_lists_and_in_none(tmp_path):
    sets(tmp_path, Main_train="a\nb", Main_test="b\nz")
    splits, noted = read(tmp_path)
    assert splits == {"a": "train", "b": "test"}
    assert noted == [
        ("split-without-image", "VOC2012/ImageSets/Main/test.txt"),
        ("image-in-two-splits", "VOC2012/ImageSets/Main/train.txt"),
    ]


def test_no_lists(tmp_path):
    assert read(tmp_path) == ({}, [])


def test_no_text(tmp_path):
    sets(tmp_path, Main_train=b"\xff")
    with pytest.raises(InputError, match=r"train\.txt is no UTF-8 text"):
        read(tmp_path)
