"""A document may gain a key: the schemas of version 2, and of what is new, are open wherever they reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.reports import read_schema, schema_names
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.self_signed import self_signed
from tests.cli.conftest import run, world
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.peers import TLS, listening
from tests.support.schemas import assert_valid, validator
from tests.support.serving import real_time

pytestmark = pytest.mark.slow

__all__ = ["run", "world"]  # fixtures

MOMENT: Final = ("--moment", "2026-11-22T12:00:00Z")
NEW: Final = (
    "chain-complete-v1",
    "error-v1",
    "expiry-v1",
    "explain-v1",
    "export-v1",
    "facts-status-v1",
    "g4-plan-v1",
    "g4-probe-v1",
    "renewal-diff-v1",
    "metadata-check-v1",
    "metadata-diff-v1",
    "plan-v1",
    "scan-v1",
    "trust-diff-v1",
    "trust-export-v1",
    "trust-update-v1",
)
"""What is open in its first version."""
ELSEWHERE: Final = (
    "cert-receive-v1",
    "init-v1",
    "status-v1",
    "manifest-v1",
    "oin-lookup-v1",
    "probe-v1",
    "self-signed-v1",
    "test-pki-refusals-v1",
)
"""Open as well, and made in the tests of the commands that make them: they need a register, a peer or an order."""

OPEN: Final = tuple(name for name in schema_names() if name.endswith("-v2")) + NEW + ELSEWHERE
SHARED: Final = ("certification-authority", "hierarchy", "oin", "report", "request")
"""What several documents have in them: a definition for each version."""

MAPS: Final = ("params", "certainties", "counts", "policy_names")
"""Objects whose keys are data: each value is of one kind, and so would that of a new key be."""

REQUEST: Final = (
    *("--organization", "Gemeente Voorbeeld", "--common-name", "koppeling.example.nl", "--dns", "koppeling.example.nl"),
    *("--profile", "g1-server", "-e", "production", "--no-passphrase"),
)

MADE: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "cert-check-v2": (
        ("cert", "check", "{leaf}", "{wrong}", "-e", "production", "--for", "digid", "--offline", *MOMENT),
        ("cert", "check", "{leaf}", "{noise}", "-e", "production", "--offline", *MOMENT),
    ),
    "cert-lint-v2": (("cert", "lint", "{leaf}", "{noise}", *MOMENT),),
    "cert-show-v2": (("cert", "show", "{leaf}", "{request}", "{key}", "{noise}", *MOMENT),),
    "csr-check-v2": (("csr", "check", "{request}", "--profile", "g1-server"),),
    "csr-create-v2": (("csr", "create", *REQUEST, "--oin", "00000004123456789000", "--out", "{made}", "--force"),),
    "oin-check-v2": (("oin", "check", "00000004123456789000", "00000099123456789000", "123"),),
    "oin-derive-v2": (
        ("oin", "derive", "--kvk", "32732297"),
        ("oin", "derive", "--kvk", "32732297", "--rsin", "123456789"),
    ),
    "rules-documents-v2": (("rules", "documents"),),
    "rules-explain-v2": (("rules", "explain", "etsi.revocation.present"),),
    "systems-list-v2": (("systems", "list", *MOMENT),),
    "systems-show-v2": (("systems", "show", "digid", *MOMENT),),
    "trust-diff-v1": (("trust", "diff", "{leaf}", "--hierarchy", "g4-tls", *MOMENT),),
    "trust-export-v1": (("trust", "export", "g1-private", "--out", "{out}", "--force", *MOMENT),),
    "trust-update-v1": (("trust", "update", "--offline"),),
    "trust-show-v2": (("trust", "show", "g4-tls", *MOMENT), ("trust", "show", "{leaf}", *MOMENT)),
    "error-v1": (("cert", "check", "{noise}", "-e", "production", "--offline", *MOMENT),),
    "chain-complete-v1": (("chain", "complete", "{leaf}", "--offline", *MOMENT),),
    "export-v1": (("export", "public", "{leaf}", "--out", "{out}", "--force", *MOMENT),),
    "metadata-check-v1": (
        ("metadata", "check", "{metadata}", "--for", "digid", "-e", "production", "--offline", *MOMENT),
        ("metadata", "check", "{jwks}", "--for", "kadaster-klic", "-e", "production", "--offline", *MOMENT),
    ),
    "metadata-diff-v1": (("metadata", "diff", "{metadata}", "{next}"),),
    "plan-v1": (("plan", "--for", "digid-machtigen", "--live", "2027-12-31", "--tsp", "kpn", *MOMENT),),
    "expiry-v1": (("expiry", "{leaf}", "{noise}", *MOMENT),),
    "scan-v1": (("scan", "{leaf}", "{wrong}", "{request}", "{key}", "{noise}", *MOMENT),),
    "explain-v1": (("explain", "unable to get local issuer certificate"),),
    "facts-status-v1": (("facts", "status", *MOMENT),),
    "g4-probe-v1": (("g4", "probe", "localhost:{port}", "--allow-net", "127.0.0.0/8"),),
    "g4-plan-v1": (("g4", "plan", "{leaf}", "{noise}", "--for", "digid", *MOMENT),),
    "renewal-diff-v1": (("renewal", "diff", "{leaf}", "{renewed}", *MOMENT),),
}
"""Commands that print a document with as much in it as can be."""


def peer() -> TLS:
    """A server of TLS that asks for a client certificate."""
    identity = self_signed(moment=real_time(), keys=elliptic_keys)
    return TLS(identity=identity, trusts=[identity])


def grown(value: Any, name: str = "") -> Any:
    """Return a document in which every object that is no map has a key nobody knows."""
    if isinstance(value, list):
        return [grown(each, name) for each in value]
    if not isinstance(value, dict):
        return value
    new = {} if name in MAPS else {"added": {"more": [None, 1, "text"]}}
    return {**{key: grown(each, key) for key, each in value.items()}, **new}


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_document_with_a_new_key_in_every_object_meets_its_schema(run: Command, world: Path, name: str) -> None:
    files = {
        "leaf": "leaf.pem",
        "wrong": "wrong.pem",
        "request": "request.csr",
        "noise": "noise",
        "renewed": "renewed.pem",
        "key": "plain.key",
        "made": "made",
        "out": "made.pem",
        "metadata": "metadata.xml",
        "next": "renewed.xml",
        "jwks": "jwks.json",
    }
    for command in MADE[name]:
        asks = "localhost:{port}" in command
        with listening(peer()) if asks else nullcontext(0) as port:
            places: dict[str, object] = {**{key: world / file for key, file in files.items()}, "port": port}
            document = run(*(word.format(**places) for word in command), "--json").document
        assert document["schema"] == "pkitools." + name.replace("-v", "/v"), document
        assert_valid(document, name)
        assert_valid(grown(document), name)


def test_every_open_document_is_made() -> None:
    assert {*MADE, *ELSEWHERE, *(f"{name}-v2" for name in SHARED)} == set(OPEN)


# -- and of what those documents did not have -------------------------------------------------------------------------


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield everything in a schema that describes an object, and what it refers to in other files."""
    if isinstance(schema, list):
        for each in schema:
            yield from objects(each)
    elif isinstance(schema, dict):
        if "properties" in schema or "additionalProperties" in schema or "unevaluatedProperties" in schema:
            yield schema
        for key, each in schema.items():
            if key == "$ref" and isinstance(each, str) and each.startswith("urn:"):
                yield from objects(read_schema(each.partition("#")[0]))
            else:
                yield from objects(each)


