from pathlib import Path

import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.strict import (
    INFORMATIVE,
    FindingsError,
    audit_folder,
    check_audit_folder,
    discard_audit,
    refuse_findings,
)
from auxnet_cli.errors import InputError


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def audit_of(*kinds):
    audit, folder = Audit(), Path("temporary")
    for kind in kinds:
        audit.add(kind, "a.png", "odd", "skipped")
    folder.mkdir()
    for name in ("audit.md", "audit.json", "dataset.yaml"):
        (folder / name).write_text(f"{kinds} as {name}")
    return audit, folder


def test_informative_and_settled_findings_pass():
    audit, folder = audit_of(*INFORMATIVE, "image-without-annotation")
    refuse_findings(audit, folder, Path("data/x"), {"image-without-annotation"})
    assert not audit_folder(Path("data/x")).exists()


def test_others_are_counted_and_the_audit_is_kept_until_the_data_set_is_made():
    audit, folder = audit_of("soft-mask", "label-conflict", "tiny-mask", "label-conflict")
    out, kept = Path("data/x"), Path("data/x-audit")
    with pytest.raises(FindingsError, match=r"2 label-conflict, 1 tiny-mask\. Mend") as caught:
        refuse_findings(audit, folder, out)
    assert caught.value.folder == kept
    assert str(kept / "audit.md") in str(caught.value)
    for name in ("audit.md", "audit.json"):
        assert (kept / name).read_bytes() == (folder / name).read_bytes()
    assert not (kept / "dataset.yaml").exists()
    assert list(caught.value.audit.counts()) == ["label-conflict", "soft-mask", "tiny-mask"]
    assert len(caught.value.audit.examples()) == 4
    check_audit_folder(out)  # an earlier audit may be replaced
    with pytest.raises(FindingsError):
        refuse_findings(audit, folder, out)
    discard_audit(out)
    assert not kept.exists()
    discard_audit(out)  # there is none: nothing happens


def test_many_kinds_are_named_in_short_with_few_findings_each():
    audit, folder = audit_of(*(f"kind-{n}" for n in range(9)), *["kind-0"] * 9)
    assert len(audit.examples()) == 8 + 3
    with pytest.raises(FindingsError, match="1 kind-5 and 3 more kinds"):
        refuse_findings(audit, folder, Path("x"))


def test_nothing_else_is_replaced():
    folder = audit_folder(Path("x"))
    folder.write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        check_audit_folder(Path("x"))
    folder.unlink()
    folder.mkdir()
    check_audit_folder(Path("x"))
    (folder / "thesis.txt").touch()
    for refuse in (check_audit_folder, discard_audit):
        with pytest.raises(InputError, match="holds something else"):
            refuse(Path("x"))
    assert (folder / "thesis.txt").exists()


def test_the_current_folder_has_a_name():
    assert audit_folder(Path()) == Path.cwd().with_name(f"{Path.cwd().name}-audit")
