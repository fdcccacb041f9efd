"""What the benchmark shall time: networks, engines and precisions."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.exporting.quantisation import check_int8
from auxnet_cli.inference.engines.openvino import computes_in_bf16
from auxnet_cli.inference.engines.registry import ENGINES, check_engine, engine_names
from auxnet_cli.settings import ModelSettings, Task
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.settings.registry import ENCODERS
from auxnet_cli.workspace import RUNS, find_run

MULTI_TASK = "Defect-Aux-Net"
UNTRAINED_CLASSES = 4
PRESET = "severstal"
HEADS = {"cls": "", "seg": " FPN", "det": " RetinaNet"}


class NetworkPlan(BaseModel):
    """A network to build.

    Attributes:
        name: as the table shall call it.
        family: the run or preset that it belongs to.
        classes: number of defect classes.
        settings: encoder, attention, widths, anchors.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    family: str
    tasks: tuple[Task, ...]
    classes: int
    label_kind: Literal["multi-label", "exclusive"]
    settings: ModelSettings

    @property
    def multi_task(self) -> bool:
        """Whether it is the one network that stands for the others of its family."""
        return self.name == MULTI_TASK


class Variant(BaseModel):
    """An engine, and the precision that it computes in."""

    model_config = ConfigDict(frozen=True)

    engine: str
    precision: str

    def __str__(self) -> str:
        return f"{self.engine} {self.precision}"


def own_network(
    model: Path | None, preset: str | None
) -> tuple[NetworkPlan, tuple[int, int], Path | None]:
    """The multi-task network, its input size, and the run that it is of.

    Args:
        model: a run or its model file; ``runs/latest`` if there is one and no preset is given.
        preset: an untrained network of this preset instead.

    Raises:
        InputError: there is no such run or preset, or both are given.
    """
    if model is not None and preset is not None:
        raise InputError("--model and --preset exclude each other: a run brings its own settings.")
    if model is None and (preset is not None or not (RUNS / "latest").is_file()):
        return *untrained(preset or PRESET), None
    run = find_run(model)
    card = ModelCard.read(run / "model.json")
    plan = NetworkPlan(
        name=MULTI_TASK,
        family=run.resolve().name,
        tasks=card.tasks,
        classes=len(card.classes),
        label_kind=card.label_kind,
        settings=read_settings(run / "config.yaml").model,
    )
    return plan, card.size, run


def untrained(preset: str) -> tuple[NetworkPlan, tuple[int, int]]:
    """The multi-task network of a preset, and its input size.

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
    )
    return plan, settings.data.size


def single_tasks(plan: NetworkPlan) -> tuple[NetworkPlan, ...]:
    """A network for each of the tasks alone, on the same encoder without attention."""
    settings = plan.settings.model_copy(update={"attention": "none"})
    encoder = ENCODERS[plan.settings.encoder].title
    if plan.settings.encoder_width != 1:
        encoder = f"{encoder} x {plan.settings.encoder_width:g}"
    return tuple(
        plan.model_copy(
            update={"name": encoder + HEADS[task], "tasks": (task,), "settings": settings}
        )
        for task in plan.tasks
    )


def default_engines() -> tuple[str, ...]:
    """The paper's condition first, then what predicts. Keras alone on another back end."""
    return ("tensorflow", "openvino") if _back_end() == "tensorflow" else ("keras",)


def plan_variants(
    engines: Sequence[str], precisions: Sequence[str]
) -> tuple[tuple[Variant, ...], list[str]]:
    """Each engine in each of the precisions that it and this CPU compute in.

    Args:
        engines: names of ``inference.engines.registry.ENGINES``.
        precisions: of ``inference.engines.registry.PRECISIONS``.

    Returns:
        The variants, and a sentence for each that was asked for and cannot be timed.

    Raises:
        InputError: an unknown or repeated name, a package that is missing, or nothing is left.
    """
    for option, names in (("engines", engines), ("precisions", precisions)):
        if not names:
            raise InputError(f"--{option} names none: give one or more, with commas between.")
    for engine in engines:
        if engine == "auto":
            raise InputError(
                f"--engines auto: name those to time, of {', '.join(engine_names()[1:])}."
            )
        check_engine(engine)
        if ENGINES[engine].artefact:
            ENGINES[engine].require(converting=True)
    for precision in precisions:
        check_engine("auto", precision)
    found, left_out = [], []
    for engine in dict.fromkeys(engines):
        for precision in dict.fromkeys(precisions):
            reason = _reason_against(engine, precision)
            if reason:
                left_out.append(reason)
            else:
                found.append(Variant(engine=engine, precision=precision))
    if not found:
        raise InputError(f"There is nothing to time. {' '.join(left_out)}")
    quantised = [ENGINES[one.engine] for one in found if one.precision == "int8"]
    if quantised:
        check_int8(quantised)
    return tuple(found), left_out


def _reason_against(engine: str, precision: str) -> str | None:
    """Why an engine cannot be timed in a precision, if it cannot."""
    if precision not in ENGINES[engine].precisions:
        return f"The engine {engine} does not compute in {precision}."
    if precision == "bf16" and not computes_in_bf16():
        return "This CPU does not compute in bf16."
    return None


def _back_end() -> str:
    """Keras's back end, without importing Keras, which would import the back end, too."""
    named = os.environ.get("KERAS_BACKEND")
    if named:
        return named
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    try:
        settings = json.loads((home / "keras.json").read_text(encoding="utf-8"))
        return str(settings.get("backend", "tensorflow"))
    except (OSError, ValueError, AttributeError):
        return "tensorflow"
