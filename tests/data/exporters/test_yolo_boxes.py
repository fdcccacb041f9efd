from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.exporters.yolo_boxes import write


def test_boxes_there_and_back(dataset, there_and_back, same_data, flat):
    back, audit, _ = there_and_back(dataset, "yolo-boxes", "yolo")
    records = [record for split in SPLITS for record in dataset.split(split)]
    masks = sum(defect.rle is not None for record in records for defect in record.annotations)
    (finding,) = audit.of("mask-as-box")
    assert finding.detail == f"{masks} defects have a mask"
    same_data(dataset, back, flat(dataset).__getitem__, masks=False)


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
