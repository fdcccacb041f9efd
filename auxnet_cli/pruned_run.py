"""Keeps some tasks of a trained run, as a run of its own beside the run's other files."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.model.heads import card_outputs
from auxnet_cli.settings.loader import read_settings
from auxnet_cli.system.files import sha256, whole_folder, write_yaml
from auxnet_cli.task import voters_of
from auxnet_cli.workspace import CONFIG, ENVIRONMENT

PRUNED = "pruned"


def pruned_run(run: Path, tasks: Sequence[str] | None) -> Path:
    """Returns a run that has some tasks of ``run`` alone.

    It is made once, in ``<run>/pruned/<name>-<tasks>``, and every command takes it as a run. Its
    branches have the weights of ``run``, so that they answer the same to the last digit; the other
    branches are gone, and so is what only they read. The memory of good parts stays, thresholds
    stay, and a calibration, which weighs the votes of all branches, does not.

    Args:
        run: the run's folder.
        tasks: those to keep; ``run`` itself is returned for all of them, and for ``None``.

    Raises:
        InputError: the run lacks a task, or its network is missing or damaged.
    """
    if tasks is None:
        return run
    card = ModelCard.read(run / CARD)
    if set(tasks) == set(card.tasks):
        return run
    card.require(tuple(tasks))
    kept = tuple(task for task in card.tasks if task in tasks)
    folder = run / PRUNED / f"{run.resolve().name}-{'-'.join(kept)}"
    digest = card.check_network(run)
    if not _is_current(folder, digest):
        _prune(run, card, kept, folder)
    return folder


def _is_current(folder: Path, digest: str) -> bool:
    """Returns whether a pruned run is whole and was made of the network with this SHA-256."""
    try:
        card = ModelCard.read(folder / CARD)
        card.check_network(folder)
    except InputError:
        return False
    return card.pruned_from == digest


def _prune(run: Path, card: ModelCard, kept: tuple[str, ...], folder: Path) -> None:
    from auxnet_cli.backend import keras  # starts a back end, which takes seconds

    network = load_network(run / NETWORK, card)
    voters, decision = voters_of(kept, card.memory is not None), card.decision
    if not set(decision.verdict) & set(voters):
        decision = decision.model_copy(update={"verdict": kept})
    decision = decision.model_copy(update={"calibration": None})
    pruned = card.model_copy(
        update={"tasks": kept, "decision": decision, "pruned_from": card.sha256}
    )
    outputs = {name: network.output[name] for name in card_outputs(pruned)}
    smaller = keras.Model(network.input, outputs, name=network.name)
    settings = read_settings(run / CONFIG).model_copy(update={"tasks": kept})
    with whole_folder(folder) as new:
        smaller.save(new / NETWORK)
        digest = sha256(new / NETWORK)
        parameters = int(smaller.count_params())
        pruned.model_copy(update={"sha256": digest, "parameters": parameters}).write(new / CARD)
        write_yaml(new / CONFIG, settings.model_dump(mode="json"))
        if (run / ENVIRONMENT).is_file():
            shutil.copyfile(run / ENVIRONMENT, new / ENVIRONMENT)
