"""Runs a network on LiteRT, once TensorFlow Lite."""

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inference.engines.engine import Outputs, fixed_size
from auxnet_cli.system.files import json_text
from auxnet_cli.system.stderr import muted


class LiteRTEngine:
    """Runs an exported network on the CPU, image by image: its memory is planned for one shape.

    It computes in fp32, and one call at a time whatever is asked for.
    """

    name = "litert"
    precision = "fp32"
    requests = 1

    def __init__(
        self, path: Path, threads: int | None = None, precision: str = "fp32", requests: int = 1
    ) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with muted():
            # As bytes: on Windows it cannot open every path.
            self._interpreter = Interpreter(
                model_content=path.read_bytes(), num_threads=threads or os.cpu_count()
            )
            self._interpreter.allocate_tensors()
            (signature,) = self._interpreter.get_signature_list()
            self._runner = self._interpreter.get_signature_runner(signature)
        ((self._input, details),) = self._runner.get_input_details().items()
        self.size = fixed_size([int(side) for side in details["shape"]])

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Runs one batch; see ``Engine.run``."""
        answers: list[dict[str, Any]] = [
            self._runner(**{self._input: images[index : index + 1]}) for index in range(len(images))
        ]
        return {name: np.concatenate([each[name] for each in answers]) for name in answers[0]}

    @staticmethod
    def annotate(path: Path, _: Mapping[str, tuple[str, ...]], metadata: Mapping[str, str]) -> None:
        """Appends a zip archive, which LiteRT's readers take for associated files.

        It holds ``labels.txt`` and ``auxnet.json``. Axes have no names.
        """
        labels = "\n".join(json.loads(metadata["classes"])) + "\n"
        with zipfile.ZipFile(path, "a") as archive:
            present = archive.namelist()
            for name, text in (("labels.txt", labels), ("auxnet.json", json_text(metadata))):
                if name not in present:
                    archive.writestr(zipfile.ZipInfo(name), text.encode())
