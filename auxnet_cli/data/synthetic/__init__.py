"""Makes inspection images with exact masks, so that the whole program can be tried without data."""

from auxnet_cli.data.synthetic.series import LOOKS, generate

__all__ = ["LOOKS", "generate"]
