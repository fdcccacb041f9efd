"""Chooses few vectors that lie near all others: a greedy coreset."""

import numpy as np

from auxnet_cli.verdict.decoded_heads import Floats

PROJECTED = 32
"""Dimensions in which the distances are measured."""


def coreset(vectors: Floats, count: int, seed: int) -> list[int]:
    """Chooses vectors one by one, each the farthest from those that are chosen already.

    The greatest distance of any vector from its nearest chosen one is then at most twice the least
    that is possible (Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985).
    Vectors of more than ``PROJECTED`` dimensions are projected at random, which hardly changes
    their distances (Johnson and Lindenstrauss, 1984), as PatchCore does.

    Args:
        vectors: (vectors, dimensions).
        count: how many to choose at most; fewer where all others equal one that is chosen.
        seed: of the projection and of the first vector.

    Returns:
        Their indices, in the order in which they were chosen.
    """
    rng = np.random.default_rng(seed)
    points = np.asarray(vectors, np.float32)
    if points.shape[1] > PROJECTED:
        points = points @ rng.standard_normal((points.shape[1], PROJECTED), np.float32)
    chosen = [int(rng.integers(len(points)))] if len(points) and count else []
    # Distances as |x|² − 2 x·c + |c|²: one product of a matrix and a vector for each choice.
    squares = np.einsum("ij,ij->i", points, points)
    nearest = np.full(len(points), np.inf, np.float32)
    while len(chosen) < min(count, len(points)):
        centre = chosen[-1]
        np.minimum(nearest, squares - 2 * (points @ points[centre]) + squares[centre], out=nearest)
        nearest[centre] = 0
        farthest = int(nearest.argmax())
        if nearest[farthest] <= 1e-6 * squares[farthest]:
            break
        chosen.append(farthest)
    return chosen
