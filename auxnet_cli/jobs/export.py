"""Exports a run's network as artefacts for other runtimes, proven to answer alike."""

from collections.abc import Sequence

from auxnet_cli.documents.export import Artefact, ExportSummary
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting.artefacts import EXPORTS
from auxnet_cli.exporting.export_network import Original, export_network
from auxnet_cli.exporting.quantisation import check_int8
from auxnet_cli.inference.engines.registry import find_formats
from auxnet_cli.pruned_run import pruned_run
from auxnet_cli.system.files import check_folder
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.workspace import find_run

FORMATS = ("openvino",)


def export(
    model: StrPath | None = None,
    formats: Sequence[str] = FORMATS,
    data: StrPath | None = None,
    out: StrPath | None = None,
    int8: bool = False,
    tasks: Sequence[str] | None = None,
) -> ExportSummary:
    """Writes a run's network in other formats, each in a folder with ``model.json``.

    ``example.py`` beside them inspects with the artefact alone, see
    :mod:`auxnet_cli.exporting.example`.

    Each artefact must pass the parity gate, see :mod:`auxnet_cli.exporting.parity`, or in int8 keep
    its accuracy, see :mod:`auxnet_cli.exporting.int8`; the comparison is its ``parity.json``. An
    artefact of the same model and version stays as it is, so that a call that was interrupted goes
    on; with ``data`` it is made and compared anew.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        formats: engines of ``inference.engines.registry.ENGINES`` that run an artefact.
        data: a prepared data set or images for the comparison; the model's own data set if it is
            there, else noise. For int8 a prepared data set.
        out: folder for the formats' folders; ``<run>/exports`` if not given.
        int8: whether to quantise; the network in fp32, which that starts from, is exported into the
            run if it is not there.
        tasks: those of the run's tasks to keep, see :func:`auxnet_cli.pruned_run.pruned_run`.

    Raises:
        InputError: there is no such run, format or data; a package is missing; for int8, the format
            cannot be quantised, or there is no data set.
        AuxnetError: a network could not be converted, or its artefact answers differently or, in
            int8, worse; then none is left in its folder. The other formats are
            exported all the same.
    """
    model, data, out = as_path(model), as_path(data), as_path(out)
    check_folder(out)
    entries = find_formats(formats)
    if int8:
        check_int8(entries)
    run = pruned_run(find_run(model), tasks)
    for entry in entries:
        entry.require(converting=True)
    original = Original(run, data)
    folder = out or run / EXPORTS
    precision = "int8" if int8 else "fp32"
    artefacts: list[Artefact] = []
    failures: list[str] = []
    for entry in entries:
        try:
            artefacts.append(export_network(original, entry, folder, precision))
        except InputError:
            raise
        except AuxnetError as error:
            failures.append(str(error))
    if failures:
        raise AuxnetError(" ".join(failures))
    return ExportSummary(model=str(run), out=str(folder), artefacts=artefacts)
