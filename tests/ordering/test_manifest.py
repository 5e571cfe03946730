"""The manifest of a batch: what is written is read, and nothing else is taken for one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.files import platform, write_public
from pkitools.ordering import Manifest, Ordered, add_orders, manifest_document, manifest_in, read_manifest
from pkitools.ordering.manifest import MAX_MANIFEST_BYTES
from tests.support.cases import in_one_test
from tests.support.schemas import assert_valid

A = Ordered(
    "a", Environment.PRODUCTION, "g1-server", "digid", "kpn", "00000003273229750000", "O", "CN", ("a.nl", "b.nl")
)
B = Ordered("b", Environment.PREPRODUCTION, "uzi-server")
BOTH = Manifest({"1" * 64: A, "2" * 64: B})


def test_what_is_written_is_read() -> None:
    replaced = BOTH.with_orders([("3" * 64, A)])
    for manifest in (BOTH, replaced):
        assert_valid(manifest_document(manifest), "manifest-v1")
        assert read_manifest(manifest.json, "m") == manifest


def test_an_order_of_the_same_name_takes_the_place_of_the_old_one_which_stays_known() -> None:
    found = BOTH.with_orders([("3" * 64, Ordered("A", Environment.PRODUCTION, "g4-tls"))])
    assert {spki[0]: each.name for spki, each in found.orders.items()} == {"2": "b", "3": "A"}
    assert [found.order_of(spki * 64) for spki in "124"] == [A, B, None]
    again = found.with_orders([("1" * 64, A)])  # the key that was put back
    assert ({spki[0] for spki in again.orders}, {spki[0] for spki in again.replaced}) == ({"1", "2"}, {"3"})


def test_orders_are_added_to_what_is_there_by_then_and_by_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two batches in one folder take as long as their keys: what the other wrote meanwhile stays."""
    locked: list[bool] = []

    def looking(path: Path, data: bytes, **how: bool) -> None:
        descriptor = os.open(path.parent, os.O_RDONLY)
        locked.append(not platform.nobody_else_has(descriptor))
        os.close(descriptor)
        write_public(path, data, **how)

    monkeypatch.setattr("pkitools.ordering.manifest.write_public", looking)
    for spki, order in BOTH.orders.items():
        add_orders(tmp_path, [(spki, order)])
    assert manifest_in(tmp_path) == BOTH
    assert locked == [True, True]
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def change(path: tuple[str, ...], value: object) -> Callable[[dict[str, Any]], None]:
    def make(document: dict[str, Any]) -> None:
        *front, last = path
        for key in front:
            document = document[key]
        document[last] = value

    return make


FIRST = ("orders", "1" * 64)
WRONG = [
    change(("schema",), "pkitools.manifest/v2"),
    change(("orders",), []),
    change(("orders", "x"), {}),
    change(("orders", "G" * 64), {}),
    change((*FIRST, "name"), "../../etc/passwd"),
    change((*FIRST, "name"), ".hidden"),
    change((*FIRST, "name"), 3),
    change((*FIRST, "name"), "B"),
    change((*FIRST, "environment"), "test"),
    change((*FIRST, "profile"), None),
    change((*FIRST, "system"), 3),
    change((*FIRST, "dns"), [3]),
    change((*FIRST, "dns"), None),
    change(("replaced",), []),
    change(("replaced",), {"x": {}}),
    change(("replaced",), {"1" * 64: json.loads(BOTH.json)["orders"]["1" * 64]}),
]


@in_one_test
@pytest.mark.parametrize("make", WRONG)
def test_what_is_not_of_this_form_is_refused(make: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(BOTH.json)
    make(document)
    with pytest.raises(InputError) as refused:
        read_manifest(json.dumps(document).encode(), "m")
    assert refused.value.code == "ordering.error.manifest"


@in_one_test
@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"\xff", b"null", b"3", b" " * (MAX_MANIFEST_BYTES + 1)])
def test_what_is_no_manifest_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_manifest(data, "m")
