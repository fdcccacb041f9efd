from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Record
from auxnet_cli.data.exporters.naming import flat_names


def test_no_folder_and_no_stem_twice():
    names = ["a.png", "A.jpg", "x/a.png", "x\\b.png", "x_b.bmp", "a-2.png", "../../c.png"]
    records = [Record(n, name, Path(name), 1, 1, ()) for n, name in enumerate(names)]
    audit = Audit()
    assert list(flat_names(records, audit).values()) == [
        "a.png",
        "A-2.jpg",
        "x_a.png",
        "x_b.png",
        "x_b-2.bmp",
        "a-2-2.png",
        ".._.._c.png",
    ]
    assert len(audit.of("renamed-image")) == 6
    assert flat_names(records, Audit()) == flat_names(records, Audit())
