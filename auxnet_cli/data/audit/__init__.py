"""Audits a source, and the data set made from it."""

from auxnet_cli.data.audit.findings import Audit

__all__ = ["Audit"]
