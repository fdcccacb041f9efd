"""Makes inspection images with exact masks, so that the whole program can be tried without data."""

from auxnet_cli.data.synthetic.series import LOOKS, SyntheticImage, generate

__all__ = ["LOOKS", "SyntheticImage", "generate"]
