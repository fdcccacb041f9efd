import pytest

from auxnet_cli.reports.sheets import reasons, sheets, warning


def test_the_verdict_comes_first(report):
    first = sheets(report)[0]
    assert first.title == "Verdict"
    assert [row[1:] for row in first.rows] == [("16", "12.5 %"), ("24", "4.2 %")]


def test_a_task_that_the_model_lacks_has_no_table(report):
    assert [sheet.title for sheet in sheets(report)] == [
        "Verdict",
        "Headline figures",
        "Classification per class",
        "Segmentation per class",
    ]


def test_a_figure_that_does_not_exist_reads_none(report):
    table = sheets(report)[3]
    assert table.rows == (
        ("pit", "16", "0.600", "0.750", "87.5 %", "0.800", "95.8 %"),
        ("crack", "0", "none", "none", "none", "none", "100.0 %"),
    )


def test_every_table_is_as_wide_as_its_header(report):
    assert all(len(row) == len(sheet.header) for sheet in sheets(report) for row in sheet.rows)


def test_reasons_say_where(report):
    lines = reasons(report)
    assert "detection: the model was trained without det" in lines
    assert "segmentation, crack, dice: no image shows crack" in lines
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("ImageNet", None),
        ("file none.h5", None),
        (
            "none: learned from scratch, because there is no network",
            "No pretrained encoder weights: learned from scratch, because there is no network. "
            "Expect lower figures than from ImageNet weights.",
        ),
    ],
)
def test_scratch_is_warned_of(report, origin, expected):
    report["model"]["initial_weights"] = origin
    assert warning(report) == expected
