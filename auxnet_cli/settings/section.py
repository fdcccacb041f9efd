"""The base of a section of settings, and the walk over all settings."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from auxnet_cli.settings.registry import registered
from auxnet_cli.task import ANY, NOVELTY, TASKS, voters

TaskName = Annotated[
    str, registered(TASKS), WithJsonSchema({"enum": list(TASKS), "type": "string"})
]
VoterName = Annotated[
    str,
    registered(TASKS, ANY, NOVELTY),
    WithJsonSchema({"enum": list(voters()), "type": "string"}),
]
Fraction = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(ge=32, le=16_384)]
Size = tuple[Side, Side]
"""Height and width, pixels."""

MOST_PIXELS = 2**24
"""Most pixels of a network's input: 4096 × 4096."""


def _affordable(size: tuple[int, int]) -> tuple[int, int]:
    if size[0] * size[1] > MOST_PIXELS:
        raise ValueError(f"height × width must not be above {MOST_PIXELS:,} pixels: take tile.size")
    return size


InputSize = Annotated[Size, AfterValidator(_affordable)]


def setting(default: Any, help_: str, unit: str = "", **limits: Any) -> Any:
    """Makes a field with the help and the unit that ``auxnet config`` prints."""
    return Field(default, description=help_, json_schema_extra={"unit": unit}, **limits)


class Section(BaseModel):
    """A group of settings: refuses unknown keys and other types, and checks defaults too."""

    model_config = ConfigDict(
        extra="forbid", validate_default=True, frozen=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_switch_for_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuses booleans for numbers: YAML reads yes, no, on and off as booleans."""
        kind = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, bool) and kind in (int, float):
            raise ValueError("a number is wanted, not yes or no")
        return value


def walk(settings: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any, str, str]]:
    """Yields every setting as (dotted name, value, unit, help), in the order of declaration."""
    for name, info in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from walk(value, f"{prefix}{name}.")
        else:
            extra = info.json_schema_extra
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            yield prefix + name, value, unit, info.description or ""
