"""The LiteRT engine, once TensorFlow Lite."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inference.engines.engine import Outputs, fixed_size
from auxnet_cli.system.stderr import muted


class LiteRTEngine:
    """Runs an exported network on the CPU, image by image: its memory is planned for one shape.

    Args:
        path: ``model.tflite``.
        threads: of the CPU; all if not given.
    """

    name = "litert"
    precision = "fp32"
    requests = 1

    def __init__(self, path: Path, threads: int | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with muted():
            # As bytes: not every character of a path reaches it on Windows.
            self._interpreter = Interpreter(
                model_content=path.read_bytes(), num_threads=threads or os.cpu_count()
            )
            self._interpreter.allocate_tensors()
            (signature,) = self._interpreter.get_signature_list()
            self._runner = self._interpreter.get_signature_runner(signature)
        ((self._input, details),) = self._runner.get_input_details().items()
        self.size = fixed_size([int(side) for side in details["shape"]])

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        """Run one batch; see :class:`auxnet_cli.inference.engines.engine.Engine`."""
        found = [
            self._runner(**{self._input: images[place : place + 1]}) for place in range(len(images))
        ]
        return {name: np.concatenate([one[name] for one in found]) for name in found[0]}
