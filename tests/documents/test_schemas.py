import json
import re
from pathlib import Path

import pytest
import yaml

from auxnet_cli.documents.schemas import DOCUMENTS, main, schema

DOCS = Path(__file__).parents[2] / "docs"


def faults(value, part, whole, path="$"):
    """Yields where a JSON value lacks a required key or is of another type than its schema says."""
    if "$ref" in part:
        part = whole["$defs"][part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        found = [list(faults(value, option, whole, path)) for option in part["anyOf"]]
        yield from min(found, key=len)
        return
    types = {
        "object": dict, "array": list, "string": str, "number": (int, float), "integer": int,
        "boolean": bool, "null": type(None),
    }  # fmt: skip
    if "type" in part and not isinstance(value, types[part["type"]]):
        yield f"{path} is no {part['type']}"
    elif isinstance(value, dict):
        yield from (f"{path}.{key}" for key in part.get("required", ()) if key not in value)
        named, others = part.get("properties", {}), part.get("additionalProperties") or {}
        for key, inner in value.items():
            yield from faults(inner, named.get(key, others), whole, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from faults(inner, part.get("items") or {}, whole, f"{path}[{index}]")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_stored_schema_is_that_of_the_document(name):
    stored = json.loads((DOCS / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    assert stored == schema(DOCUMENTS[name]), (
        "run `python -m auxnet_cli.documents.schemas docs/schemas`"
    )


def test_the_page_and_the_folder_name_each_schema_and_no_other(tmp_path):
    main(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{name}.json" for name in DOCUMENTS}
    assert names == {path.name for path in (DOCS / "schemas").iterdir()}
    page = (DOCS / "documents.md").read_text(encoding="utf-8")
    assert names == set(re.findall(r"\]\(schemas/([\w.-]+)\)", page))


def test_real_documents_follow_their_schemas(made, benchmarked):
    documents = {
        "dataset": yaml.safe_load((made.root / "dataset.yaml").read_text(encoding="utf-8")),
        "audit": json.loads((made.root / "audit.json").read_text(encoding="utf-8")),
        "benchmark": benchmarked().document(),
    }
    for name, document in documents.items():
        stored = json.loads((DOCS / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
        assert list(faults(document, stored, stored)) == []
        known = {**stored["properties"]}
        assert document.keys() <= known.keys()
        lacking = {key: value for key, value in document.items() if key != stored["required"][0]}
        assert list(faults(lacking, stored, stored)) == [f"$.{stored['required'][0]}"]


def test_keys_are_those_of_the_files():
    assert "from" in schema(DOCUMENTS["audit"])["$defs"]["HistogramBin"]["properties"]
    card = schema(DOCUMENTS["model"])["properties"]
    assert card["schema"]["const"] == "auxnet/model/1"
    assert card["input"]["const"]["name"] == "pixels"
