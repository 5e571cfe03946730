"""A Secret without its certificate is no good answer, in whatever syntax; what is to be filled in is a blank."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.portfolio.support import WHOLE, scanned
from tests.support.cases import in_one_test

EMPTY: Final = ("", None)
FILLED_IN: Final = ("${CERTIFICATE}", "{{ certificate }}")
AROUND: Final = ("Secret", "List", "SecretList")
ENDINGS: Final = ("", ".j2", ".example", ".tpl")


def secret(value: str | None, around: str) -> Mapping[str, Any]:
    named = {"metadata": {"name": "s"}, "type": "kubernetes.io/tls", "data": {"tls.crt": value, "tls.key": value}}
    one = {"apiVersion": "v1", "kind": "Secret", **named}
    return one if around == "Secret" else {"apiVersion": "v1", "kind": around, "items": [one]}


def text(value: str | None, around: str, syntax: str) -> str:
    found = secret(value, around)
    if syntax == "json":
        return json.dumps(found, indent=1)
    return yaml.safe_dump(found, default_style=None).replace("null", "").replace("''", '""')


@in_one_test
@pytest.mark.parametrize(
    ("value", "around", "syntax"),
    # JSON is filled in before it is one, and null is no value of it
    [*product((*EMPTY, *FILLED_IN), AROUND, ("yaml",)), *product(("",), AROUND, ("json",))],
)
def test_an_empty_secret_is_a_gap_and_one_to_be_filled_in_is_not(
    tmp_path: Path, value: str | None, around: str, syntax: str
) -> None:
    for beside in (False, True):
        if beside:
            (tmp_path / "a.pem").write_bytes(WHOLE)
        for ending in ENDINGS if syntax == "yaml" and value is not None else ("",):
            file = tmp_path / f"s.{syntax}{ending}"
            file.write_text(text(value, around, syntax), encoding="utf-8")
            is_missed = value in EMPTY and not ending
            assert {Path(one.name).name for one in scanned(tmp_path).unread} == ({file.name} if is_missed else set())
            file.unlink()
