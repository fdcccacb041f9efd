from auxnet_cli.reports.evaluation.cards import cards


def test_figures_with_their_intervals(report):
    found = {card.title: card for card in cards(report)}
    assert list(found) == ["Escapes", "False alarms", "Accuracy", "F1", "Dice", "mAP50"]
    escapes = found["Escapes"]
    assert (escapes.value, escapes.interval) == ("12.5 %", "1.6-38.3 %")
    assert escapes.note == "2 of 16 defective images passed"
    assert escapes.rate
    assert escapes.place == (12.5, 1.6, 38.3)
    assert (found["Dice"].value, found["Dice"].interval) == ("0.750", "0.700-0.800")


def test_a_figure_that_does_not_exist_says_why(report):
    report["screening"] |= {
        "escape_rate": None, "escapes": 0, "reasons": {"escape_rate": "no image is defective"},
    }  # fmt: skip
    escapes, *_, boxes = cards(report)
    assert (escapes.value, escapes.note) == ("none", "no image is defective")
    assert escapes.place is None
    assert (boxes.value, boxes.note) == ("none", "the model was trained without det")
