"""Marks pixels by U-Net's decoder (Ronneberger et al. 2015), on any encoder."""

from collections.abc import Mapping

from auxnet_cli.model.heads.head import Tensor
from auxnet_cli.model.segmentation.mask_head import MaskHead
from auxnet_cli.settings import ModelSettings


class UNet(MaskHead):
    """Doubles the resolution up to the input's, joining the encoder's level at each step.

    Channels and kernels are those of segmentation-models-pytorch, which most comparisons mean:
    256, 128, 64, 32 and 16 channels with a ``segmentation_width`` of 128.
    """

    kernel = 3

    def features(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> Tensor:
        """Takes C5 up to 1/1; each step enlarges, joins C4 to C1, and convolves twice."""
        from auxnet_cli.backend import layers
        from auxnet_cli.model.blocks import rectified, upsample

        x, width = levels[5], 2 * settings.segmentation_width
        for level in range(4, -1, -1):
            name = f"segmentation{level}"
            size = levels[level].shape[1:3] if level else self.size
            x = upsample(x, size, 2, "nearest", f"{name}_up")
            if level:
                x = layers.Concatenate(name=f"{name}_join")([x, levels[level]])
            x = rectified(x, width, 3, f"{name}_1")
            x = rectified(x, width, 3, f"{name}_2")
            width = max(1, width // 2)
        return x
