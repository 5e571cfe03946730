"""The JSON Schemas of ``docs/schemas``, which refer to each other by their ``$id``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pkitools.reports import read_schema, schema_names


@cache
def registry() -> Registry[Any]:
    """Return all schemas, by their ``$id``; what they refer to is named with the ``$id`` of where it stands.

    None says of which draft it is: who reads that leaves our validator for the one of the draft.
    """
    schemas = [read_schema(name) for name in schema_names()]
    contents = [_absolute(schema, schema["$id"]) for schema in schemas]
    for each in contents:
        del each["$schema"]
    resources = [(each["$id"], DRAFT202012.create_resource(each)) for each in contents]
    found: Registry[Any] = Registry().with_resources(resources)
    return found


def _absolute(part: Any, base: str) -> Any:
    if isinstance(part, list):
        return [_absolute(each, base) for each in part]
    if not isinstance(part, dict):
        return part
    named = {key: _absolute(value, base) for key, value in part.items()}
    reference = part.get("$ref")
    return {**named, "$ref": base + reference} if isinstance(reference, str) and reference.startswith("#") else named


_OF: dict[int, Any] = {}
"""The validator of each part of a schema, by the identity of the part, which its validator keeps."""


@cache
def _empty() -> Any:
    return _Validator({}, registry=registry())


def _part(schema: Any) -> Any:
    if id(schema) not in _OF:
        _OF[id(schema)] = _empty().evolve(schema=schema)
    return _OF[id(schema)]


@cache
def _referred(reference: str) -> Any:
    return _part(registry().resolver().lookup(reference).contents)


def _errors(part: Any, instance: object, at: str | int) -> Iterator[ValidationError]:
    for error in part.iter_errors(instance):
        error.path.appendleft(at)
        yield error


_NAMES: Final[Mapping[type, str]] = {dict: "object", list: "array", str: "string", type(None): "null"}
"""What is asked most; a number may be of two types, and goes the way of all."""


def _type(validator: Any, types: str | list[str], instance: object, schema: Any) -> Any:
    name = _NAMES.get(type(instance))
    if name and (name == types or (isinstance(types, list) and name in types)):
        return ()
    return Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema)


def _properties(_: Any, parts: Mapping[str, Any], instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name, schema in parts.items():
            if name in instance:
                yield from _errors(_part(schema), instance[name], name)


def _items(_: Any, schema: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, list):
        part = _part(schema)
        for number, each in enumerate(instance):
            yield from _errors(part, each, number)


def _ref(_: Any, reference: str, instance: object, __: Any) -> Iterator[ValidationError]:
    yield from _referred(reference).iter_errors(instance)


def _one_of(validator: Any, parts: list[Any], instance: object, schema: Any) -> Iterator[ValidationError]:
    if sum(_part(each).is_valid(instance) for each in parts) != 1:
        yield from Draft202012Validator.VALIDATORS["oneOf"](validator, parts, instance, schema)


_Validator: Final = extend(  # type: ignore[no-untyped-call]  # of jsonschema
    Draft202012Validator,
    {"$ref": _ref, "type": _type, "properties": _properties, "items": _items, "oneOf": _one_of},
)
"""As it is, but that what a part of a schema needs is made once, and not for each value that is held to it."""


@cache
def validator(name: str) -> Any:
    """Return the validator of ``<name>.json``, such as ``oin-check-v1``."""
    return _referred(read_schema(name)["$id"])


def assert_valid(document: object, name: str) -> None:
    """Fail when the document does not match the schema, naming the first place."""
    problem = next(validator(name).iter_errors(document), None)
    assert problem is None, f"{problem.json_path}: {problem.message}" if problem else ""
