from pathlib import Path

from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.jobs.prepare import prepare


def test_defects_larger_than_a_tile_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("auxnet.yaml").write_text("tile:\n  size: [40, 48]\n")
    prepared = prepare("synthetic", images=8)
    dataset = Dataset.open(Path(prepared.out))
    larger = [
        record.name
        for split in SPLITS
        for record in dataset.split(split)
        if any(shape.box[2] > 48 or shape.box[3] > 40 for shape in record.annotations)
    ]
    assert 0 < len(larger) < 8
    assert prepared.audit["defect-larger-than-tile"] == len(larger)
    Path("auxnet.yaml").unlink()
    assert "defect-larger-than-tile" not in prepare("synthetic", images=8).audit
