"""Exporting: a run's network as an artefact for another runtime, proven to answer alike."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting.accuracy_control import LIMITS, AccuracyError
from auxnet_cli.exporting.annotation import annotate
from auxnet_cli.exporting.artefacts import (
    EXPORTS,
    PARITY,
    artefact_folder,
    digests,
    find_artefact,
)
from auxnet_cli.exporting.conversion import convert
from auxnet_cli.exporting.example import write_example
from auxnet_cli.exporting.formats import Format, find_formats
from auxnet_cli.exporting.int8 import make_int8
from auxnet_cli.exporting.labelled_images import LabelledImages
from auxnet_cli.exporting.parity import parity
from auxnet_cli.exporting.parity_images import ParityImages, parity_images
from auxnet_cli.exporting.quantisation import check_int8
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.inspector import load_network
from auxnet_cli.system.files import check_folder, whole_folder, write_json
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.system.untrusted import read_json
from auxnet_cli.workspace import find_run

SCHEMA = "auxnet/parity/1"
FORMATS = ("openvino",)


class ParityError(AuxnetError):
    """An artefact does not answer as the network that it was made from."""


def export(
    model: StrPath | None = None,
    formats: Sequence[str] = FORMATS,
    data: StrPath | None = None,
    out: StrPath | None = None,
    int8: bool = False,
) -> dict[str, Any]:
    """Write a run's network in other formats, each in a folder with ``model.json``.

    ``example.py`` beside them inspects with the artefact alone, see
    :mod:`auxnet_cli.exporting.example`.

    Each artefact must pass the parity gate, see :mod:`auxnet_cli.exporting.parity`, or in int8 keep
    its accuracy, see :mod:`auxnet_cli.exporting.int8`; the comparison is its ``parity.json``. One
    that is there, of the same model and by this version, stays as it is, so that a call that was
    interrupted goes on; with ``data`` it is made and compared anew.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        formats: names of ``export.formats.FORMATS``.
        data: a prepared data set or images for the comparison; the model's own data set if it can
            be found, else noise. For int8 a prepared data set.
        out: folder for the formats' folders; ``<run>/exports`` if not given.
        int8: whether to quantise; the network in fp32, which that starts from, is exported into the
            run if it is not there.

    Returns:
        ``model``, ``out`` and ``artefacts``, for each ``format``, ``path``, ``megabytes``,
        ``seconds`` (``None`` if it was there already) and ``parity``, as in ``parity.json``.

    Raises:
        InputError: there is no such run, format or data; a package is missing; for int8, the format
            cannot be quantised, or there is no data set.
        AuxnetError: a network could not be converted, or its artefact answers differently or, in
            int8, worse; then none is left in its folder. The other formats are exported
            nevertheless.
    """
    model, data, out = as_path(model), as_path(data), as_path(out)
    check_folder(out)
    wanted = find_formats(formats)
    if int8:
        check_int8(wanted)
    run = find_run(model)
    for format_ in wanted:
        format_.require(converting=True)
    original = _Original(run, data)
    folder = out or run / EXPORTS
    make = _make_int8 if int8 else _make
    artefacts: list[dict[str, Any]] = []
    failures: list[str] = []
    for format_ in wanted:
        try:
            artefacts.append(make(original, format_, folder))
        except InputError:
            raise
        except AuxnetError as error:
            failures.append(str(error))
    if failures:
        raise AuxnetError(" ".join(failures))
    return {"model": str(run), "out": str(folder), "artefacts": artefacts}


class _Original:
    """The network that is exported; what is slow is done when it is first asked for."""

    def __init__(self, run: Path, data: Path | None) -> None:
        self.run, self.data = run, data
        self.card = ModelCard.read(run / CARD)
        self.digest = self.card.check_network(run)

    @cached_property
    def network(self) -> Any:
        return load_network(self.run / NETWORK, self.card)

    @cached_property
    def engine(self) -> Engine:
        return open_engine(self.network, "keras")

    @cached_property
    def labelled(self) -> LabelledImages:
        return LabelledImages.find(self.run, self.card, self.data)

    @cached_property
    def images(self) -> ParityImages:
        return parity_images(self.run, self.card, self.data)


_Write = Callable[[_Original, Format, Path], None]


def _make(original: _Original, format_: Format, exports: Path) -> dict[str, Any]:
    """Export to one format, unless that is done already."""
    return _keep(original, format_, artefact_folder(exports, format_), _convert)


def _make_int8(original: _Original, format_: Format, exports: Path) -> dict[str, Any]:
    """Quantise what was exported to one format, unless that is done already."""
    return _keep(original, format_, artefact_folder(exports, format_, "int8"), _quantise)


def _keep(original: _Original, format_: Format, folder: Path, write: _Write) -> dict[str, Any]:
    """What lies in an artefact's folder, written if it is not there."""
    start, seconds = time.perf_counter(), None
    if original.data is not None or find_artefact(folder, format_, original.digest) is None:
        write(original, format_, folder)
        seconds = round(time.perf_counter() - start, 1)
    else:
        original.card.write(folder / CARD)  # calibrated since, perhaps
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        "format": format_.name,
        "path": str(folder / format_.file),
        "megabytes": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "seconds": seconds,
        "parity": read_json(folder / PARITY),
    }


