"""Marks pixels by LinkNet's decoder (Chaurasia and Culurciello 2017), on any encoder."""

from collections.abc import Mapping

from auxnet_cli.model.heads.head import Tensor
from auxnet_cli.model.segmentation.mask_head import MaskHead
from auxnet_cli.settings import ModelSettings


class LinkNet(MaskHead):
    """Doubles the resolution up to the input's, adding the encoder's level at each step.

    Kernels are those of segmentation-models-pytorch, which most comparisons mean: transposed
    convolutions of 4 × 4, and 32 channels at the end with a ``segmentation_width`` of 128.
    """

    def features(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> Tensor:
        """Takes C5 up to 1/1; each step narrows to a quarter, enlarges, widens, and adds C4 to C1.

        An enlargement is a transposed convolution, whose result has the next level's channels.
        """
        from auxnet_cli.backend import layers
        from auxnet_cli.model.blocks import batch_norm, cut, rectified

        x = levels[5]
        for level in range(4, -1, -1):
            name = f"segmentation{level}"
            size = levels[level].shape[1:3] if level else self.size
            last = max(1, settings.segmentation_width // 4)
            width, narrow = levels[level].shape[-1] if level else last, max(1, x.shape[-1] // 4)
            x = rectified(x, narrow, 1, f"{name}_narrow")
            x = layers.Conv2DTranspose(
                narrow, 4, 2, "same", kernel_initializer="he_normal", name=f"{name}_up"
            )(x)
            x = cut(x, size, f"{name}_up")
            x = layers.Activation("relu", name=f"{name}_relu")(batch_norm(x, f"{name}_bn"))
            x = rectified(x, width, 1, f"{name}_widen")
            if level:
                x = layers.Add(name=f"{name}_add")([x, levels[level]])
        return x
