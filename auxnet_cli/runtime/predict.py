"""Predicting: images in, one line of findings and the chosen files for each out."""

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tqdm import tqdm

from auxnet_cli.errors import InputError, nearest
from auxnet_cli.files import check_folder
from auxnet_cli.flow import alone, in_order, reuse_memory
from auxnet_cli.inspection import TASKS
from auxnet_cli.paths import StrPath, as_path, as_paths
from auxnet_cli.reports.writers import TABLE, WRITERS, Model, written_before
from auxnet_cli.reports.writers.names import unique_stems
from auxnet_cli.runtime.card import ModelCard
from auxnet_cli.runtime.inputs import find_images
from auxnet_cli.runtime.inspector import Inspector
from auxnet_cli.runtime.outcome import FileInspector, Outcome
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.workspace import find_run

FORMATS = ("csv", "overlay", "mask")
# The task without which a format has nothing to show.
NEEDS = {"mask": "seg"}


def predict(
    inputs: StrPath | Sequence[StrPath],
    *,
    model: StrPath | None = None,
    out: StrPath | None = None,
    formats: Sequence[str] | None = None,
    tasks: Sequence[str] | None = None,
    threshold: float | None = None,
    engine: str = "auto",
    threads: int | None = None,
    precision: str = "fp32",
) -> dict[str, Any]:
    """Inspect images and write what was found.

    ``predictions.jsonl`` is always written. An image that cannot be read gets a line that says so,
    and the rest goes on. After Ctrl-C the files hold what was done until then.

    Args:
        inputs: folders (with their sub-folders), images, patterns.
        model: a run or its model file; ``runs/latest`` if not given.
        out: output folder; ``predictions/<run>`` if not given. An earlier prediction there is
            replaced; other files are left alone.
        formats: names of ``reports.writers.WRITERS``; those of ``FORMATS`` that the model's tasks
            allow if not given.
        tasks: tasks that the model must have been trained for.
        threshold: score from which a class, a pixel and a box count, in place of the run's own
            and of its calibration.
        engine: a name of ``runtime.engines.ENGINES``; the run is exported for it, once.
        threads: of the CPU, all if not given: as many images are inspected side by side, where the
            engine can. With 1 they go one after the other.
        precision: of ``runtime.engines.PRECISIONS``.

    Returns:
        ``out``, ``model``, ``model_sha256``, the counts ``images``, ``defective``, ``good`` and
        ``unreadable``, ``errors`` (``path`` and ``error`` each), ``seconds_per_image`` (median, in
        the network, with others beside it) and ``formats``.

    Raises:
        InputError: an input is missing or holds no image, no image can be read, the run is missing
            or lacks a task, an unknown format, engine or precision, a threshold outside 0-1.
        AuxnetError: the run could not be exported for the engine that was asked for.
    """
    model, out = as_path(model), as_path(out)
    _check(formats, tasks, threshold, out)
    paths = find_images(as_paths(inputs))
    run = find_run(model)
    card = ModelCard.read(run / "model.json")
    wanted = formats if formats is not None else _possible(card)
    card.require((*(tasks or ()), *(NEEDS[name] for name in wanted if name in NEEDS)))
    decision = _decision(card.decision, threshold)
    inspector = Inspector.open(run, engine, decision, threads, precision, len(paths))
    folder = out or Path("predictions") / run.resolve().name
    chosen = [name for name in WRITERS if name in {*wanted, "jsonl"}]
    earlier, tally = written_before(folder), _Tally()
    reuse_memory()
    with ExitStack() as stack:
        maker = Model(card.classes, card.sha256)
        renders = {name: stack.enter_context(WRITERS[name](folder, maker)) for name in chosen}
        outcomes = _outcomes(FileInspector(inspector, card.bits, renders), paths, inspector.workers)
        stack.enter_context(closing(outcomes))
        if threads == 1 or inspector.workers:
            stack.enter_context(alone())
        try:
            for outcome in tqdm(outcomes, "predict", len(paths), unit="image", disable=None):
                tally.add(outcome)
        except KeyboardInterrupt:
            if not tally.verdicts:  # nothing worth keeping: an earlier prediction stays
                raise
            tally.interrupted = True
        if len(tally.errors) == len(paths):
            more = f" The same of all {len(paths)} images." if len(paths) > 1 else ""
            raise InputError(f"No image could be read. {tally.errors[0]['error']}{more}")
    for name in earlier - tally.names - ({TABLE} if "csv" in chosen else set()):
        (folder / name).unlink(missing_ok=True)
    if tally.interrupted:
        raise KeyboardInterrupt
    return {
        "out": str(folder),
        "model": str(run),
        "model_sha256": card.sha256,
        **tally.document(),
        "formats": chosen,
    }


@dataclass
class _Tally:
    """What was found so far, and the files made of it."""

    verdicts: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, str | None]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    interrupted: bool = False

    def add(self, outcome: Outcome) -> None:
        """Write one image's outcome in every format, and count it."""
        files: dict[str, list[str]] = {}
        for name, put in outcome.puts.items():
            made = put(files)
            if made:
                files[name] = made
                self.names.update(made)
        if outcome.verdict is None:
            self.errors.append({"path": outcome.path.as_posix(), "error": outcome.error})
            return
        self.verdicts[outcome.verdict] += 1
        if outcome.seconds is not None:
            self.seconds.append(outcome.seconds)

    def document(self) -> dict[str, Any]:
        """The counts, as :func:`predict` gives them."""
        return {
            "images": self.verdicts.total() + len(self.errors),
            "defective": self.verdicts["defective"],
            "good": self.verdicts["good"],
            "unreadable": len(self.errors),
            "errors": self.errors,
            "seconds_per_image": round(median(self.seconds), 5) if self.seconds else None,
        }


def _outcomes(
    inspect: FileInspector, paths: Sequence[Path], workers: int
) -> Generator[Outcome, None, None]:
    """The outcome of each image, in their order."""
    named = zip(paths, unique_stems(paths), strict=True)
    return in_order(lambda one: inspect(*one), named, workers, 2 * workers)


def _decision(own: DecisionSettings, threshold: float | None) -> DecisionSettings:
    """The run's thresholds, or one in place of them all and of the calibration."""
    if threshold is None:
        return own
    scores = dict.fromkeys(("class_score", "mask_score", "box_score"), threshold)
    floor = min(own.box_floor, threshold)
    return own.model_copy(update={**scores, "box_floor": floor, "calibration": None})


def _possible(card: ModelCard) -> list[str]:
    return [name for name in FORMATS if NEEDS.get(name, card.tasks[0]) in card.tasks]


def _check(
    formats: Sequence[str] | None,
    tasks: Sequence[str] | None,
    threshold: float | None,
    out: Path | None,
) -> None:
    for what, given, known in (("format", formats, list(WRITERS)), ("task", tasks, list(TASKS))):
        for name in given or ():
            if name not in known:
                raise InputError(
                    f"There is no {what} '{name}'.{nearest(name, known)} Known: {', '.join(known)}."
                )
    if threshold is not None and not 0 <= threshold <= 1:
        raise InputError(f"The threshold {threshold:g} is not within 0-1.")
    check_folder(out)
