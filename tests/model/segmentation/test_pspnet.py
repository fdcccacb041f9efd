import numpy as np

from tests.model.segmentation.layers_by_hand import at, convolved, enlarged, network_of, rectified

SIZE = (96, 192)


def test_the_forward_pass(shallow, tiny):
    """C5 is 12 x 24 places, which bins of 1, 2, 3 and 6 divide without a rest."""
    network = network_of("pspnet", tiny, SIZE)
    c5 = network.get_layer("segmentation_pool1").input
    x, found = at(network, SIZE, c5, network.output["segmentation"])
    height, width, channels = x.shape
    assert (height, width) == (12, 24)
    parts = [x]
    for bins in (1, 2, 3, 6):
        split = x.reshape(bins, height // bins, bins, width // bins, channels)
        pooled = rectified(split.mean((1, 3)), network, f"segmentation_pool{bins}")
        parts.append(enlarged(pooled, (height, width)))
    merged = rectified(np.concatenate(parts, axis=-1), network, "segmentation_merge")
    expected = convolved(merged, network, "segmentation_conv")
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
