"""Describes the memory of good parts in a model card: its size, and the scale of its distances."""

from pydantic import BaseModel, ConfigDict, Field


class MemoryCard(BaseModel):
    """What the network's output ``memory`` was made from, and what its distances mean.

    The distances are squared ones; their natural logarithms on good images have the median and the
    spread that make novelties of different models comparable.

    Attributes:
        vectors: features of good parts that the network remembers.
        images: good training images that they come from.
        judged: good images, other than those, that the scale comes from.
        median: of the logarithm of the images' distances.
        spread: of the same, in the sense of a standard deviation.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    vectors: int = Field(ge=1, le=2**20)
    images: int = Field(ge=1)
    judged: int = Field(ge=1)
    median: float = Field(ge=-100, le=100)
    spread: float = Field(gt=0, le=100)
