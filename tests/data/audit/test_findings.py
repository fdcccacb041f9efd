from auxnet_cli.data.audit import Audit


def test_counts_the_commonest_first():
    audit = Audit()
    for kind in ("a", "b", "b"):
        audit.add(kind, "x.png", "what", "done")
    assert list(audit.counts().items()) == [("b", 2), ("a", 1)]
    assert [finding.kind for finding in audit.of("b")] == ["b", "b"]
