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
from auxnet_cli.exporting.quantisation import EXACT, find_parts, quantise
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.inference.engines.registry import EngineEntry
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inference.network_inspector import NetworkInspector, NotFiniteError


def make_int8(
    card: ModelCard, path: Path, entry: EngineEntry, images: LabelledImages, folder: Path
) -> Comparison:
    """Quantises the artefact ``path`` into an empty folder so that its accuracy is kept.

    Returns:
        The comparison with the artefact in fp32.

    Raises:
        AccuracyError: whatever stays in fp32, the scores fall too far.
        NotFiniteError: the network's weights are damaged.
        InputError: none of the images can be read.
    """
    reference = open_artefact(path, entry.name)
    inspector = NetworkInspector.of(card, reference)
    evidence, unreadable = gather_split(inspector, images.proving, progress=True)
    records = [record for record in images.proving if record.name not in unreadable]
    scratch = folder / "trials"

    def attempt(kept: tuple[str, ...]) -> Trial:
        """Quantises except for some parts, and inspects the validation split."""
        trial = scratch / str(len(kept))
        shutil.rmtree(trial, ignore_errors=True)  # of a part that did not help
        trial.mkdir(parents=True)
        artefact = quantise(path, entry, card.size, images.calibration, trial, kept)
        engine = open_artefact(artefact, entry.name, precision="int8")
        try:
            coarse, _ = gather_split(NetworkInspector.of(card, engine), records, progress=True)
        except NotFiniteError:
            return Trial(artefact, kept, None)
        changed = sum(a.stopped != b.stopped for a, b in zip(evidence, coarse, strict=True))
        return Trial(artefact, kept, score_changes(card, evidence, coarse), changed)

    chosen = control_accuracy(attempt, find_parts(path, entry, card.size), EXACT, _say)
    for file in chosen.path.parent.iterdir():
        file.rename(folder / file.name)
    shutil.rmtree(scratch)
    annotate(folder / entry.format.file, entry, card)
    few = ParityImages("", balanced(images.proving, COMPARED), card.bits)
    candidate = open_artefact(folder / entry.format.file, entry.name, precision="int8")
    compared = parity(card, reference, candidate, few)
    if any(head.max_abs_difference == INFINITE for head in compared.outputs.values()):
        raise AccuracyError("an output is not a number")
    return Comparison(
        images=len(evidence),
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


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stderr)
