"""``python -m auxnet_cli`` is ``auxnet``."""

from auxnet_cli.app import main

main()
