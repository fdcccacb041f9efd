"""Foresight: what a rate seen on one set of images lets one expect on another."""

from auxnet_cli.scoring.intervals.interval import LEVEL, Interval


def foreseen(
    hits: int, trials: int, further: int, fewer: int = 0, more: int = 0, level: float = LEVEL
) -> Interval | None:
    """The interval that the rate of further images of the same kind will lie in.

    It is wider than Clopper and Pearson's of the true rate, which it goes to with many further
    images. By quantiles of the beta-binomial distribution.

    Source: Thatcher, "Relationships between Bayesian and confidence limits for predictions",
    Journal of the Royal Statistical Society B 26 (1964) 176-192.

    Args:
        hits: among ``trials``.
        trials: images seen.
        further: images to come.
        fewer: hits that do not count for the lower limit.
        more: misses that count as hits for the upper one.
        level: coverage at least, whatever the true rate.

    Returns:
        0-1; ``None`` without further images.
    """
    from scipy.stats import betabinom

    if not further:
        return None
    tail = (1 - level) / 2
    least, most = max(0, hits - fewer), min(trials, hits + more)
    low = betabinom.ppf(tail, further, least, trials - least + 1) if least else 0
    high = betabinom.ppf(1 - tail, further, most + 1, trials - most) if most < trials else further
    return float(low / further), float(high / further)
