"""Compares whole images with good ones: by what their surface is like on average.

A place may look familiar though the image as a whole does not: an uneven surface shows nothing that
no good part shows anywhere. The distance is Mahalanobis's, of the mean of the encoder's features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auxnet_cli.model.memory import distance_scale
from auxnet_cli.verdict.decoded_heads import Floats

RIDGE = 0.1
"""Part of the mean variance that is added to each, since few images tell a covariance roughly."""


@dataclass(frozen=True)
class WholeImages:
    """What whole images of good parts are like.

    Attributes:
        centre: (channels,), their mean.
        whitening: (channels, channels); after it the squared length is the squared distance.
        power, factor: ``factor`` · distance ^ ``power`` is on good images what the distance of
            their places is, by median and spread.
    """

    centre: Floats
    whitening: Floats
    power: float = 1.0
    factor: float = 1.0

    @classmethod
    def fit(cls, vectors: Floats) -> "WholeImages":
        """Fits centre and whitening to (images, channels) of good images."""
        centre = vectors.mean(axis=0)
        covariance = np.cov((vectors - centre).T)
        ridge = RIDGE * np.trace(covariance) / len(covariance) + 1e-12
        variances, directions = np.linalg.eigh(covariance + ridge * np.eye(len(covariance)))
        whitening = directions / np.sqrt(variances)
        return cls(centre.astype(np.float32), whitening.astype(np.float32))

    def scaled(self, whole: Sequence[float], places: Sequence[float]) -> "WholeImages":
        """Fits power and factor to the distances of the same good images, whole and by places."""
        (median, spread), (median_of_places, spread_of_places) = map(
            distance_scale, (whole, places)
        )
        power = spread_of_places / spread
        factor = float(np.exp(median_of_places - power * median))
        return WholeImages(self.centre, self.whitening, power, factor)

    def distances(self, vectors: Floats) -> Floats:
        """Returns the distances of (images, channels), as the network computes them."""
        squares = np.square((vectors - self.centre) @ self.whitening).sum(axis=-1)
        return np.asarray(self.factor * squares**self.power, np.float32)
