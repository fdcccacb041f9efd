import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.naming import flat_names
from auxnet_cli.data.exporters.yolo_boxes import write
from auxnet_cli.jobs.prepare import prepare


@pytest.fixture(params=["made", "mixed"])
def dataset(request):
    return request.getfixturevalue(request.param)


def test_boxes_there_and_back(dataset, tmp_path):
    audit = Audit()
    write(dataset, tmp_path / "yolo", audit)
    records = [record for split in SPLITS for record in dataset.split(split)]
    masks = sum(one.rle is not None for record in records for one in record.annotations)
    (finding,) = audit.of("mask-as-box")
    assert finding.detail == f"{masks} defects have a mask"
    prepare("yolo", tmp_path / "yolo", out=tmp_path / "back")
    back = Dataset.open(tmp_path / "back")
    assert back.classes == dataset.classes
    names = flat_names(records, Audit())
    for split in SPLITS:
        found = {record.name: record for record in back.split(split)}
        assert found.keys() == {names[record.id] for record in dataset.split(split)}
        for record in dataset.split(split):
            other = found[names[record.id]]
            assert other.path.read_bytes() == record.path.read_bytes()
            for mine, theirs in zip(record.annotations, other.annotations, strict=True):
                assert (mine.label, None) == (theirs.label, theirs.rle)
                assert mine.box == pytest.approx(theirs.box, abs=1e-3)


def test_files(mixed, tmp_path):
    write(mixed, tmp_path, Audit())
    assert (tmp_path / "obj.data").read_text(encoding="utf-8").splitlines() == [
        "classes = 2",
        "train = train.txt",
        "valid = valid.txt",
        "test = test.txt",
        "names = obj.names",
        "backup = backup/",
    ]
    assert (tmp_path / "obj.names").read_text(encoding="utf-8") == "Pit, deep\na crack\n"
    for split, subset in (("train", "train"), ("val", "valid"), ("test", "test")):
        listed = (tmp_path / f"{subset}.txt").read_text(encoding="utf-8").splitlines()
        assert len(listed) == len(mixed.split(split))
        for name in listed:
            assert name.startswith(f"obj_{subset}_data/")
            assert (tmp_path / name).is_file()
            for text in (tmp_path / name).with_suffix(".txt").read_text().splitlines():
                label, *values = text.split()
                assert label in ("0", "1")
                assert len(values) == 4