def is_closed(schema: dict[str, Any]) -> bool:
    return schema.get("additionalProperties") is False or "unevaluatedProperties" in schema


@in_one_test
@pytest.mark.parametrize("name", OPEN)
def test_nothing_an_open_schema_reaches_is_closed(name: str) -> None:
    assert not [found for found in objects(read_schema(name)) if is_closed(found)]


@in_one_test
@pytest.mark.parametrize("name", [name for name in schema_names() if name not in OPEN])
def test_version_1_of_everything_else_is_closed(name: str) -> None:
    assert is_closed(read_schema(name))


@in_one_test
@pytest.mark.parametrize("name", SHARED)
def test_version_2_asks_no_less_than_version_1_of_what_both_have(name: str) -> None:
    """What they share differs in nothing but that it may grow."""
    older, newer = read_schema(f"{name}-v1"), read_schema(f"{name}-v2")
    assert set(older["required"]) <= set(newer["required"])
    assert set(older["properties"]) <= set(newer["properties"])
    assert without_closing(older["properties"]).items() <= without_closing(newer["properties"]).items()
    assert validator(f"{name}-v2") is not None


def without_closing(value: Any) -> Any:
    if isinstance(value, list):
        return [without_closing(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: without_closing(each) for key, each in value.items() if not is_closed({key: each})}


def test_the_walk_finds_what_is_closed() -> None:
    assert is_closed(read_schema("report-v1"))
    hidden = {"properties": {"a": {"items": {"anyOf": [{"$ref": "urn:pkitools:schema:report:v1#/$defs/outcome"}]}}}}
    assert any(map(is_closed, objects(hidden)))
    assert grown({"params": {"a": "b"}, "x": [{}]})["x"][0].keys() == {"added"}
