"""What predictions are written as: one module a kind of file, one entry in ``WRITERS`` a format.

A writer is a context manager around a function that renders one image's :class:`Result`: that takes
time, and any thread may do it. It returns a function that writes what was rendered: it is called
image by image, in their order.
"""

from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers.csv_table import table_writer
from auxnet_cli.prediction.writers.jsonl import lines_writer
from auxnet_cli.prediction.writers.pictures import mask_writer, overlay_writer
from auxnet_cli.prediction.writers.result import Files, Model, Put, Render, Result, Writer

WRITERS: dict[str, Writer] = {
    "overlay": overlay_writer,
    "mask": mask_writer,
    "csv": table_writer,
    "jsonl": lines_writer,
}
"""By format. ``jsonl`` stands last, since it names the files that the others made."""

__all__ = [
    "WRITERS",
    "Files",
    "Model",
    "Output",
    "Put",
    "Render",
    "Result",
    "Writer",
]
