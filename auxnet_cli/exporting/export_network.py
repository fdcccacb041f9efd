"""Exports the network of a run to one format, and proves that the artefact answers alike."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.documents.export import Artefact
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.documents.parity import SCHEMA, Comparison, Parity
from auxnet_cli.errors import AuxnetError
from auxnet_cli.exporting.accuracy_control import LIMITS, AccuracyError
from auxnet_cli.exporting.annotation import annotate
from auxnet_cli.exporting.artefacts import EXPORTS, artefact_folder, digests, fault
from auxnet_cli.exporting.conversion import convert
from auxnet_cli.exporting.example import write_example
from auxnet_cli.exporting.int8 import make_int8
from auxnet_cli.exporting.labelled_images import LabelledImages
from auxnet_cli.exporting.parity import parity
from auxnet_cli.exporting.parity_images import ParityImages, parity_images
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.engines.registry import EngineEntry
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.system.files import whole_folder


class ParityError(AuxnetError):
    """An artefact does not answer as the network that it was made from."""


class Original:
    """Holds the network to export; what is slow is done when it is first asked for."""

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


def export_network(
    original: Original, entry: EngineEntry, exports: Path, precision: str = "fp32"
) -> Artefact:
    """Exports to the format of one engine, in fp32 or int8, unless that is done already."""
    folder = artefact_folder(exports, entry, precision)
    start, seconds = time.perf_counter(), None
    if original.data is not None or fault(folder, entry, original.digest) is not None:
        (_quantise if precision == "int8" else _convert)(original, entry, folder)
        seconds = round(time.perf_counter() - start, 1)
    else:
        original.card.write(folder / CARD)  # it may have been calibrated since
    files = [path for path in folder.rglob("*") if path.is_file()]
    return Artefact(
        format=entry.name,
        path=str(folder / entry.format.file),
        megabytes=round(sum(path.stat().st_size for path in files) / 1e6, 1),
        seconds=seconds,
        parity=Parity.read(folder),
    )


def _convert(original: Original, entry: EngineEntry, folder: Path) -> None:
    images = original.images  # first: if they are wrong, nothing is converted in vain
    with _cleared(folder), whole_folder(folder) as new:
        path = convert(original.network, entry, new)
        annotate(path, entry, original.card)  # before the comparison: what is kept is compared
        engine = open_artefact(path, entry.name)
        compared = parity(original.card, original.engine, engine, images)
        if not compared.passed:
            raise ParityError(_refusal(entry, compared))
        _describe(original, entry, new, "fp32", compared)
        del engine  # Windows moves no folder with a file that is open


def _quantise(original: Original, entry: EngineEntry, folder: Path) -> None:
    images = original.labelled  # first, as in _convert
    exact = artefact_folder(original.run / EXPORTS, entry)
    if fault(exact, entry, original.digest) is not None:
        _convert(original, entry, exact)
    with _cleared(folder), whole_folder(folder) as new:
        try:
            compared = make_int8(original.card, exact / entry.format.file, entry, images, new)
        except AccuracyError as error:
            raise ParityError(
                f"In int8 the {entry.title} artefact is worse than in fp32 on the validation "
                f"split of {images.dataset.name}, whatever stays in fp32 ({error}; it may fall by "
                f"{', '.join(f'{limit:g} in {name}' for name, limit in LIMITS.items())}): none was "
                "left. Take fp32 or bf16."
            ) from None
        _describe(original, entry, new, "int8", compared)


@contextmanager
def _cleared(folder: Path) -> Iterator[None]:
    """Removes what an earlier model left in an artefact's folder, if the new artefact fails."""
    try:
        yield
    except ParityError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _describe(
    original: Original, entry: EngineEntry, folder: Path, precision: str, compared: Comparison
) -> None:
    """Writes the files beside an artefact."""
    files = digests(folder)
    original.card.write(folder / CARD)
    write_example(folder, entry, original.card)
    Parity.model_validate(
        {
            "schema": SCHEMA,
            "tool_version": __version__,
            "model_sha256": original.digest,
            "format": entry.name,
            "precision": precision,
            "runtime": f"{entry.title} {version(entry.runtime)}",
            "files": files,
            **compared.document(),
        }
    ).write(folder)


def _refusal(entry: EngineEntry, compared: Comparison) -> str:
    """Says why an artefact did not pass, in one sentence."""
    assert compared.tolerance is not None
    heads = ", ".join(
        f"{name} by {head.max_abs_difference:.2g}"
        for name, head in compared.outputs.items()
        if head.max_abs_difference > compared.tolerance
    )
    return (
        f"The {entry.title} artefact answers otherwise than Keras on {compared.images} images "
        f"({compared.source}): {heads or 'no image could be read'}, where "
        f"{compared.tolerance:g} is allowed. It was removed."
    )
