from auxnet_cli.reports.evaluation.cards import cards


def test_figures_with_their_intervals(report):
    by_title = {card.title: card for card in cards(report)}
    assert list(by_title) == ["Escapes", "False alarms", "Accuracy", "F1", "Dice", "mAP50"]
    escapes, dice = by_title["Escapes"], by_title["Dice"]
    assert (escapes.value, escapes.interval) == ("12.5 %", "1.6-38.3 %")
    assert escapes.note == "2 of 16 defective images passed"
    assert escapes.rate
    assert escapes.scale == (12.5, 1.6, 38.3)
    assert (dice.value, dice.interval) == ("0.750", "0.700-0.800")


def test_a_figure_that_does_not_exist_says_why(report):
    reasons = {"escape_rate": "no image is defective"}
    report["screening"] |= {"escape_rate": None, "escapes": 0, "reasons": reasons}
    escapes, *_, boxes = cards(report)
    assert (escapes.value, escapes.note) == ("none", "no image is defective")
    assert escapes.scale is None
    assert (boxes.value, boxes.note) == ("none", "the model was trained without det")
