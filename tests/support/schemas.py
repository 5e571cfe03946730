"""The JSON Schemas of ``docs/schemas``, which refer to each other by their ``$id``."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from pkitools.reports import read_schema, schema_names


@cache
def registry() -> Registry[Any]:
    """Return all schemas, by their ``$id``."""
    schemas = [read_schema(name) for name in schema_names()]
    resources = [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    found: Registry[Any] = Registry().with_resources(resources)
    return found


@cache
def validator(name: str) -> Draft202012Validator:
    """Return the validator of ``<name>.json``, such as ``oin-check-v1``."""
    schema = read_schema(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, registry=registry())


def assert_valid(document: object, name: str) -> None:
    """Fail when the document does not match the schema, naming the first place."""
    problem = next(iter(validator(name).iter_errors(document)), None)
    assert problem is None, f"{problem.json_path}: {problem.message}" if problem else ""
