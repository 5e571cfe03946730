"""The JSON Schemas of ``docs/schemas``, which may refer to each other by file name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


@cache
def validator(name: str) -> Draft202012Validator:
    """Return the validator of ``<name>.json``, such as ``oin-check-v1``."""
    contents = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
    resources = [(file, Resource.from_contents(content)) for file, content in contents.items()]
    schema = contents[f"{name}.json"]
    Draft202012Validator.check_schema(schema)
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schema, registry=registry)


def assert_valid(document: object, name: str) -> None:
    """Fail when the document does not match the schema, naming the first place."""
    problem = next(iter(validator(name).iter_errors(document)), None)
    assert problem is None, f"{problem.json_path}: {problem.message}" if problem else ""
