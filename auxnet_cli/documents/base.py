"""Defines what a job returns and what is read from files: typed documents."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, SkipValidation, ValidationError

PathText = Annotated[str, SkipValidation]
"""A path as text. Names of files may hold bytes that are no Unicode, which pydantic refuses."""


class Document(BaseModel):
    """A typed result, with its keys in the order in which they are written."""

    model_config = ConfigDict(frozen=True, protected_namespaces=(), validate_by_name=True)

    def document(self) -> dict[str, Any]:
        """Returns the document as it is written in JSON: only what was set, in its order."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class StrictDocument(Document):
    """A document from an untrusted file, or a part of one.

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
