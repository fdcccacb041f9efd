"""Generates the JSON schemas of the documents, which ``docs/schemas`` holds.

python -m auxnet_cli.documents.schemas docs/schemas
"""

import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from auxnet_cli.documents.audit import AuditDocument, Findings
from auxnet_cli.documents.benchmark import Benchmark
from auxnet_cli.documents.calibration import CalibrationResult
from auxnet_cli.documents.comparison import Comparison
from auxnet_cli.documents.dataset_card import DatasetCard
from auxnet_cli.documents.environment import Environment
from auxnet_cli.documents.export import ExportSummary
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.parity import Parity
from auxnet_cli.documents.prediction import PredictionLine, PredictionSummary, UnreadableImage
from auxnet_cli.documents.prepared import Conversion, PreparedDataset
from auxnet_cli.documents.report import Report
from auxnet_cli.documents.scores import SplitScores
from auxnet_cli.documents.study import Study
from auxnet_cli.documents.training_result import (
    LearningRate,
    PretrainingResult,
    RangeTest,
    TrainingResult,
)
from auxnet_cli.settings import Settings
from auxnet_cli.system.files import write_json

DOCUMENTS: dict[str, type[BaseModel]] = {
    "report": Report,
    "validation": SplitScores,
    "comparison": Comparison,
    "benchmark": Benchmark,
    "study": Study,
    "model": ModelCard,
    "environment": Environment,
    "settings": Settings,
    "parity": Parity,
    "dataset": DatasetCard,
    "audit": AuditDocument,
    "findings": Findings,
    "range-test": RangeTest,
    "prediction-line": PredictionLine,
    "unreadable-image": UnreadableImage,
    "prepare": PreparedDataset,
    "convert": Conversion,
    "lr": LearningRate,
    "pretrain": PretrainingResult,
    "train": TrainingResult,
    "calibrate": CalibrationResult,
    "predict": PredictionSummary,
    "export": ExportSummary,
}
"""Documents by the name of their schema: first what is in files, from ``prepare`` on what a
command answers."""


class _AsWritten(GenerateJsonSchema):
    """Describes documents as they are written."""

    def ser_schema(self, schema: Any) -> None:
        """Ignores serialisers: those of the documents only put keys in order."""


def schema(document: type[BaseModel]) -> dict[str, Any]:
    """Returns the JSON schema of a document, the same with each version of pydantic."""
    generated = document.model_json_schema(mode="serialization", schema_generator=_AsWritten)
    plain: dict[str, Any] = _plain(generated)
    return plain


def _plain(node: Any) -> Any:
    """Drops titles that only repeat a name, and keywords that not each version writes."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in sorted(node.items())}
    if isinstance(plain.get("title"), str):
        del plain["title"]
    if "const" in plain:
        plain.pop("enum", None)
    if plain.get("additionalProperties") is True:
        del plain["additionalProperties"]
    return plain


def main(folder: Path) -> None:
    """Writes the schemas into a folder, a file each."""
    for name, document in DOCUMENTS.items():
        write_json(folder / f"{name}.json", schema(document))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
