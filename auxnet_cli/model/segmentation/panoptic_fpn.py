"""Marks pixels by the semantic branch of Panoptic FPN (Kirillov et al. 2019)."""

from collections.abc import Mapping

from auxnet_cli.model.heads.head import Tensor
from auxnet_cli.model.segmentation.mask_head import MaskHead
from auxnet_cli.settings import ModelSettings


class PanopticFpn(MaskHead):
    """Adds up the levels of the pyramid at 1/4, or refines their sum at 1/2."""

    finest_level = 2

    def features(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> Tensor:
        """Takes P2 to P5 up to 1/4, each by convolutions and upsampling, and adds them up.

        With ``mask_stride`` 2 the sum is refined at 1/2, with a skip from C1 and half the channels.
        """
        from auxnet_cli.backend import layers
        from auxnet_cli.model.blocks import rectified, upsample

        parts = []
        for level in sorted(merged):
            x = merged[level]
            # P2 is at 1/4 already: one convolution, no upsampling.
            for finer in range(max(level - 1, 2), 1, -1):
                name = f"segmentation{level}_{finer}"
                x = rectified(x, settings.segmentation_width, 3, name)
                if finer < level:
                    x = upsample(x, merged[finer].shape[1:3], 2, "bilinear", f"{name}_up")
            parts.append(x)
        x = layers.Add(name="segmentation_sum")(parts)
        if self.stride == 4:
            return x
        width, size = max(1, settings.segmentation_width // 2), levels[1].shape[1:3]
        x = layers.Conv2D(width, 1, name="segmentation_narrow")(x)
        x = upsample(x, size, 2, "bilinear", "segmentation_up")
        skip = layers.Conv2D(width, 1, name="segmentation_skip")(levels[1])
        x = layers.Add(name="segmentation_merge")([x, skip])
        return rectified(x, width, 3, "segmentation_fine")
