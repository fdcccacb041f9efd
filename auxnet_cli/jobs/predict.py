"""Predicting: images in, one line of findings and the chosen files for each out."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError, nearest
from auxnet_cli.inference.inputs import Inputs, read_inputs
from auxnet_cli.inspector import Inspector
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.image_result import FileInspector, Outcome
from auxnet_cli.prediction.tally import Tally
from auxnet_cli.prediction.writers import WRITERS, Model, Output
from auxnet_cli.prediction.writers.file_names import unique_stems
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.system.files import check_folder
from auxnet_cli.system.interrupt import patient_interrupt
from auxnet_cli.system.parallel import alone, in_order, reuse_memory
from auxnet_cli.system.paths import StrPath, as_path, as_paths
from auxnet_cli.task import TASKS
from auxnet_cli.terminal import warn
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
    strict: bool = False,
) -> dict[str, Any]:
    """Inspect images and write what was found.

    ``predictions.jsonl`` is always written. An image that cannot be read gets a line that says so,
    and the rest goes on. All is written into ``unfinished`` in the output folder, and takes the
    place of an earlier prediction once every image is done. Whatever stops the work before, what
    was done until then stays in ``unfinished``, and a note of the exception says so.

    Args:
        inputs: folders (with their sub-folders), images, patterns.
        model: a run or its model file; ``runs/latest`` if not given.
        out: output folder; ``predictions/<run>`` if not given. An earlier prediction there is
            replaced; other files are left alone.
        formats: names of ``prediction.writers.WRITERS``; those of ``FORMATS`` that the model's
            tasks allow if not given.
        tasks: tasks that the model must have been trained for.
        threshold: score from which a class, a pixel and a box count, in place of the run's own
            and of its calibration.
        engine: a name of ``inference.engines.opening.ENGINES``; the run is exported for it, once.
        threads: of the CPU, all if not given: as many images are inspected side by side, where the
            engine can. With 1 they go one after the other.
        precision: of ``inference.engines.opening.PRECISIONS``.
        strict: stop at the first image that cannot be read.

    Returns:
        ``out``, ``model``, ``model_sha256``, the counts ``images``, ``defective``, ``good`` and
        ``unreadable``, ``errors`` (``path`` and ``error`` each), ``seconds_per_image`` (median, in
        the network, with others beside it), ``formats`` and ``cautions`` (sentences about images
        that may not be meant, such as masks).

    Raises:
        InputError: an input is missing or holds no image, no image can be read, the run is missing
            or lacks a task, an unknown format, engine or precision, a threshold outside 0-1,
            another prediction is being written to ``out``.
        AuxnetError: the run could not be exported for the engine that was asked for; ``strict``,
            and an image cannot be read; the output folder was removed meanwhile.
        OSError: the disk refuses.
        KeyboardInterrupt: Ctrl-C, SIGTERM or SIGHUP.
    """
    model, out = as_path(model), as_path(out)
    _check(formats, tasks, threshold, out)
    found = read_inputs(as_paths(inputs))
    run = find_run(model)
    card = ModelCard.read(run / "model.json")
    wanted = formats if formats is not None else _possible(card)
    card.require((*(tasks or ()), *(NEEDS[name] for name in wanted if name in NEEDS)))
    decision = _decision(card.decision, threshold)
    folder = out or Path("predictions") / run.resolve().name
    chosen = [name for name in WRITERS if name in {*wanted, "jsonl"}]
    for text in found.cautions:
        warn(text)
    with Output.hold(folder) as output:
        inspector = Inspector.open(run, engine, decision, threads, precision, len(found.paths))
        output.start()
        tally = Tally(output, strict)
        with _kept(output, tally, len(found.paths)), patient_interrupt() as interrupt:
            with closing(_outcomes(inspector, card, found, output, chosen, threads)) as outcomes:
                for outcome in outcomes:
                    tally.add(outcome)
                    if interrupt.asked and tally.images < len(found.paths):
                        raise KeyboardInterrupt
            if not tally.inspected:
                more = f" The same of all {tally.images} images." if tally.images > 1 else ""
                raise InputError(f"No image could be read. {tally.errors[0]['error']}{more}")
            output.publish()
    return {
        "out": str(folder),
        "model": str(run),
        "model_sha256": card.sha256,
        **tally.document(),
        "formats": chosen,
        "cautions": list(map(plain, found.cautions)),
    }


@contextmanager
def _kept(output: Output, tally: Tally, total: int) -> Iterator[None]:
    """Keep what was done when something stops the work, and say where; drop it if nothing was."""
    try:
        yield
    except BaseException as error:
        if not tally.inspected:
            output.discard()
        elif output.unfinished.exists():
            error.add_note(
                f"{tally.images} of {total} images are done, and lie in {output.unfinished}."
            )
        raise


def _outcomes(
    inspector: Inspector,
    card: ModelCard,
    inputs: Inputs,
    output: Output,
    formats: Sequence[str],
    threads: int | None,
) -> Generator[Outcome, None, None]:
    """The outcome of each image, in their order, with a bar of the progress."""
    paths, workers = inputs.paths, inspector.workers
    reuse_memory()
    with ExitStack() as stack:
        model = Model(card.classes, card.sha256)
        renders = {name: stack.enter_context(WRITERS[name](output, model)) for name in formats}
        inspect = FileInspector(inspector, card.bits, renders, inputs.unreadable)
        named = zip(paths, unique_stems(paths), strict=True)
        outcomes = in_order(lambda one: inspect(*one), named, workers, 2 * workers)
        stack.enter_context(closing(outcomes))
        if threads == 1 or workers:
            stack.enter_context(alone())
        yield from tqdm(outcomes, "predict", len(paths), unit="image", disable=None)


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
