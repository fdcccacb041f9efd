import numpy as np
import pytest

from auxnet_cli.documents.detectability import HitMissStudy
from auxnet_cli.scoring.detectability.hit_miss import HitMiss
from auxnet_cli.scoring.detectability.study import study as entries


def study(*given):
    return HitMissStudy.model_validate(entries(*given)).document()


def flaws(seed=0, count=150, top=1.0, slope=3.0):
    generator = np.random.default_rng(seed)
    logs = generator.uniform(1, 5, count)
    return np.exp(logs), generator.random(count) < top / (1 + np.exp(-slope * (logs - 3)))


def test_curve_bins_and_points_are_of_the_data():
    sizes, found = flaws(count=700)
    report = study(sizes, found, "px")
    curve = report["curve"]
    assert curve["size"][0] == pytest.approx(sizes.min())
    assert curve["size"][-1] == pytest.approx(sizes.max())
    assert all(low < pod for low, pod in zip(curve["low"], curve["pod"], strict=True))
    assert sorted(curve["low"]) == curve["low"]
    assert np.interp(report["a90_95"], curve["size"], curve["low"]) == pytest.approx(0.9, abs=0.01)
    bins = report["bins"]
    assert sum(one["flaws"] for one in bins) == 700
    assert sum(one["found"] for one in bins) == report["found"] == found.sum()
    for one in bins:
        inside = (sizes >= one["low"]) & (sizes <= one["high"])
        assert one["rate"] == pytest.approx(found[inside].mean())
        assert one["low"] <= one["size"] <= one["high"]
        assert one["ci95"][0] <= one["rate"] <= one["ci95"][1]
    points = report["points"]
    assert len(points["size"]) == len(points["found"]) == 500
    assert points["size"] == sorted(points["size"])
    assert np.mean(points["found"]) == pytest.approx(found.mean(), abs=0.05)
    assert report["warnings"] == []


@pytest.mark.parametrize("found", [np.ones(40, bool), np.zeros(40, bool), np.arange(40) > 3])
def test_too_few_hits_or_misses(found):
    report = study(np.geomspace(1, 50, 40), found, "px")
    assert report["a90"] is report["slope"] is report["curve"] is None
    assert f"{found.sum()} of 40 flaws were found" in report["reasons"]["a90"]
    assert report["rate"] == found.mean()


def test_29_of_29_found():
    report = study(np.geomspace(1, 50, 29), np.ones(29, bool), "px")
    assert report["rate_low"] == pytest.approx(0.05 ** (1 / 29))  # the classic demonstration


@pytest.mark.parametrize("turn", [1, -1])
def test_hits_and_misses_that_do_not_overlap(turn):
    report = study(np.geomspace(1, 50, 40), (np.arange(40) >= 20)[::turn], "px")
    assert report["a90"] is None
    assert "do not overlap in size" in report["reasons"]["a90"]


def test_one_size_only():
    report = study(np.full(80, 7.0), np.arange(80) % 2 > 0, "px")
    assert report["reasons"]["a90"] == "all flaws have one size"
    assert len(report["bins"]) == 1


def test_flaws_without_extent_are_left_out():
    sizes, found = flaws()
    report = study(np.append(sizes, [0, 0]), np.append(found, [True, False]), "px²")
    assert report["flaws"] == 150
    assert report["warnings"] == ["2 flaws without extent are left out."]
    report = study(np.array([0.0, 5.0]), np.array([True, True]), "px")
    assert report["warnings"] == ["1 flaw without extent is left out."]
    assert report["reasons"]["a90"].startswith("1 of 1 flaw was found: ")


def test_detection_that_falls_with_size_or_ignores_it():
    sizes, found = flaws()
    falling = study(sizes, ~found, "px")
    assert falling["slope"] < 0
    assert falling["a50"] is falling["a90"] is falling["a90_95"] is None
    assert falling["reasons"]["a90"] == "larger flaws are not found more often"
    chance = study(np.sort(sizes), np.arange(150) % 2 > 0, "px")
    assert chance["slope"] > 0
    assert "does not depend on size (p = " in chance["reasons"]["a90"]
    assert chance["a90"] is None


def test_detection_that_levels_off_below_90_percent_has_no_a90():
    report = study(*flaws(2, 500, top=0.7), "px")
    assert report["tests"]["ceiling"]["pod"] == pytest.approx(0.7, abs=0.08)
    assert report["a50"] is not None
    assert report["a90"] is report["a90_95"] is None
    assert report["reasons"]["a90"].startswith("detection levels off at ")
    assert any("never reaches 1" in warning for warning in report["warnings"])


def test_detection_that_levels_off_above_90_percent_is_warned_of():
    report = study(*flaws(2, 2000, top=0.95), "px")
    assert report["a90"] is not None
    assert any("never reaches 1" in warning for warning in report["warnings"])


def test_few_flaws_and_extrapolation_are_warned_of():
    sizes, found = flaws(4, 45)
    report = study(sizes, found, "px")
    assert any("asks for at least 60" in warning for warning in report["warnings"])
    sizes, found = flaws(5, 300)
    short = sizes < np.exp(3.3)
    beyond = study(sizes[short], found[short], "px")
    (told,) = (warning for warning in beyond["warnings"] if "extrapolated" in warning)
    assert told.startswith("a90 and a90/95 are beyond the largest flaw (")
    shorter = sizes < np.exp(2.7)
    (told,) = (
        warning
        for warning in study(sizes[shorter], found[shorter], "px")["warnings"]
        if "extrapolated" in warning
    )
    assert told.startswith("a50")


def test_a_size_far_beyond_all_flaws_is_no_figure():
    sizes, _ = flaws(count=400)
    found = np.random.default_rng(3).random(400) < 1 / (1 + np.exp(4 - 0.7 * np.log(sizes)))
    report = study(sizes, found, "px")
    model = HitMiss.fit(sizes, found)
    assert model.size_at(0.9) > 10 * sizes.max()
    assert report["slope"] > 0
    assert report["a90"] is report["a90_95"] is None
    assert (
        report["reasons"]["a90"] == f"a90 lies far beyond the largest flaw ({sizes.max():.3g} px)"
    )
    assert report["reasons"]["a90_95"].startswith("a90/95 lies far beyond")


def test_a_curve_of_another_shape_is_warned_of():
    generator = np.random.default_rng(0)
    logs = generator.uniform(1, 5, 2000)
    shape = np.where(logs < 3, 0.1 + 0.5 * (logs < 2), 0.95)
    report = study(np.exp(logs), generator.random(2000) < shape, "px")
    assert report["tests"]["fit_holds"] < 0.001
    assert any("Hosmer-Lemeshow" in warning for warning in report["warnings"])
