"""Every setting with its type, default, unit and help; one module for each section."""

from pydantic import field_validator, model_validator

from auxnet_cli.settings.data import DataSettings, TileSettings
from auxnet_cli.settings.decision import DecisionSettings
from auxnet_cli.settings.loss import LossSettings
from auxnet_cli.settings.model import AnchorSettings, MemorySettings, ModelSettings
from auxnet_cli.settings.registry import NETWORKS
from auxnet_cli.settings.section import InputSize, Section, TaskName, setting, walk
from auxnet_cli.settings.training import (
    AugmentationSettings,
    PretrainingSettings,
    TrainingSettings,
)
from auxnet_cli.task import TASKS

__all__ = [
    "AnchorSettings",
    "AugmentationSettings",
    "DataSettings",
    "DecisionSettings",
    "InputSize",
    "LossSettings",
    "MemorySettings",
    "ModelSettings",
    "PretrainingSettings",
    "Settings",
    "TaskName",
    "TileSettings",
    "TrainingSettings",
    "walk",
]


class Settings(Section):
    """Everything that can be set."""

    seed: int = setting(0, "Seed of weights, order and augmentation.", ge=0, lt=2**32)
    tasks: tuple[TaskName, ...] = setting(
        tuple(TASKS), "Branches that are built: cls, seg, det.", min_length=1
    )
    data: DataSettings = DataSettings()
    tile: TileSettings = TileSettings()
    model: ModelSettings = ModelSettings()
    loss: LossSettings = LossSettings()
    augmentation: AugmentationSettings = AugmentationSettings()
    training: TrainingSettings = TrainingSettings()
    pretraining: PretrainingSettings = PretrainingSettings()
    decision: DecisionSettings = DecisionSettings()

    @field_validator("tasks")
    @classmethod
    def _in_order(cls, tasks: tuple[TaskName, ...]) -> tuple[TaskName, ...]:
        return tuple(task for task in TASKS if task in tasks)

    @model_validator(mode="after")
    def _fitting(self) -> "Settings":
        name, known = self.model.name, NETWORKS[self.model.name].tasks
        if known is not None and not set(self.tasks) <= set(known):
            raise ValueError(f"the network {name} is built for {', '.join(known)} alone")
        if self.model.encoder_stride < 32 and "det" in self.tasks:
            raise ValueError(f"segmenter {self.model.segmenter} leaves det no pyramid")
        return self
