"""Describes the model card, ``model.json``: what a runtime needs beside the weights."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from auxnet_cli.documents.coding import CODING
from auxnet_cli.documents.dataset_card import DEPTHS, MAX_CLASSES, MAX_NAME, printable_name
from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.documents.section import Entries
from auxnet_cli.errors import InputError
from auxnet_cli.settings import AnchorSettings, DecisionSettings, InputSize, TaskName, TileSettings
from auxnet_cli.settings.model import ASSIGNMENT
from auxnet_cli.settings.registry import DETECTORS, SEGMENTERS, registered
from auxnet_cli.system.files import sha256, write_json
from auxnet_cli.system.untrusted import read_json
from auxnet_cli.task import TASKS, voters_of

SCHEMA: Literal["auxnet/model/1"] = "auxnet/model/1"
CARD, NETWORK = "model.json", "model.keras"
"""The files of a run's model card and network."""

_LARGEST = 2**20


Line = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(printable_name)]


def _describe_coding(schema: Entries) -> None:
    """Adds what each card holds besides its fields to the JSON schema."""
    schema["properties"] |= {name: {"const": value} for name, value in CODING.items()}


class ModelCard(BaseModel):
    """What is written into ``model.json``.

    Attributes:
        size: network input, (height, width) in pixels.
        tile: how images are cut before.
        bits: of the camera, where images are stored with 16.
        segmenter: what marks pixels, a name of ``SEGMENTERS``.
        mask_stride: pixels of the input between two places of the masks' logits; 1, the input's
            size, where a card of an earlier version does not say.
        detector: what detects, a name of ``DETECTORS``.
        parameters: weights of the network, trainable or not.
        initial_weights: where the encoder's weights came from, in words for the report.
        dataset: name and fingerprint of the data set it was trained on.
        memory: of good parts; ``None`` where the network has none.
        pruned_from: SHA-256 of the network with more tasks that this one is a part of, if it is.
        sha256: of ``model.keras``.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", protected_namespaces=(), json_schema_extra=_describe_coding
    )

    schema_: Literal["auxnet/model/1"] = Field(default=SCHEMA, serialization_alias="schema")
    tool_version: Line
    name: Line
    classes: Annotated[tuple[Line, ...], FailFast()] = Field(min_length=1, max_length=MAX_CLASSES)
    label_kind: Literal["multi-label", "exclusive"]
    tasks: Annotated[tuple[TaskName, ...], FailFast()] = Field(min_length=1, max_length=len(TASKS))
    size: InputSize
    tile: TileSettings = TileSettings()
    bits: int = 16
    anchors: AnchorSettings
    segmenter: Annotated[str, registered(SEGMENTERS)] = "fpn"
    mask_stride: Literal[1, 2, 4, 8] = 1
    detector: Annotated[str, registered(DETECTORS)] = "anchors"
    decision: DecisionSettings
    parameters: int = Field(ge=0, lt=2**63)
    initial_weights: str
    dataset: dict[str, str]
    memory: MemoryCard | None = None
    pruned_from: str = Field(default="", pattern=r"^(?:[0-9a-f]{64})?$")
    sha256: str = Field(pattern=r"^(?:[0-9a-f]{64})?$")

    @field_validator("classes", "tasks")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            twice = Counter(names).most_common(1)[0][0]
            raise ValueError(f"{twice!a} stands there twice")
        return names

    @field_validator("bits")
    @classmethod
    def _of_a_camera(cls, bits: int) -> int:
        if bits not in DEPTHS:
            raise ValueError(f"it must be one of {', '.join(map(str, DEPTHS))}")
        return bits

    @field_validator("decision")
    @classmethod
    def _of_the_classes(cls, decision: DecisionSettings, info: ValidationInfo) -> DecisionSettings:
        """Checks that the thresholds of the calibration are those of the classes, in order."""
        if decision.calibration is not None and "classes" in info.data:
            known, given = info.data["classes"], tuple(decision.calibration.thresholds)
            if given != known:
                raise ValueError(
                    f"the calibration is of the classes {_names(given)} and not of {_names(known)}"
                )
        return decision

    @property
    def voters(self) -> tuple[str, ...]:
        """What votes for a defect: the tasks' heads, all masks together, the memory."""
        return voters_of(self.tasks, self.memory is not None)

    def document(self) -> Entries:
        """Returns the card as it is written: with :data:`CODING`, for other programs.

        How anchors are assigned to defects is left out: the run's ``config.yaml`` has it.
        """
        fields = self.model_dump(mode="json", by_alias=True, exclude={"anchors": set(ASSIGNMENT)})
        return {**fields, **CODING}

    def write(self, path: Path) -> None:
        """Writes the card as JSON."""
        write_json(path, self.document())

    @classmethod
    def read(cls, path: Path, calibrated: bool = True) -> "ModelCard":
        """Reads a card.

        Args:
            path: of ``model.json``.
            calibrated: whether to read the calibration; if not, it may be damaged.

        Raises:
            InputError: it is missing or damaged, or of another schema.
        """
        if not path.exists():
            raise InputError(f"{path} is missing: name a run with `model`.")
        document = read_json(path, "model card", _LARGEST)
        if not isinstance(document, dict):
            raise InputError(f"{path} is no model card: it holds no JSON object.")
        if not calibrated:
            document = _uncalibrated(document)
        try:
            return cls.model_validate({**document, "schema_": document.get("schema")})
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            key = ".".join(map(str, first["loc"]))
            reason = first["msg"].removeprefix("Value error, ")
            advice = "; `auxnet calibrate --reset` removes the calibration"
            raise InputError(
                f"{path} is no model card of this version ({key[:MAX_NAME]}: {reason})"
                f"{advice if 'calibration' in key + reason else ''}."
            ) from None

    def check_network(self, run: Path) -> str:
        """Checks that the network in a run's folder is the one that this card was written for.

        Returns:
            Its SHA-256.

        Raises:
            InputError: it is missing, damaged or replaced.
        """
        path = run / NETWORK
        try:
            digest = sha256(path)
        except OSError as error:
            raise InputError(f"{path} cannot be read ({error.strerror or error}).") from None
        if digest != self.sha256:
            raise InputError(
                f"{path} is not the network that {run / CARD} was written for "
                "(its SHA-256 is another): it is damaged or was replaced; take both files from "
                "the same training, or train anew."
            )
        return digest

    def require_classes(self, classes: Sequence[str], dataset: Path, run: Path) -> None:
        """Checks that a data set has the model's classes, in the same order.

        Raises:
            InputError: it has other classes.
        """
        if self.classes != tuple(classes):
            raise InputError(
                f"The run {run} knows the classes {', '.join(self.classes)}, but the data set "
                f"{dataset} has {', '.join(classes)}: name another run with `model` "
                "or another data set with `data`."
            )

    def require(self, tasks: tuple[str, ...]) -> None:
        """Checks that the model was trained for some tasks.

        Raises:
            InputError: it was not.
        """
        missing = [task for task in TASKS if task in tasks and task not in self.tasks]
        if missing:
            raise InputError(
                f"This model was trained for {', '.join(self.tasks)}, not for "
                f"{', '.join(missing)}: train one with `tasks` {','.join(tasks)}."
            )


def _names(classes: tuple[str, ...]) -> str:
    """Lists class names for a message, ten at most."""
    more = f" and {len(classes) - 10} more" if len(classes) > 10 else ""
    return ", ".join(classes[:10]) + more


def _uncalibrated(document: Entries) -> Entries:
    """Removes the calibration from a card's document."""
    decision = document.get("decision")
    if not isinstance(decision, dict):
        return document
    return {**document, "decision": {**decision, "calibration": None}}
