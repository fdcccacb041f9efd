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
    found = search_anchors(truths, SIZE, model, 4)
    assert found.coverage >= GOAL
    # As the coverage of that setting is found by itself, and as it is read from the options.
    settings = load_settings("swift", overrides=found.overrides()).model.anchors
    assert (settings.levels, settings.ratios) == (found.settings.levels, found.settings.ratios)
    best = best_anchors(truths, SIZE, found.settings)
    assert (best.overlap >= model.anchors.match).mean() == pytest.approx(found.coverage)


def test_takes_the_cheapest():
    """Large square defects need no fine level and no other shape."""
    found = search_anchors(boxes(60, 60), SIZE, ModelSettings(), 4)
    assert found.settings.levels[0] >= 4
    assert found.settings.ratios == (1.0,)
    assert found.cost < 0.5


def test_specks_are_beyond_any_anchor():
    found = search_anchors(boxes(1, 1), SIZE, ModelSettings(), 4)
    assert found.coverage < GOAL


@pytest.mark.parametrize("shapes", [(1.0,), (0.5, 1.0, 2.0)])
def test_the_cost_is_that_of_the_network(shapes):
    """Against the operations counted on built networks that differ in the subnets' depth only."""
    from auxnet_cli.model.cost import gflop
    from auxnet_cli.model.networks.defect_aux_net import defect_aux_net

    anchors = AnchorSettings(levels=(3, 5), scales=(1.0, 1.4), ratios=shapes)
    built, cost = [], []
    for depth, width in ((1, 24), (2, 24)):
        model = ModelSettings(
            encoder="resnet18",
            pyramid_width=16,
            detection_width=width,
            detection_depth=depth,
            anchors=anchors,
        )
        network = defect_aux_net(3, "multi-label", ["det"], (64, 96), model)
        built.append(gflop(network))
        cost.append(2e-9 * subnet_cost((64, 96), model, anchors, 3))
    assert built[1] - built[0] == pytest.approx(cost[1] - cost[0])
    # Of each place 9 × width values make the scores and offsets of its anchors.
    places = 8 * 12 + 4 * 6 + 2 * 3
    last = 9 * 24 * 2 * len(shapes) * (3 + 4) * places
    assert cost[0] == pytest.approx(2e-9 * (last + 2 * 9 * 16 * 24 * places))


def test_the_options_are_settings():
    found = search_anchors(boxes(40, 40), SIZE, ModelSettings(anchors=AnchorSettings(match=0.6)), 2)
    assert found.settings.match == 0.6
    assert [text.split("=")[0] for text in found.overrides()] == [
        f"model.anchors.{name}" for name in ("levels", "base", "scales", "ratios")
    ]
