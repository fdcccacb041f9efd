import json
import shutil

import pytest
import yaml

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.jobs.data_identity import data_identity


@pytest.mark.parametrize(
    ("rule", "kept", "lost"),
    [(None, False, False), ("folder", False, True), ("folder", True, False)],
)
def test_groups_that_an_earlier_version_did_not_keep(made, tmp_path, rule, kept, lost):
    root = tmp_path / "set"
    shutil.copytree(made.root, root, ignore=shutil.ignore_patterns("images"))
    document = yaml.safe_load((root / "dataset.yaml").read_text(encoding="utf-8"))
    document["split"]["group_by"] = rule
    (root / "dataset.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    for path in (root / "annotations").iterdir():
        table = json.loads(path.read_text(encoding="utf-8"))
        for image in table["images"]:
            image.pop("group", None)
        if kept:
            table["images"][1]["group"] = table["images"][0]["file_name"]
        path.write_text(json.dumps(table), encoding="utf-8")
    assert data_identity(Dataset.open(root)) == {
        "name": made.name,
        "fingerprint": made.fingerprint,
        "groups_lost": lost,
    }
