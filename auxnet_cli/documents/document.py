"""Defines the base class of documents that are read from untrusted files."""

from typing import Self

from pydantic import ConfigDict, ValidationError

from auxnet_cli.documents.base import Document


class StrictDocument(Document):
    """A document or a part of one.

    Types are not converted, numbers are finite, and unknown keys are ignored.
    """

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    @classmethod
    def check(cls, document: object) -> Self:
        """Validates a parsed file.

        Raises:
            ValueError: a value is missing or out of bounds; the message names the first such value.
        """
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
            path = "".join(parts).removeprefix(".")
            reason = str(first.get("ctx", {}).get("error") or first["msg"])
            raise ValueError(f"{path}: {reason}" if path else reason) from None
