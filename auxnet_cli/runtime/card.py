"""The model card, ``model.json``: what a runtime needs beside the weights."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from auxnet_cli.calibration import FAINTEST_VOTE, MOST_LOG_ODDS
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.errors import InputError
from auxnet_cli.files import write_json
from auxnet_cli.inspection import TASKS
from auxnet_cli.model.boxes import MOST_LOG_SCALE, SPREAD
from auxnet_cli.settings import AnchorSettings, DecisionSettings, Task, TileSettings

SCHEMA: Literal["auxnet/model/1"] = "auxnet/model/1"

CODING: dict[str, Any] = {
    "input": {
        "name": "pixels",
        "dtype": "uint8",
        "channels": "RGB",
        "resize": "area where a side shrinks, then linear where a side grows",
        "keep_aspect": False,
    },
    "decoding": {
        "box_spread": [round(value, 6) for value in SPREAD.tolist()],
        "box_most_log_scale": MOST_LOG_SCALE,
        "nms": "per class",
        "mask_enlarging": "linear, of probabilities",
        "faintest_vote": FAINTEST_VOTE,
        "most_log_odds": MOST_LOG_ODDS,
    },
}
"""How a network's input is made and its output read, the same in each card: ``docs/export.md``."""


class ModelCard(BaseModel):
    """What is written into ``model.json``.

    Attributes:
        size: network input, (height, width) in pixels.
        tile: how images are cut before.
        bits: of the camera, where images are stored with 16.
        parameters: weights of the network, trainable or not.
        initial_weights: where the encoder's weights came from, in words for the report.
        dataset: name and fingerprint of the data set it was trained on.
        sha256: of ``model.keras``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    schema_: Literal["auxnet/model/1"] = SCHEMA
    tool_version: str
    name: str
    classes: tuple[str, ...]
    label_kind: Literal["multi-label", "exclusive"]
    tasks: tuple[Task, ...]
    size: tuple[int, int]
    tile: TileSettings = TileSettings()
    bits: int = 16
    anchors: AnchorSettings
    decision: DecisionSettings
    parameters: int
    initial_weights: str
    dataset: dict[str, str]
    sha256: str

    @field_validator("decision")
    @classmethod
    def _of_the_classes(cls, decision: DecisionSettings, info: ValidationInfo) -> DecisionSettings:
        """The calibration's thresholds are taken in the classes' order."""
        if decision.calibration is not None and "classes" in info.data:
            known, given = info.data["classes"], tuple(decision.calibration.thresholds)
            if given != known:
                raise ValueError(
                    f"the calibration is of the classes {', '.join(given)} and not of "
                    f"{', '.join(known)}"
                )
        return decision

    def document(self) -> dict[str, Any]:
        """The card as it is written: with :data:`CODING`, which programs of others read."""
        document = self.model_dump(mode="json")
        return {"schema": document.pop("schema_"), **document, **CODING}

    def write(self, path: Path) -> None:
        """Write the card as JSON."""
        write_json(path, self.document())

    @classmethod
    def read(cls, path: Path, calibrated: bool = True) -> "ModelCard":
        """Read a card.

        Args:
            path: of ``model.json``.
            calibrated: whether to read the calibration; without, it may be damaged.

        Raises:
            InputError: it is missing or damaged, or of another schema.
        """
        import json

        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if not calibrated:
                document = _uncalibrated(document)
            return cls.model_validate({**document, "schema_": document.get("schema")})
        except FileNotFoundError:
            raise InputError(f"{path} is missing: name a run with --model.") from None
        except (ValueError, TypeError) as error:
            reason = (
                f"{'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}"
                if isinstance(error, ValidationError)
                else str(error)
            )
            advice = "; `auxnet calibrate --reset` removes the calibration"
            raise InputError(
                f"{path} is no model card of this version ({reason})"
                f"{advice if 'calibration' in reason else ''}."
            ) from None

    def require_classes(self, dataset: Dataset, run: Path) -> None:
        """Check that the data set has the model's classes, in the same order.

        Raises:
            InputError: it has others.
        """
        if self.classes != dataset.classes:
            raise InputError(
                f"The run {run} knows the classes {', '.join(self.classes)}, but the data set "
                f"{dataset.root} has {', '.join(dataset.classes)}: name another run with --model "
                "or another data set with --data."
            )

    def require(self, tasks: tuple[str, ...]) -> None:
        """Check that the model was trained for ``tasks``.

        Raises:
            InputError: it was not.
        """
        missing = [task for task in TASKS if task in tasks and task not in self.tasks]
        if missing:
            raise InputError(
                f"This model was trained for {', '.join(self.tasks)}, not for "
                f"{', '.join(missing)}: train one with --tasks {','.join(tasks)}."
            )


def _uncalibrated(document: dict[str, Any]) -> dict[str, Any]:
    """A card's document without its calibration."""
    decision = document.get("decision")
    if not isinstance(decision, dict):
        return document
    return {**document, "decision": {**decision, "calibration": None}}