def _convert(original: _Original, format_: Format, folder: Path) -> None:
    images = original.images  # early: if they are wrong, nothing is converted in vain
    with _cleared(folder), whole_folder(folder) as new:
        path = convert(original.network, format_, new)
        annotate(path, format_, original.card)  # before the comparison: what is kept is compared
        engine = open_artefact(path, format_.name)
        compared = parity(original.card, original.engine, engine, images)
        if not compared["passed"]:
            raise ParityError(_verdict(format_, compared))
        _describe(original, format_, new, "fp32", compared)
        del engine  # Windows moves no folder with a file that is open


def _quantise(original: _Original, format_: Format, folder: Path) -> None:
    images = original.labelled  # early, likewise
    exact = artefact_folder(original.run / EXPORTS, format_)
    if find_artefact(exact, format_, original.digest) is None:
        _convert(original, format_, exact)
    with _cleared(folder), whole_folder(folder) as new:
        try:
            compared = make_int8(original.card, exact / format_.file, format_, images, new)
        except AccuracyError as error:
            raise ParityError(
                f"In int8 the {format_.title} artefact is worse than in fp32 on the validation "
                f"split of {images.dataset.name}, whatever stays in fp32 ({error}; it may fall by "
                f"{', '.join(f'{limit:g} in {name}' for name, limit in LIMITS.items())}): none was "
                "left. Take fp32 or bf16."
            ) from None
        _describe(original, format_, new, "int8", compared)


@contextmanager
def _cleared(folder: Path) -> Iterator[None]:
    """Remove what lies in an artefact's folder, of an earlier model, if the new one fails."""
    try:
        yield
    except ParityError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _describe(
    original: _Original, format_: Format, folder: Path, precision: str, compared: dict[str, Any]
) -> None:
    """Write the files beside an artefact."""
    files = digests(folder)
    original.card.write(folder / CARD)
    write_example(folder, format_, original.card)
    document = {
        "schema": SCHEMA,
        "tool_version": __version__,
        "model_sha256": original.digest,
        "format": format_.name,
        "precision": precision,
        "runtime": f"{format_.title} {version(format_.runtime)}",
        "files": files,
        **compared,
    }
    write_json(folder / PARITY, document)


def _verdict(format_: Format, compared: dict[str, Any]) -> str:
    """Why an artefact did not pass, in one sentence."""
    heads = ", ".join(
        f"{head} by {one['max_abs_difference']:.2g}"
        for head, one in compared["outputs"].items()
        if one["max_abs_difference"] > compared["tolerance"]
    )
    return (
        f"The {format_.title} artefact answers otherwise than Keras on {compared['images']} images "
        f"({compared['source']}): {heads or 'no image could be read'}, where "
        f"{compared['tolerance']:g} is allowed. It was removed."
    )
