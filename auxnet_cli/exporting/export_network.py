"""Exports the network of a run to one format, and proves that the artefact answers alike."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import AuxnetError
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
from auxnet_cli.exporting.int8 import make_int8
from auxnet_cli.exporting.labelled_images import LabelledImages
from auxnet_cli.exporting.parity import parity
from auxnet_cli.exporting.parity_images import ParityImages, parity_images
from auxnet_cli.inference.engines.artefact_formats import Format
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.system.files import whole_folder, write_json
from auxnet_cli.system.untrusted import read_json

SCHEMA = "auxnet/parity/1"


class ParityError(AuxnetError):
    """An artefact does not answer as the network that it was made from."""


class Original:
    """The network that is exported; what is slow is done when it is first asked for."""

    def __init__(self, run: Path, data: Path | None = None) -> None:
        self.run, self.data = run, data
        self.card = ModelCard.read(run / CARD)
        self.digest = self.card.check_network(run)

    @cached_property
    def network(self) -> Any:
        """The Keras network."""
        return load_network(self.run / NETWORK, self.card)

    @cached_property
    def engine(self) -> Engine:
        """Keras's engine for it, which artefacts are compared with."""
        return open_engine(self.network, "keras")

    @cached_property
    def labelled(self) -> LabelledImages:
        """The labelled images to quantise with."""
        return LabelledImages.find(self.run, self.card, self.data)

    @cached_property
    def images(self) -> ParityImages:
        """The images to compare artefact and network on."""
        return parity_images(self.run, self.card, self.data)


_Write = Callable[[Original, Format, Path], None]


def export_fp32(original: Original, format_: Format, exports: Path) -> dict[str, Any]:
    """Export to one format, unless that is done already."""
    return _keep(original, format_, artefact_folder(exports, format_), _convert)


def export_int8(original: Original, format_: Format, exports: Path) -> dict[str, Any]:
    """Quantise what was exported to one format, unless that is done already."""
    return _keep(original, format_, artefact_folder(exports, format_, "int8"), _quantise)


def _keep(original: Original, format_: Format, folder: Path, write: _Write) -> dict[str, Any]:
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


def _convert(original: Original, format_: Format, folder: Path) -> None:
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


def _quantise(original: Original, format_: Format, folder: Path) -> None:
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
    original: Original, format_: Format, folder: Path, precision: str, compared: dict[str, Any]
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
