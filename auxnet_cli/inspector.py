"""Opens a run and inspects images with it: the way that commands and Python programs predict."""

from typing import Self

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.engines.opening import parallel_requests
from auxnet_cli.inference.network_file import check_size
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.open_run import open_run
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.workspace import find_run


class Inspector(NetworkInspector):
    """A network inspector that is opened from a run."""

    @classmethod
    def open(
        cls,
        run: StrPath,
        engine: str = "auto",
        decision: DecisionSettings | None = None,
        threads: int | None = None,
        precision: str = "fp32",
        images: int = 1,
    ) -> Self:
        """The inspector of a run; see :func:`auxnet_cli.open_run.open_run`.

        Args:
            run: the run's folder, a file that :func:`auxnet_cli.workspace.find_run` takes for it,
                such as ``runs/latest``.
            engine: a name of ``inference.engines.opening.ENGINES``.
            decision: thresholds in place of the run's own.
            threads: of the CPU; all if not given.
            precision: of ``inference.engines.opening.PRECISIONS``.
            images: how many there are to inspect; many are inspected side by side, where the
                engine can, each by fewer threads.

        Raises:
            InputError: the run's model is missing or damaged, or the engine cannot be had.
            AuxnetError: the network could not be exported for the engine.
            MismatchError: the network takes images of another size than the card says.
        """
        run = as_path(run)
        if run.is_file():
            run = find_run(run)
        card = ModelCard.read(run / "model.json")
        if decision is not None:
            card = card.model_copy(update={"decision": decision})
        requests = parallel_requests(threads, images, card.tile.size is not None)
        opened = open_run(run, engine, threads, precision, requests)
        check_size(opened.size, card, run)
        return cls.of(card, opened)
