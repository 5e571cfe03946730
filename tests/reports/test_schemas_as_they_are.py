"""What documents are held to (``tests/support/schemas.py``) is what jsonschema says of the schemas as they are."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from pkitools.reports import read_schema, schema_names
from tests.support.cases import in_one_test
from tests.support.schemas import validator

WRONG: Final[tuple[Any, ...]] = (None, True, 0, -1.5, "", "a", [], [{}], {}, {"unknown": 1})
CHANGES: Final = 4
"""Of each schema."""


@cache
def registry() -> Registry[Any]:
    schemas = [read_schema(name) for name in schema_names()]
    found: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas
    )
    return found


def sample(schema: Any, base: str) -> Any:
    """Return a document of all that the schema names, of which most is as it asks."""
    if "$ref" in schema:
        base, _, inside = (base + schema["$ref"] if schema["$ref"].startswith("#") else schema["$ref"]).partition("#")
        return sample(registry().resolver(base).lookup(f"#{inside}").contents, base)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return sample(schema[several][0], base)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object" | ["object", *_]:
            return {key: sample(value, base) for key, value in schema.get("properties", {}).items()}
        case "array" | ["array", *_]:
            return [sample(schema.get("items", {}), base)] * 2
        case kind:
            return {"boolean": True, "integer": 1, "number": 1.5, "null": None}.get(str(kind), "0" * 64)


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Everything that holds a value, with where it does."""
    if isinstance(document, dict | list):
        for at, each in document.items() if isinstance(document, dict) else enumerate(document):
            yield document, at
            yield from places(each)


def changed(document: Any, chance: Random) -> Any:
    other = deepcopy(document)
    holder, at = chance.choice(list(places(other)))
    wrong = chance.choice((*WRONG, KeyError))
    if wrong is KeyError:
        del holder[at]
    else:
        holder[at] = deepcopy(wrong)
    return other


@pytest.mark.slow
@in_one_test
@pytest.mark.parametrize("name", schema_names())
def test_each_document_is_as_good_and_wrong_at_the_same_places(name: str) -> None:
    schema, chance = read_schema(name), Random(name)
    Draft202012Validator.check_schema(schema)  # here, for every test that holds a document to it
    whole = sample(schema, schema["$id"])
    if not isinstance(whole, dict):
        whole = {}
    alike = Draft202012Validator(schema, registry=registry())
    for document in (whole, *(changed(whole, chance) for _ in range(CHANGES if whole else 0))):
        ours, theirs = (
            {(e.json_path, e.message) for e in each.iter_errors(document)} for each in (validator(name), alike)
        )
        assert ours == theirs
