"""Fits how much each head's vote counts in the fused score."""

from collections.abc import Iterable, Mapping

import numpy as np

from auxnet_cli.scoring.evidence import Flags, Floats
from auxnet_cli.task import ANY, NOVELTY, TASKS
from auxnet_cli.verdict.fused_votes import Votes, log_odds

PENALTY = 0.01
"""Of the squared weights. It bounds them where the votes part good from defective perfectly."""

LEAST_SPREAD = 0.1
"""Of the log-odds of the novelty: good images that are all alike give it no boundless weight."""


def fused_voters(voters: Iterable[str]) -> list[str]:
    """Returns which votes are fused where these are cast.

    The masks of all classes together stand for those of each class: where two classes share the
    evidence, it is plain that the image shows a defect, though not which. On five folds of magnetic
    tiles a fifth fewer defective photographs escape by it.
    """
    maps = {name for name, task in TASKS.items() if task.answer == "map"}
    return list(dict.fromkeys(ANY if voter in maps else voter for voter in voters))


def fit_fusion(votes: Votes, labels: Flags) -> tuple[dict[str, float], float]:
    """Fits weights and bias of :func:`auxnet_cli.verdict.fused_votes.fuse` by logistic regression.

    It tells the pairs (image, class that the image shows) from the pairs (good image, any class).
    A weight is never negative: more of a defect in one head must not speak for a good part. The
    loss is the mean cross-entropy of the pairs + ``PENALTY`` / 2 × Σ weight².

    Args:
        votes: of each head that counts, (images, classes) 0-1.
        labels: (images, classes) bool; there must be good images and defective ones.

    Returns:
        The weights by head, and the bias.
    """
    from scipy.optimize import minimize

    odds = np.stack([log_odds(vote) for vote in votes.values()], axis=-1)
    shown, clean = odds[labels], odds[~labels.any(axis=1)].reshape(-1, len(votes))
    pairs = np.concatenate([shown, clean])
    truth = np.repeat([1.0, 0.0], [len(shown), len(clean)])

    def loss(parameters: Floats) -> tuple[float, Floats]:
        bias, weights = parameters[0], parameters[1:]
        fused = bias + pairs @ weights
        error = np.tanh(fused / 2) / 2 + 0.5 - truth
        entropy = np.mean(np.logaddexp(0, fused) - truth * fused)
        slope = error @ pairs / len(pairs) + PENALTY * weights
        return entropy + PENALTY / 2 * weights @ weights, np.array([error.mean(), *slope])

    # The loss is convex: it has one minimum, wherever the search starts.
    start = np.array([0.0, *np.full(len(votes), 1 / len(votes))])
    limits = [(None, None), *[(0, None)] * len(votes)]
    options = {"ftol": 1e-14, "gtol": 1e-10, "maxiter": 1000}
    fit = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits, options=options)
    return dict(zip(votes, map(float, fit.x[1:]), strict=True)), float(fit.x[0])


def weigh_novelty(
    weights: Mapping[str, float], bias: float, votes: Votes, labels: Flags
) -> tuple[dict[str, float], float]:
    """Lets the memory of good parts count as much as all heads together.

    The fit knows only defects that the heads were trained for, beside which the memory has little
    to say; a kind that was never seen is another matter. The weight of the novelty is raised until
    its part of the fused log-odds spreads good images as much as the heads' part does; a higher
    weight stays. The bias keeps the median good image where it was.

    Args:
        weights: of the votes, as :func:`fit_fusion` fits them.
        bias: of the fused log-odds.
        votes: of each head that counts and of the memory, (images, classes) 0-1.
        labels: (images, classes) bool; there must be good images.
    """
    good = ~labels.any(axis=1)
    novelty = log_odds(votes[NOVELTY])[good].max(axis=1)
    parts = [
        weight * log_odds(votes[voter])[good]
        for voter, weight in weights.items()
        if voter != NOVELTY
    ]
    heads = sum(parts, np.zeros((int(good.sum()), labels.shape[1]))).max(axis=1)
    raised = max(weights[NOVELTY], _spread(heads) / max(_spread(novelty), LEAST_SPREAD))
    bias -= (raised - weights[NOVELTY]) * float(np.median(novelty))
    return {**weights, NOVELTY: raised}, bias


def _spread(values: Floats) -> float:
    """Returns how far the 90th percentile lies above the median, as in a normal distribution."""
    median, high = np.quantile(values, (0.5, 0.9))
    return float(high - median) / 1.2816
