"""Registers the engines: what each runs, what it can do, and where its class is."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import Any

from auxnet_cli.errors import InputError, nearest

PRECISIONS = ("fp32", "bf16", "int8")

_HERE = "auxnet_cli.inference.engines"


@dataclass(frozen=True)
class Artefact:
    """The exported network that an engine runs; also a format that users export to.

    Attributes:
        file: the artefact in its folder; weights may lie beside it.
        keras: the name of the format for ``Model.export``.
        converters: packages that converting needs beside Keras, TensorFlow and the runtime.
        any_size: whether it takes images of other sizes than the network was trained on. OpenVINO
            is faster, and LiteRT plans its memory, for one size.
    """

    file: str
    keras: str
    converters: tuple[str, ...] = ()
    any_size: bool = False


@dataclass(frozen=True)
class EngineEntry:
    """An engine: one module beside this one, and one entry in :data:`ENGINES`.

    Attributes:
        name: as users say it.
        title: as it is written.
        runtime: the Python package that runs it.
        implementation: ``module:class``, imported when the engine is opened. The class takes a
            Keras network, or with ``artefact`` its path, the threads (all, if ``None``), the
            precision, and how many calls are to be computed side by side, by a share each.
        artefact: what it runs; ``None``: the Keras network itself.
        precisions: what it computes in. For int8 the class has ``quantisable`` and ``save``.
        extra: what to install the packages by, ``auxnet[extra]``; empty: they are always there.
        selectable: whether ``--engine`` takes it. A SavedModel is only written for others.
        call_style: how it is called, as the benchmark's result names it.
    """

    name: str
    title: str
    runtime: str
    implementation: str
    artefact: Artefact | None = None
    precisions: tuple[str, ...] = ("fp32",)
    extra: str = ""
    selectable: bool = True
    call_style: str = ""

    @property
    def format(self) -> Artefact:
        """The artefact of an engine that runs one."""
        assert self.artefact is not None
        return self.artefact

    @property
    def installed(self) -> bool:
        """Whether its runtime is installed."""
        return find_spec(self.runtime) is not None

    def require(self, converting: bool = False) -> None:
        """Checks that what runs it is installed, and if asked, what converts to its format.

        Raises:
            InputError: a package is missing.
        """
        converters = self.artefact.converters if self.artefact and converting else ()
        missing = [name for name in (self.runtime, *converters) if find_spec(name) is None]
        if missing:
            extra = f"auxnet[{self.extra}]" if self.extra else "auxnet"
            raise InputError(
                f"{self.title} needs the package {missing[0]}, which is not installed: "
                f'pip install "{extra}".'
            )

    def load(self) -> Any:
        """Imports its class."""
        return resolve_name(self.implementation)


ENGINES = {
    entry.name: entry
    for entry in (
        EngineEntry(
            "tensorflow",
            "TensorFlow",
            "tensorflow",
            f"{_HERE}.tensorflow:TensorFlowEngine",
            call_style="tf.function",
        ),
        EngineEntry(
            "keras",
            "Keras",
            "keras",
            f"{_HERE}.keras_engine:KerasEngine",
            call_style="predict_on_batch",
        ),
        EngineEntry(
            "openvino",
            "OpenVINO",
            "openvino",
            f"{_HERE}.openvino:OpenVINOEngine",
            Artefact("model.xml", "openvino"),
            precisions=PRECISIONS,
            call_style="one request",
        ),
        EngineEntry(
            "onnx",
            "ONNX Runtime",
            "onnxruntime",
            f"{_HERE}.onnx:OnnxEngine",
            Artefact("model.onnx", "onnx", ("onnx", "tf2onnx"), any_size=True),
            precisions=("fp32", "int8"),
            extra="onnx",
            call_style="one session",
        ),
        EngineEntry(
            "litert",
            "LiteRT",
            "ai_edge_litert",
            f"{_HERE}.litert:LiteRTEngine",
            Artefact("model.tflite", "litert"),
            extra="litert",
            call_style="one interpreter",
        ),
        EngineEntry(
            "saved_model",
            "SavedModel",
            "tensorflow",
            f"{_HERE}.tensorflow:SavedModelEngine",
            Artefact("saved_model", "tf_saved_model", any_size=True),
            selectable=False,
        ),
    )
}
"""By name; of those that run an artefact the fastest comes first."""


def exported_engines() -> list[str]:
    """Returns the engines that run an artefact, the fastest first."""
    return [name for name, entry in ENGINES.items() if entry.artefact and entry.selectable]


def engine_names() -> list[str]:
    """Returns what ``--engine`` takes, ``auto`` first."""
    return ["auto", *(name for name, entry in ENGINES.items() if entry.selectable)]


def format_names() -> list[str]:
    """Returns the formats to export to."""
    return [name for name, entry in ENGINES.items() if entry.artefact]


def engines_with(precision: str) -> list[str]:
    """Returns the engines that compute in a precision below fp32."""
    return [name for name, entry in ENGINES.items() if precision in entry.precisions]


def check_engine(name: str, precision: str = "fp32") -> None:
    """Refuses an unknown engine or precision, and a precision that the engine lacks.

    Raises:
        InputError: it is one of these.
    """
    for kind, given, known in (
        ("engine", name, engine_names()),
        ("precision", precision, list(PRECISIONS)),
    ):
        if given not in known:
            raise InputError(
                f"There is no {kind} '{given}'.{nearest(given, known)} "
                f"{kind.capitalize()}s: {', '.join(known)}."
            )
    if name != "auto" and precision not in ENGINES[name].precisions:
        raise InputError(
            f"The engine {name} does not compute in {precision}: take `engine` "
            f"{' or '.join(engines_with(precision))}."
        )


def fastest(precision: str = "fp32") -> EngineEntry | None:
    """Returns the fastest installed engine that runs an artefact in a precision, if any."""
    entries = [ENGINES[name] for name in exported_engines()]
    able = (entry for entry in entries if precision in entry.precisions and entry.installed)
    return next(able, None)


def find_formats(names: Sequence[str]) -> list[EngineEntry]:
    """Returns the engines of these formats, each once.

    Raises:
        InputError: there is no format of a name, or no name is given.
    """
    known = format_names()
    for name in names:
        if name not in known:
            raise InputError(
                f"There is no format '{name}' to export to.{nearest(name, known)} "
                f"Known: {', '.join(known)}."
            )
    if not names:
        raise InputError(f"`formats` names no format: give some of {','.join(known)}.")
    return [ENGINES[name] for name in dict.fromkeys(names)]
