"""An exported network in int8, with its accuracy kept on the validation split."""

import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.exporting.accuracy_control import LIMITS, AccuracyError, Trial, control_accuracy
from auxnet_cli.exporting.annotation import annotate
from auxnet_cli.exporting.labelled_images import PROVING, LabelledImages
from auxnet_cli.exporting.parity import changes, parity
from auxnet_cli.exporting.parity_images import MOST as COMPARED
from auxnet_cli.exporting.parity_images import ParityImages, balanced
from auxnet_cli.exporting.quantisation import ATTENTION, find_parts, quantise
from auxnet_cli.inference.engines.artefact_formats import Format
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inference.network_inspector import NetworkInspector, NotFiniteError
from auxnet_cli.scoring.evidence import Evidence


def make_int8(
    card: ModelCard, path: Path, format_: Format, images: LabelledImages, folder: Path
) -> dict[str, Any]:
    """Quantise an exported network so that its accuracy is kept.

    Args:
        card: the model card.
        path: the artefact in fp32.
        format_: its format.
        images: to calibrate on and to prove the accuracy on.
        folder: where to, an empty folder.

    Returns:
        What :func:`auxnet_cli.exporting.parity.parity` gives, against the artefact in fp32. Here
        ``scores`` and ``verdicts_changed`` are of the whole validation split, and ``passed`` goes
        by ``limits``: how far each figure may fall. ``outputs`` are of ``outputs_images`` of these
        images, and have no ``tolerance``. ``kept``: the parts in fp32; ``calibration_images``;
        ``quantiser``: which, and its version.

    Raises:
        AccuracyError: whatever stays in fp32, the figures fall too far.
        NotFiniteError: the network's own weights are damaged.
        InputError: none of the images can be read.
    """
    trials = _Trials(card, path, format_, images, folder)
    chosen = control_accuracy(trials, find_parts(path, format_, card.size), ATTENTION, _say)
    for file in chosen.path.parent.iterdir():
        file.rename(folder / file.name)
    shutil.rmtree(trials.folder)
    annotate(folder / format_.file, format_, card)
    few = ParityImages("", balanced(images.proving, COMPARED), card.bits)
    candidate = open_artefact(folder / format_.file, format_.name, precision="int8")
    compared = parity(card, trials.reference, candidate, few)
    if any(one["max_abs_difference"] == float("inf") for one in compared["outputs"].values()):
        raise AccuracyError("an output is not a number")
    return {
        **compared,
        "images": len(trials.evidence),
        "source": f"split {PROVING} of {images.dataset.name}",
        "tolerance": None,
        "scores": chosen.scores,
        "verdicts_changed": chosen.verdicts_changed,
        "passed": chosen.passed,
        "limits": LIMITS,
        "kept": list(chosen.kept),
        "calibration_images": len(images.calibration.records),
        "outputs_images": compared["images"],
        "quantiser": f"NNCF {version('nncf')}",
    }


class _Trials:
    """Quantises a network again and again, each time but for other parts."""

    def __init__(
        self, card: ModelCard, path: Path, format_: Format, images: LabelledImages, folder: Path
    ) -> None:
        self.reference = open_artefact(path, format_.name)
        self.folder = folder / "trials"
        self._card, self._path, self._format, self._images = card, path, format_, images
        inspector = NetworkInspector.of(card, self.reference)
        self.evidence, unreadable = gather_split(inspector, images.proving, progress=True)
        self._records = [one for one in images.proving if one.name not in unreadable]

    def __call__(self, kept: tuple[str, ...]) -> Trial:
        """Quantise, and inspect the validation split."""
        folder = self.folder / str(len(kept))
        shutil.rmtree(folder, ignore_errors=True)  # of a part that did not help
        folder.mkdir(parents=True)
        path = quantise(
            self._path, self._format, self._card.size, self._images.calibration, folder, kept
        )
        try:
            evidence = self._inspect(path)
        except NotFiniteError:
            return Trial(path, kept, None)
        pairs = zip(self.evidence, evidence, strict=True)
        return Trial(
            path,
            kept,
            changes(self._card, self.evidence, evidence),
            sum(one.stopped != other.stopped for one, other in pairs),
        )

    def _inspect(self, path: Path) -> list[Evidence]:
        engine = open_artefact(path, self._format.name, precision="int8")
        inspector = NetworkInspector.of(self._card, engine)
        return gather_split(inspector, self._records, progress=True)[0]


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stderr)
