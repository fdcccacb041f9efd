"""Predicts: images in, one line and the chosen files of each out."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tqdm import tqdm

from auxnet_cli.documents.model_card import CARD, ModelCard
from auxnet_cli.documents.prediction import PredictionSummary
from auxnet_cli.errors import InputError, nearest
from auxnet_cli.inference.inputs import Inputs, read_inputs
from auxnet_cli.inspector import Inspector
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.file_names import unique_stems
from auxnet_cli.prediction.image_result import FileInspector, ImageResult
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.result_writer import RenderedImage, ResultWriter, render
from auxnet_cli.prediction_files import FORMATS, writing_order
from auxnet_cli.pruned_run import pruned_run
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.system.files import check_folder
from auxnet_cli.system.interrupt import patient_interrupt
from auxnet_cli.system.parallel import alone, in_order, reuse_memory
from auxnet_cli.system.paths import StrPath, as_path, as_paths
from auxnet_cli.task import TASKS
from auxnet_cli.terminal import warn
from auxnet_cli.workspace import find_run


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
    mirrored: bool = False,
    strict: bool = False,
) -> PredictionSummary:
    """Inspects images and writes what is detected.

    ``predictions.jsonl`` is always written. An image that cannot be read gets a line that says so,
    and the rest goes on. Everything is written into ``unfinished`` in the output folder, and takes
    the place of an earlier prediction once every image is done. If something stops the work before,
    what is done stays in ``unfinished``, and a note of the exception says so.
    :meth:`auxnet_cli.inspector.Inspector.inspect_files` hands out the inspections one by one.

    Args:
        inputs: folders (with their sub-folders), images, patterns.
        model: a run or its model file; ``runs/latest`` if not given.
        out: output folder; ``predictions/<run>`` if not given. An earlier prediction there is
            replaced; other files are left alone.
        formats: names of ``prediction_files.FORMATS``; all that the model's tasks allow if not
            given.
        tasks: those of the model's tasks to keep, see :func:`auxnet_cli.pruned_run.pruned_run`.
        threshold: score from which a class, a pixel and a box count, in place of the run's own
            and of its calibration, 0-1.
        engine: a name of ``inference.engines.registry.ENGINES``, or ``auto``; the run is exported
            for it, once.
        threads: of the CPU, all if not given: as many images are inspected side by side, where the
            engine can. With 1 they go one after the other.
        precision: ``fp32``, ``bf16`` or ``int8``.
        mirrored: also inspect mirror images, as ``decision.mirrored`` says.
        strict: stop at the first image that cannot be read.

    Raises:
        InputError: an input is missing or holds no image, no image can be read, the run is missing
            or lacks a task, an unknown format, engine or precision, a threshold outside 0-1,
            another prediction is being written to ``out``.
        AuxnetError: the run could not be exported for the engine that was asked for; ``strict``,
            and an image cannot be read; the output folder was removed.
        OSError: the disk refuses.
        KeyboardInterrupt: Ctrl-C, SIGTERM or SIGHUP.
    """
    model, out = as_path(model), as_path(out)
    _check(formats, tasks, threshold, out)
    files = read_inputs(as_paths(inputs))
    run = pruned_run(find_run(model), tasks)
    card = ModelCard.read(run / CARD)
    names = _possible(card) if formats is None else formats
    card.require(tuple(FORMATS[name].task for name in names if FORMATS[name].task))
    decision = _decision(card.decision, threshold)
    folder = out or Path("predictions") / run.resolve().name
    chosen = writing_order(set(names))
    for text in files.cautions:
        warn(text)
    with Output.hold(folder) as output, ExitStack() as writers:
        inspector = Inspector.open(
            run, engine, decision, threads, precision, len(files.paths), mirrored
        )
        output.start()
        writer = ResultWriter(output, strict)
        with _kept(output, writer, len(files.paths)), patient_interrupt() as interrupt:
            renders = {
                entry.name: writers.enter_context(entry.load()(output, card)) for entry in chosen
            }
            stems = dict(zip(files.paths, unique_stems(files.paths), strict=True))

            def finish(result: ImageResult) -> RenderedImage:
                return render(result, stems[result.path], renders)

            inspect = FileInspector(inspector, finish, files.unreadable)
            with closing(_rendered(inspect, inspector.workers, files, threads)) as images:
                for image in images:
                    writer.write(image)
                    if interrupt.is_set() and writer.images < len(files.paths):
                        raise KeyboardInterrupt
            if not writer.inspected:
                more = f" The same of all {writer.images} images." if writer.images > 1 else ""
                raise InputError(f"No image could be read. {writer.errors[0].error}{more}")
            output.publish()
    return PredictionSummary(
        out=str(folder),
        model=str(run),
        model_sha256=card.sha256,
        images=writer.images,
        defective=writer.verdicts["defective"],
        good=writer.verdicts["good"],
        unreadable=len(writer.errors),
        errors=writer.errors,
        seconds_per_image=writer.seconds_per_image,
        formats=[entry.name for entry in chosen],
        cautions=list(map(plain, files.cautions)),
    )


@contextmanager
def _kept(output: Output, writer: ResultWriter, total: int) -> Iterator[None]:
    """Keeps what is done when something stops the work, and says where; discards nothing done."""
    try:
        yield
    except BaseException as error:
        if not writer.inspected:
            output.discard()
        elif output.unfinished.exists():
            error.add_note(
                f"{writer.images} of {total} images are done, and lie in {output.unfinished}."
            )
        raise


def _rendered(
    inspect: FileInspector[RenderedImage], workers: int, files: Inputs, threads: int | None
) -> Generator[RenderedImage, None, None]:
    """Yields each image, rendered, in their order, with a bar of the progress."""
    reuse_memory()
    with ExitStack() as stack:
        images = stack.enter_context(closing(in_order(inspect, files.paths, workers, 2 * workers)))
        if threads == 1 or workers:
            stack.enter_context(alone())
        yield from tqdm(images, "predict", len(files.paths), unit="image", disable=None)


def _decision(settings: DecisionSettings, threshold: float | None) -> DecisionSettings:
    """Puts one threshold in place of all those of the run and of the calibration."""
    if threshold is None:
        return settings
    scores = dict.fromkeys(("class_score", "mask_score", "box_score"), threshold)
    floor = min(settings.box_floor, threshold)
    return settings.model_copy(update={**scores, "box_floor": floor, "calibration": None})


def _possible(card: ModelCard) -> list[str]:
    return [
        entry.name
        for entry in FORMATS.values()
        if entry.optional and (not entry.task or entry.task in card.tasks)
    ]


def _check(
    formats: Sequence[str] | None,
    tasks: Sequence[str] | None,
    threshold: float | None,
    out: Path | None,
) -> None:
    for what, names, known in (("format", formats, list(FORMATS)), ("task", tasks, list(TASKS))):
        for name in names or ():
            if name not in known:
                raise InputError(
                    f"There is no {what} '{name}'.{nearest(name, known)} Known: {', '.join(known)}."
                )
    if threshold is not None and not 0 <= threshold <= 1:
        raise InputError(f"The threshold {threshold:g} is not within 0-1.")
    check_folder(out)
