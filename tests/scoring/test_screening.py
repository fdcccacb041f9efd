from auxnet_cli.scoring.screening import ScreeningScores


def test_rates_are_of_the_images_that_could_go_wrong(truth, inspection, blank):
    scores = ScreeningScores("any class at 0.5")
    for defective, stopped in [(1, 0), (1, 1), (1, 1), (1, 1), (0, 1), (0, 0)]:
        image = truth(blank(*[(0, 0, 0, 2, 2)] * defective))
        scores.add(image, inspection(defective=bool(stopped)))
    assert scores.figures() == {
        "escape_rate": 0.25,
        "false_alarm_rate": 0.5,
        "threshold_rule": "any class at 0.5",
    }
    assert (scores.defective, scores.good) == (4, 2)


def test_a_split_without_good_images_has_no_false_alarm_rate(truth, inspection, blank):
    scores = ScreeningScores("")
    scores.add(truth(blank((0, 0, 0, 2, 2))), inspection(defective=True))
    figures = scores.figures()
    assert figures["escape_rate"] == 0
    assert figures["false_alarm_rate"] is None
    assert figures["reasons"] == {"false_alarm_rate": "no image is good"}
