"""Defines what a job returns: a typed document, which ``--json`` prints."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, SkipValidation

PathText = Annotated[str, SkipValidation]
"""A path as text. Names of files may hold bytes that are no Unicode, which pydantic refuses."""


class Document(BaseModel):
    """A typed result, with its keys in the order in which they are written."""

    model_config = ConfigDict(frozen=True, protected_namespaces=(), validate_by_name=True)

    def document(self) -> dict[str, Any]:
        """Returns the document as it is written in JSON: only what was set, in its order."""
        return self.model_dump(by_alias=True, exclude_unset=True)
