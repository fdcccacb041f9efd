"""Defines the base of documents that give a reason for each figure that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from auxnet_cli.documents.base import Document

Entries = dict[str, Any]
"""A document as JSON has it, or what one is made from: any entry may then be :class:`Missing`."""

Interval = tuple[float, float]
"""Low and high end of a 95 % interval."""


@dataclass(frozen=True)
class Missing:
    """Stands for a figure that does not exist, until a :class:`Section` is made.

    Attributes:
        reason: why it does not exist.
    """

    reason: str


class Section(Document):
    """An object of a document.

    An entry that is :class:`Missing` becomes ``None``, and ``reasons`` says why. Entries that the
    class does not declare are kept. In JSON, fields that were not given are left out.
    """

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    at_the_end: ClassVar[tuple[str, ...]] = ("reasons", "ci95")
    """Fields that follow all others in JSON."""

    reasons: dict[str, str] = Field(default_factory=dict)
    """Why entries are ``None``: entry → reason."""

    @model_validator(mode="before")
    @classmethod
    def _explain(cls, entries: Any) -> Any:
        if not isinstance(entries, Mapping):
            return entries
        missing = {
            key: entry.reason for key, entry in entries.items() if isinstance(entry, Missing)
        }
        if not missing:
            return entries
        reasons = {**entries.get("reasons", {}), **missing}
        return {**entries, **dict.fromkeys(missing), "reasons": reasons}

    @model_serializer(mode="wrap")
    def _in_order(self, handler: SerializerFunctionWrapHandler) -> Entries:
        document: Entries = handler(self)
        for name in self.at_the_end:
            if name in document:
                document[name] = document.pop(name)
        return document

    def __getitem__(self, name: str) -> Any:
        """Returns an entry by its name: ``section["dice"]`` is ``section.dice``."""
        return getattr(self, name)

    def entries(self) -> Entries:
        """Returns the entries that were given, to make a larger section of them."""
        return {name: entry for name, entry in self if name in self.model_fields_set}

    def document(self) -> Entries:
        """Returns the object as JSON has it: of dictionaries, lists, texts and numbers."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Intervals(Section):
    """The 95 % intervals of figures, by name: ``ci95.dice`` or ``ci95["segmentation.dice"]``."""

    __pydantic_extra__: dict[str, Interval | None]

    def __getitem__(self, figure: str) -> Interval | None:
        """Returns the interval of a figure; ``None`` where it does not exist."""
        return self.__pydantic_extra__.get(figure)

    if TYPE_CHECKING:

        def __getattr__(self, figure: str) -> Interval | None: ...


class Scored(Section):
    """A section whose figures have intervals."""

    ci95: Intervals | None = None
    """The intervals of the figures; ``None`` where none were made."""
