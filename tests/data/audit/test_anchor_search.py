import numpy as np
import pytest

from auxnet_cli.data.audit.anchor_coverage import best_anchors
from auxnet_cli.data.audit.anchor_search import GOAL, search_anchors, subnet_cost
from auxnet_cli.settings import AnchorSettings, ModelSettings
from auxnet_cli.settings.loader import load_settings

SIZE = (128, 256)


def boxes(wide, high, number=200):
    rng = np.random.default_rng(0)
    left = rng.uniform(0, SIZE[1] - wide, number)
    top = rng.uniform(0, SIZE[0] - high, number)
    return np.stack([left, top, left + wide, top + high], axis=1)


@pytest.mark.parametrize(("wide", "high"), [(40, 40), (8, 90), (150, 20)])
def test_what_it_suggests_covers(wide, high):
    truths, model = boxes(wide, high), ModelSettings()
    suggestion = search_anchors(truths, SIZE, model, 4)
    assert suggestion.coverage >= GOAL
    # The options are read as the setting, and its coverage computed by itself is the same.
    settings = load_settings("swift", overrides=suggestion.overrides()).model.anchors
    assert (settings.levels, settings.ratios) == (
        suggestion.settings.levels,
        suggestion.settings.ratios,
    )
    _, overlaps = best_anchors(truths, SIZE, suggestion.settings)
    assert (overlaps >= model.anchors.match).mean() == pytest.approx(suggestion.coverage)


def test_takes_the_cheapest():
    """Large square defects need no fine level and no other shape."""
    suggestion = search_anchors(boxes(60, 60), SIZE, ModelSettings(), 4)
    assert suggestion.settings.levels[0] >= 4
    assert suggestion.settings.ratios == (1.0,)
    assert suggestion.cost < 0.5


def test_specks_are_beyond_any_anchor():
    suggestion = search_anchors(boxes(1, 1), SIZE, ModelSettings(), 4)
    assert suggestion.coverage < GOAL


def test_the_cost_is_that_of_the_network():
    """Against the operations counted on built networks that differ in the subnets' depth only."""
    from auxnet_cli.model.cost import gflop
    from auxnet_cli.model.networks.defect_aux_net import defect_aux_net

    anchors = AnchorSettings(levels=(3, 5), scales=(1.0, 1.4), ratios=(0.5, 1.0, 2.0))
    built, cost = [], []
    for depth in (1, 2):
        model = ModelSettings(
            encoder="resnet18",
            pyramid_width=16,
            detection_width=24,
            detection_depth=depth,
            anchors=anchors,
        )
        built.append(gflop(defect_aux_net(3, "multi-label", ["det"], (64, 96), model)))
        cost.append(2e-9 * subnet_cost((64, 96), model, anchors, 3))
    assert built[1] - built[0] == pytest.approx(cost[1] - cost[0])
    # At each position 9 × width values make the scores and offsets of its anchors.
    positions = 8 * 12 + 4 * 6 + 2 * 3
    last = 9 * 24 * 2 * 3 * (3 + 4) * positions
    assert cost[0] == pytest.approx(2e-9 * (last + 2 * 9 * 16 * 24 * positions))


def test_the_options_are_settings():
    suggestion = search_anchors(
        boxes(40, 40), SIZE, ModelSettings(anchors=AnchorSettings(match=0.6)), 2
    )
    assert suggestion.settings.match == 0.6
    assert [text.split("=")[0] for text in suggestion.overrides()] == [
        f"model.anchors.{name}" for name in ("levels", "base", "scales", "ratios")
    ]
