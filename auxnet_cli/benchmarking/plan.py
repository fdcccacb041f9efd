"""Plans the networks to time: the multi-task ones and their single-task networks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError, nearest
from auxnet_cli.settings import ModelSettings, TaskName
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.settings.registry import ENCODERS, NETWORKS
from auxnet_cli.task import TASKS
from auxnet_cli.workspace import CONFIG, RUNS, find_run

MULTI_TASK = "Defect-Aux-Net"
OTHERS = "other networks"
"""The family of networks that are timed beside, each alone."""

UNTRAINED_CLASSES = 4
PRESET = "severstal"


class NetworkPlan(BaseModel):
    """A network to build.

    Attributes:
        name: as it stands in tables.
        family: the run or preset that it belongs to.
        memory: vectors of its memory of good parts; 0: it has none.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    family: str
    tasks: tuple[TaskName, ...]
    classes: int
    label_kind: Literal["multi-label", "exclusive"]
    settings: ModelSettings
    memory: int = 0

    @property
    def multi_task(self) -> bool:
        """Whether it is compared with a network for each of its tasks."""
        return self.name == MULTI_TASK


def plan_network(
    model: Path | None, preset: str | None
) -> tuple[NetworkPlan, tuple[int, int], Path | None]:
    """Returns the multi-task network, its input size, and its run if it has one.

    It is ``runs/latest`` if there is one and neither model nor preset is given; of a preset, an
    untrained network.

    Raises:
        InputError: there is no such run or preset, or both are given.
    """
    if model is not None and preset is not None:
        raise InputError("`model` and `preset` exclude each other: a run brings its own settings.")
    if model is None and (preset is not None or not (RUNS / "latest").is_file()):
        return *plan_untrained(preset or PRESET), None
    run = find_run(model)
    card = ModelCard.read(run / "model.json")
    settings = read_settings(run / CONFIG).model
    plan = NetworkPlan(
        name=NETWORKS[settings.name].title,
        family=run.resolve().name,
        tasks=card.tasks,
        classes=len(card.classes),
        label_kind=card.label_kind,
        settings=settings,
        memory=card.memory.vectors if card.memory else 0,
    )
    return plan, card.size, run


def plan_untrained(preset: str) -> tuple[NetworkPlan, tuple[int, int]]:
    """Returns the multi-task network of a preset, and its input size.

    Raises:
        InputError: there is no such preset.
    """
    settings = load_settings(preset)
    plan = NetworkPlan(
        name=MULTI_TASK,
        family=preset,
        tasks=settings.tasks,
        classes=UNTRAINED_CLASSES,
        label_kind="multi-label",
        settings=settings.model,
        memory=settings.model.memory.vectors,
    )
    return plan, settings.data.size


def plan_beside(preset: str, plan: NetworkPlan) -> NetworkPlan:
    """Returns the multi-task network of another preset, for the classes and tasks of ``plan``.

    Raises:
        InputError: there is no such preset, or it is the one of ``plan``.
    """
    other, _ = plan_untrained(preset)
    if other.family == plan.family:
        raise InputError(f"`beside` {preset} is what is timed already: name another preset.")
    shared = {"classes": plan.classes, "label_kind": plan.label_kind, "tasks": plan.tasks}
    return other.model_copy(update=shared)


def plan_pruned(tasks: Sequence[str], plan: NetworkPlan) -> NetworkPlan:
    """Returns what is left of ``plan`` once it has these tasks alone.

    Raises:
        InputError: it lacks one of them.
    """
    missing = [task for task in tasks if task not in plan.tasks]
    if missing:
        raise InputError(
            f"`tasks` {', '.join(missing)} cannot be kept: {plan.family} has "
            f"{', '.join(plan.tasks)}."
        )
    update = {"name": f"{plan.name}, {' and '.join(tasks)} kept", "family": OTHERS}
    return plan.model_copy(update={**update, "tasks": tuple(tasks)})


def plan_named(name: str, plan: NetworkPlan) -> NetworkPlan:
    """Returns the network that ``model.name`` names, as published, for the classes of ``plan``.

    Raises:
        InputError: there is no such network.
    """
    if name not in NETWORKS:
        raise InputError(
            f"There is no network '{name}'.{nearest(name, list(NETWORKS))} Networks: "
            f"{', '.join(NETWORKS)}."
        )
    settings = load_settings(PRESET, overrides=[f"model.name={name}"])
    return NetworkPlan(
        name=NETWORKS[name].title,
        family=OTHERS,
        tasks=settings.tasks,
        classes=plan.classes,
        label_kind=plan.label_kind,
        settings=settings.model,
    )


def with_single_tasks(plan: NetworkPlan) -> tuple[NetworkPlan, ...]:
    """Returns the network, and one for each of its tasks on the same encoder.

    Those have neither attention nor a memory of good parts. A network of another name stands alone.
    """
    if not plan.multi_task:
        return (plan,)
    bare = {"settings": plan.settings.model_copy(update={"attention": "none"}), "memory": 0}
    encoder = ENCODERS[plan.settings.encoder].title
    if plan.settings.encoder_width != 1:
        encoder = f"{encoder} x {plan.settings.encoder_width:g}"
    updates = (
        {"name": encoder + TASKS[task].network, "tasks": (task,), **bare} for task in plan.tasks
    )
    return plan, *(plan.model_copy(update=update) for update in updates)
