"""Marks pixels by PSPNet's pyramid pooling (Zhao et al. 2017), on a dilated encoder."""

from collections.abc import Mapping

from auxnet_cli.model.heads.head import Tensor
from auxnet_cli.model.segmentation.mask_head import MaskHead
from auxnet_cli.settings import ModelSettings

BINS = (1, 2, 3, 6)
"""Places a side that the pooled maps have."""

DROPOUT = 0.1


class PspNet(MaskHead):
    """Joins C5 at 1/8 with its own means over the image and its parts.

    This is the paper's own network without its auxiliary loss, and not that of
    segmentation-models-pytorch, which pools C3 and has no dilated stages.
    """

    def features(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> Tensor:
        """Pools C5 to 1, 2, 3 and 6 places a side, joins all, and convolves.

        Each pooled map has a quarter of the channels of C5; the convolution has four times
        ``segmentation_width``, 512 with a width of 128.
        """
        from auxnet_cli.backend import layers, ops
        from auxnet_cli.model.blocks import rectified

        x = levels[5]
        rows, columns, channels = x.shape[1:]
        parts = [x]
        for bins in BINS:
            name = f"segmentation_pool{bins}"
            kernels, strides = zip(*(_pooling(side, bins) for side in (rows, columns)), strict=True)
            pooled = layers.AveragePooling2D(kernels, strides, name=name)(x)
            pooled = rectified(pooled, max(1, channels // len(BINS)), 1, name)
            # OpenVINO 2026.4.1 errs behind the layer Resizing: a normalisation is lost.
            parts.append(ops.image.resize(pooled, (rows, columns), data_format="channels_last"))
        x = layers.Concatenate(name="segmentation_join")(parts)
        x = rectified(x, 4 * settings.segmentation_width, 3, "segmentation_merge")
        return layers.Dropout(DROPOUT, name="segmentation_dropout")(x)


def _pooling(side: int, bins: int) -> tuple[int, int]:
    """Returns the kernel and the stride that pool a side to so many places, or to all it has."""
    bins = min(bins, side)
    stride = side // bins
    return side - (bins - 1) * stride, stride
