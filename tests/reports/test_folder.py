from auxnet_cli.reports.folder import write_files


def test_only_own_drawings_of_an_earlier_report_go(tmp_path):
    (tmp_path / "figures").mkdir()
    for name in ("paper", "roc", "sizes"):
        (tmp_path / "figures" / f"{name}.svg").write_text(name)
    files = {"figures/sizes.svg": "new", "report.json": "{}"}
    write_files(tmp_path, files, ("roc", "sizes", "confusion"))
    left = {path.name: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"paper.svg": "paper", "sizes.svg": "new", "report.json": "{}"}
