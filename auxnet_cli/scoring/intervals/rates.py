"""Intervals of a rate: of the true rate, and of the rate on further images."""

from auxnet_cli.documents.section import Interval

LEVEL = 0.95


def clopper_pearson(hits: int, trials: int, level: float = LEVEL) -> Interval:
    """Returns the exact interval of a rate; it covers the true rate in ``level`` of cases or more.

    Every trial counts as independent, so several images of one part make it too narrow.

    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413, by quantiles of the beta
    distribution: as exact as ``scipy.stats.binomtest`` and a hundred times as fast. It starts at 0
    where nothing was hit, ends at 1 where everything was, and is (0, 1) without a trial.

    Raises:
        ValueError: more hits than trials, or fewer than none.
    """
    from scipy.special import betaincinv

    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials")
    tail = (1 - level) / 2
    low = betaincinv(hits, trials - hits + 1, tail) if hits else 0.0
    high = betaincinv(hits + 1, trials - hits, 1 - tail) if hits < trials else 1.0
    return float(low), float(high)


def prediction_interval(
    hits: int, trials: int, further: int, fewer: int = 0, more: int = 0
) -> Interval | None:
    """Returns the interval in which the rate of further images of the same kind will lie.

    It is wider than Clopper and Pearson's interval of the true rate, which it approaches with many
    further images. By quantiles of the beta-binomial distribution.

    Source: Thatcher, "Relationships between Bayesian and confidence limits for predictions",
    Journal of the Royal Statistical Society B 26 (1964) 176-192.

    Args:
        hits: among ``trials``.
        trials: images seen.
        further: images to come.
        fewer: hits that do not count for the lower limit.
        more: misses that count as hits for the upper limit.

    Returns:
        0-1; ``None`` without further images. It covers at least ``LEVEL``, whatever the true rate.
    """
    from scipy.stats import betabinom

    if not further:
        return None
    tail = (1 - LEVEL) / 2
    least, most = max(0, hits - fewer), min(trials, hits + more)
    low = betabinom.ppf(tail, further, least, trials - least + 1) if least else 0
    high = betabinom.ppf(1 - tail, further, most + 1, trials - most) if most < trials else further
    return float(low / further), float(high / further)
