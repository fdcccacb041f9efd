"""Made-up inspection images with exact masks: no data needed to try the whole program."""

from auxnet_cli.data.synthetic.series import LOOKS, SyntheticImage, generate

__all__ = ["LOOKS", "SyntheticImage", "generate"]
