"""The formats that a network can be exported to."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from auxnet_cli.errors import InputError, nearest


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        name: as users say it.
        title: as it is written.
        keras: what ``Model.export`` calls it.
        file: the artefact in its folder; weights may lie beside it.
        runtime: the Python package that runs it.
        converters: further packages that converting to it needs, beside Keras and TensorFlow.
        extra: what to install them by: ``auxnet[extra]``; they are always there if empty.
        any_size: whether the artefact takes images of other sizes than the network was trained on.
            OpenVINO is faster, and LiteRT plans its memory, for one size.
    """

    name: str
    title: str
    keras: str
    file: str
    runtime: str
    converters: tuple[str, ...] = ()
    extra: str = ""
    any_size: bool = False

    @property
    def installed(self) -> bool:
        """Whether its runtime is."""
        return find_spec(self.runtime) is not None

    def require(self, converting: bool = False) -> None:
        """Check that what runs it, and what converts to it, is installed.

        Raises:
            InputError: it is not.
        """
        needed = (self.runtime, *(self.converters if converting else ()))
        missing = [package for package in needed if find_spec(package) is None]
        if missing:
            extra = f"auxnet[{self.extra}]" if self.extra else "auxnet"
            raise InputError(
                f"{self.title} needs the package {missing[0]}, which is not installed: "
                f'pip install "{extra}".'
            )


FORMATS = {
    one.name: one
    for one in (
        Format("openvino", "OpenVINO", "openvino", "model.xml", "openvino"),
        Format(
            "onnx",
            "ONNX Runtime",
            "onnx",
            "model.onnx",
            "onnxruntime",
            ("onnx", "tf2onnx"),
            "onnx",
            any_size=True,
        ),
        Format("litert", "LiteRT", "litert", "model.tflite", "ai_edge_litert", (), "litert"),
        Format(
            "saved_model",
            "SavedModel",
            "tf_saved_model",
            "saved_model",
            "tensorflow",
            any_size=True,
        ),
    )
}


def find_formats(names: Sequence[str]) -> list[Format]:
    """The formats of these names, each once.

    Raises:
        InputError: there is none of a name, or no name is given.
    """
    for name in names:
        if name not in FORMATS:
            raise InputError(
                f"There is no format '{name}' to export to.{nearest(name, list(FORMATS))} "
                f"Known: {', '.join(FORMATS)}."
            )
    if not names:
        raise InputError(f"--format names no format: give some of {','.join(FORMATS)}.")
    return [FORMATS[name] for name in dict.fromkeys(names)]
