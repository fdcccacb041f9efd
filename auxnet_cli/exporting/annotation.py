"""Annotates an artefact: names its axes, and writes into it what it finds and who made it."""

import json
import zipfile
from pathlib import Path

from auxnet_cli import __version__
from auxnet_cli.documents.coding import CODING
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.engines.artefact_formats import Format
from auxnet_cli.system.files import json_text

METADATA = "auxnet.json"
"""The metadata's file, in the formats that carry files: LiteRT and SavedModel."""


def axes(card: ModelCard) -> dict[str, tuple[str, ...]]:
    """The names of the axes of the input and of each output."""
    classes = "good_and_classes" if card.label_kind == "exclusive" else "classes"
    return {
        "pixels": ("batch", "height", "width", "channels"),
        "classification": ("batch", classes),
        "segmentation": ("batch", "height", "width", "classes"),
        "detection_scores": ("batch", "anchors", "classes"),
        "detection_boxes": ("batch", "anchors", "offsets"),
    }


def metadata(card: ModelCard) -> dict[str, str]:
    """What an artefact says of itself; lists are JSON."""
    return {
        "classes": json.dumps(card.classes, ensure_ascii=False),
        "label_kind": card.label_kind,
        "tasks": json.dumps(card.tasks),
        "size": json.dumps(card.size),
        "channels": CODING["input"]["channels"],
        "tool": "auxnet",
        "tool_version": __version__,
        "model_sha256": card.sha256,
    }


def annotate(path: Path, format_: Format, card: ModelCard) -> None:
    """Name an artefact's axes where its format knows names, and write :func:`metadata` into it.

    - ONNX: symbolic dimensions of the input and the outputs, and ``metadata_props``.
    - OpenVINO: the layouts of the input and the outputs, and ``rt_info`` below ``auxnet``.
    - LiteRT: a zip archive behind the network, which its readers take for associated files; it
      holds ``labels.txt`` and ``METADATA``. Axes have no names.
    - SavedModel: ``assets.extra/`` with ``METADATA``. Axes have no names.

    The network computes what it did. Annotating twice gives what annotating once gives.

    Args:
        path: the artefact.
        format_: its format.
        card: the model card.
    """
    if format_.name == "onnx":
        _annotate_onnx(path, card)
    elif format_.name == "openvino":
        _annotate_openvino(path, card)
    elif format_.name == "litert":
        _annotate_litert(path, card)
    else:
        folder = path / "assets.extra"
        folder.mkdir(exist_ok=True)
        (folder / METADATA).write_text(json_text(metadata(card)), encoding="utf-8", newline="\n")


def _annotate_onnx(path: Path, card: ModelCard) -> None:
    import onnx

    network = onnx.load(path)
    names = axes(card)
    for value in (*network.graph.input, *network.graph.output):
        sides = value.type.tensor_type.shape.dim
        for side, name in zip(sides, names[value.name], strict=True):
            if not side.HasField("dim_value"):
                side.dim_param = name
    onnx.helper.set_model_props(network, metadata(card))
    path.write_bytes(network.SerializeToString(deterministic=True))


def _annotate_openvino(path: Path, card: ModelCard) -> None:
    from auxnet_cli.inference.engines.openvino import core, openvino

    weights = path.with_suffix(".bin")
    # From memory: a file that the library has mapped cannot be written.
    network = core().read_model(path.read_bytes(), weights.read_bytes())
    names = axes(card)
    for port in (*network.inputs, *network.outputs):
        name = next(name for name in names if name in port.names)
        port.node.layout = openvino().Layout(f"[{','.join(names[name])}]")
    for key, value in metadata(card).items():
        network.set_rt_info(value, ["auxnet", key])
    openvino().serialize(network, path, weights)


def _annotate_litert(path: Path, card: ModelCard) -> None:
    files = {"labels.txt": "\n".join(card.classes) + "\n", METADATA: json_text(metadata(card))}
    with zipfile.ZipFile(path, "a") as archive:
        there = archive.namelist()
        for name, text in files.items():
            if name not in there:
                archive.writestr(zipfile.ZipInfo(name), text.encode())
