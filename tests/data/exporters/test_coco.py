import contextlib
import io
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.coco import write
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.jobs.prepare import prepare


def annotations(root):
    return [(root / f"annotations/{split}.json").read_bytes() for split in SPLITS]


def test_there_and_back(dataset, there_and_back, same_data):
    back, audit, _ = there_and_back(dataset, "coco", "coco")
    assert not audit.findings
    same_data(dataset, back)
    assert annotations(back.root) == annotations(dataset.root)


def test_the_common_format_is_coco(dataset, tmp_path):
    prepared = prepare("coco", dataset.root, out=tmp_path / "back")
    assert annotations(tmp_path / "back") == annotations(dataset.root)
    back = Dataset.open(tmp_path / "back")
    assert (back.classes, back.label_kind) == (dataset.classes, dataset.label_kind)
    assert back.fingerprint == dataset.fingerprint
    assert not any("image" in kind for kind in prepared.audit)


def test_pycocotools_reads_it(dataset, tmp_path):
    write(dataset, tmp_path, Audit())
    for split in SPLITS:
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(tmp_path / f"annotations/instances_{split}.json")
        records = dataset.split(split)
        assert sorted(coco.imgs) == sorted(record.id for record in records)
        for record in records:
            for mine, theirs in zip(record.annotations, coco.imgToAnns[record.id], strict=True):
                assert coco.cats[theirs["category_id"]]["name"] == dataset.classes[mine.label]
                assert theirs["bbox"] == list(mine.box)
                if mine.rle:
                    mask = coco.annToMask(theirs)
                    assert np.array_equal(mask, decode(mine.rle, *mine.rle["size"]))
                    assert theirs["area"] == mask.sum()


def test_a_single_file_names_the_data_set(mixed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared = prepare("coco", mixed.root.parent / "source/all.json")
    assert Path(prepared.out) == Path("data/all")
    assert Dataset.open(tmp_path / "data/all").classes == mixed.classes
