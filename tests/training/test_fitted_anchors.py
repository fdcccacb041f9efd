import numpy as np

from auxnet_cli.data.audit.anchor_coverage import at_network_size, best_anchors
from auxnet_cli.data.audit.anchor_search import subnet_cost
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.fitted_anchors import fit_anchors
from auxnet_cli.training.plan import new_plan


def settings(tiny, *overrides):
    return load_settings("demo", overrides=[*tiny, *overrides])


def matched(dataset, chosen):
    boxes = [
        at_network_size(
            [annotation.box for annotation in r.annotations], r.height, r.width, chosen
        )[0]
        for r in dataset.split("train")
    ]
    anchors = chosen.model.anchors
    _, overlap = best_anchors(np.concatenate(boxes), chosen.data.size, anchors)
    return float((overlap >= anchors.match).mean())


def test_unasked_they_stay(made, tiny):
    given = settings(tiny)
    assert fit_anchors(given, made) == (given, "")
    without = settings(tiny, "model.anchors.fit=true", "tasks=[cls]")
    assert fit_anchors(without, made) == (without, "")


def test_they_match_more_at_no_more_cost(made, tiny):
    poor = ["model.anchors.levels=[2,5]", "model.anchors.base=8", "model.anchors.ratios=[1]"]
    given = settings(tiny, "model.anchors.fit=true", *poor)
    fitted, note = fit_anchors(given, made)
    before, after = matched(made, given), matched(made, fitted)
    assert after > before
    usual, cost = (
        subnet_cost(given.data.size, given.model, each.model.anchors, len(made.classes))
        for each in (given, fitted)
    )
    assert cost <= usual
    assert f"match {after:.0%}, at {cost / usual:.2f} times" in note
    # Nothing else changes, and what was fitted is fitted.
    assert fitted.model.anchors.match == given.model.anchors.match
    assert fit_anchors(fitted, made)[0] == fitted


def test_a_training_is_planned_with_them(made, tiny):
    named = [*tiny, "model.anchors.fit=true", "model.anchors.base=16"]
    plan = new_plan(None, made.root, "demo", None, named)
    assert plan.settings.model.anchors.base < 16
    assert plan.choices[-1].startswith("Anchors fitted to ")
