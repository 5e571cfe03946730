"""The JSON Schemas of the documents that the commands print with ``--json``.

They lie in ``docs/schemas`` of the source and in ``pkitools/schemas`` of what is installed: one file each, named as the
document and its version. They refer to each other by ``$id``, so load all of them into the registry of a validator.
"""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from pkitools.arguments import text
from pkitools.errors import InvalidValueError

_URN: Final = "urn:pkitools:schema:"


def schema_names() -> tuple[str, ...]:
    """Return the names of all schemas, such as ``cert-check-v1``."""
    return tuple(sorted(file.name.removesuffix(".json") for file in _folder().iterdir()))


def read_schema(name: str) -> dict[str, Any]:
    """Return a schema (JSON Schema 2020-12), parsed anew.

    Args:
        name: as :func:`schema_names` gives it, or its ``$id``: ``urn:pkitools:schema:cert-check:v1``.

    Raises:
        InvalidValueError: there is none of that name.
    """
    name = text(name, "name")
    if name.startswith(_URN):
        name = name.removeprefix(_URN).replace(":v", "-v")
    if name not in schema_names():
        raise InvalidValueError("report.error.schema", name=name, known=", ".join(schema_names()))
    schema: dict[str, Any] = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
    return schema


def _folder() -> Traversable:
    package = files("pkitools")
    installed = package / "schemas"
    return installed if installed.is_dir() else package / ".." / "docs" / "schemas"  # in a checkout
