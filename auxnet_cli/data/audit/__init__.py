"""The audit: what was found wrong or odd in a source, and what the data set made of it holds."""

from auxnet_cli.data.audit.findings import Audit, Finding

__all__ = ["Audit", "Finding"]
