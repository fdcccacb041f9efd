"""Quantises an exported network to int8 so that its accuracy is kept on the validation split."""

import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.parity import Comparison
from auxnet_cli.exporting.accuracy_control import LIMITS, AccuracyError, Trial, control_accuracy
from auxnet_cli.exporting.annotation import annotate
from auxnet_cli.exporting.labelled_images import PROVING, LabelledImages
from auxnet_cli.exporting.parity import INFINITE, parity, score_changes
from auxnet_cli.exporting.parity_images import MOST as COMPARED
from auxnet_cli.exporting.parity_images import ParityImages, balanced
from auxnet_cli.exporting.quantisation import ATTENTION, find_parts, quantise
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.inference.engines.registry import EngineEntry
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inference.network_inspector import NetworkInspector, NotFiniteError
from auxnet_cli.scoring.evidence import Evidence


def make_int8(
    card: ModelCard, path: Path, entry: EngineEntry, images: LabelledImages, folder: Path
) -> Comparison:
    """Quantises an exported network so that its accuracy is kept.

    Args:
        card: the model card.
        path: the artefact in fp32.
        entry: the engine that runs it.
        images: to calibrate on and to prove the accuracy on.
        folder: where to, an empty folder.

    Returns:
        The comparison with the artefact in fp32.

    Raises:
        AccuracyError: whatever stays in fp32, the scores fall too far.
        NotFiniteError: the network's weights are damaged.
        InputError: none of the images can be read.
    """
    trials = _Trials(card, path, entry, images, folder)
    chosen = control_accuracy(trials, find_parts(path, entry, card.size), ATTENTION, _say)
    for file in chosen.path.parent.iterdir():
        file.rename(folder / file.name)
    shutil.rmtree(trials.folder)
    annotate(folder / entry.format.file, entry, card)
    few = ParityImages("", balanced(images.proving, COMPARED), card.bits)
    candidate = open_artefact(folder / entry.format.file, entry.name, precision="int8")
    compared = parity(card, trials.reference, candidate, few)
    if any(head.max_abs_difference == INFINITE for head in compared.outputs.values()):
        raise AccuracyError("an output is not a number")
    return Comparison(
        images=len(trials.evidence),
        source=f"split {PROVING} of {images.dataset.name}",
        tolerance=None,
        outputs=compared.outputs,
        scores=dict(chosen.scores or {}),
        verdicts_changed=chosen.verdicts_changed,
        passed=chosen.passed,
        limits=LIMITS,
        kept=list(chosen.kept),
        calibration_images=len(images.calibration.records),
        outputs_images=compared.images,
        quantiser=f"NNCF {version('nncf')}",
    )


class _Trials:
    """Quantises a network again and again, each time except for other parts."""

    def __init__(
        self, card: ModelCard, path: Path, entry: EngineEntry, images: LabelledImages, folder: Path
    ) -> None:
        self.reference = open_artefact(path, entry.name)
        self.folder = folder / "trials"
        self._card, self._path, self._entry, self._images = card, path, entry, images
        inspector = NetworkInspector.of(card, self.reference)
        self.evidence, unreadable = gather_split(inspector, images.proving, progress=True)
        self._records = [record for record in images.proving if record.name not in unreadable]

    def __call__(self, kept: tuple[str, ...]) -> Trial:
        """Quantises, and inspects the validation split."""
        folder = self.folder / str(len(kept))
        shutil.rmtree(folder, ignore_errors=True)  # of a part that did not help
        folder.mkdir(parents=True)
        path = quantise(
            self._path, self._entry, self._card.size, self._images.calibration, folder, kept
        )
        try:
            evidence = self._inspect(path)
        except NotFiniteError:
            return Trial(path, kept, None)
        pairs = zip(self.evidence, evidence, strict=True)
        changed = sum(exact.stopped != coarse.stopped for exact, coarse in pairs)
        return Trial(path, kept, score_changes(self._card, self.evidence, evidence), changed)

    def _inspect(self, path: Path) -> list[Evidence]:
        engine = open_artefact(path, self._entry.name, precision="int8")
        inspector = NetworkInspector.of(self._card, engine)
        return gather_split(inspector, self._records, progress=True)[0]


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stderr)
