"""Input that would like to take for ever: each run ends by itself, in a process that is killed when it does not."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from tests.support.chains import AKI, END, SAN, Issued, authority, crl, dns, end_entity, good_chain

pytestmark = pytest.mark.slow

CPU_SECONDS, MEMORY = 100, 1 << 30
KILL_SECONDS = 3 * CPU_SECONDS
"""For one that waits instead of working: what works is held to its processor time, on a busy machine too."""
AT = "2026-11-22T12:00:00Z"


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def checked(folder: Path, name: str, *more: object, code: int) -> tuple[Any, str]:
    """Run ``cert check`` under limits and return its document and its complaints."""
    (folder / "root.cer").write_bytes(good_chain().root.der)
    given = ("--trust", folder / "root.cer", "-e", "preproduction", "--offline", "--moment", AT, "--json", *more)
    command = [sys.executable, "-m", "pkitools_cli", "--lang", "en", "cert", "check", folder / name, *given]
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        timeout=KILL_SECONDS,
        preexec_fn=_bounded,  # nothing else runs in this process that a fork could harm
        check=False,
    )
    said = done.stderr.decode()
    assert done.returncode == code, said
    return next(iter(json.loads(done.stdout).get("certificates", ())), None), said


def codes(document: Any) -> set[str]:
    return {finding["code"] for finding in document["report"]["findings"]}


def put(folder: Path, name: str, certificates: Sequence[bytes]) -> None:
    found = [x509.load_der_x509_certificate(der) for der in certificates]
    (folder / name).write_bytes(pkcs7.serialize_certificates(found, Encoding.DER))


@cache
def many_names(count: int) -> bytes:
    names = dns("host.example.nl", *(f"host{n:06}.nl" for n in range(count)))
    return end_entity("host.example.nl", good_chain().tsp, extensions={SAN: (False, names)}).der


def test_a_certificate_of_100_000_names_is_refused_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "leaf.cer").write_bytes(many_names(100_000))
    document, said = checked(tmp_path, "leaf.cer", code=1)
    assert document is None
    assert len(said.strip().splitlines()) == 1
    assert "bytes; more than 262144 is not read" in said


def test_as_many_names_as_a_certificate_may_hold_are_all_looked_at(tmp_path: Path) -> None:
    put(tmp_path, "leaf.p7b", [many_names(14_000), *good_chain().intermediates])
    document, _ = checked(tmp_path, "leaf.p7b", "--host", "host013999.nl", code=0)
    assert document["path"] is not None
    document, _ = checked(tmp_path, "leaf.p7b", "--host", "host014000.nl", "--strict", "--cross-check", code=10)
    assert "path.host.name" in codes(document)


def altered(der: bytes, number: int) -> bytes:
    """The same certificate with another, worthless signature."""
    return der[:-3] + number.to_bytes(3, "big")


def test_a_bag_of_10_000_certificates_does_not_hide_the_right_path(tmp_path: Path) -> None:
    chain, stranger = good_chain(), authority("Stranger")
    rest = 10_000 - 1 - len(chain.intermediates)
    bag = [chain.leaf.der, *(altered(stranger.der, n) for n in range(rest)), *chain.intermediates]
    put(tmp_path, "bag.p7b", bag)
    document, _ = checked(tmp_path, "bag.p7b", code=0)
    assert len(document["path"]) == 4


def test_a_bag_of_10_000_namesakes_of_the_issuer_ends_in_a_budget_that_is_named(tmp_path: Path) -> None:
    chain = good_chain()
    put(tmp_path, "bag.p7b", [chain.leaf.der, *(altered(chain.domain.der, n) for n in range(9_998)), chain.tsp.der])
    document, _ = checked(tmp_path, "bag.p7b", code=10)
    assert document["path"] is None
    assert codes(document) & {"path.budget.exceeded", "path.signature.valid"}


def test_one_certificate_more_is_refused(tmp_path: Path) -> None:
    stranger = authority("Stranger")
    put(tmp_path, "bag.p7b", [altered(stranger.der, n) for n in range(10_001)])
    document, said = checked(tmp_path, "bag.p7b", code=1)
    assert document is None
    assert "10000" in said.replace(",", "").replace(".", "")


def crls_in(folder: Path, signer: Issued, name: str) -> None:
    (folder / "crl").mkdir(exist_ok=True)
    for number in range(2_000):
        (folder / "crl" / f"{name}{number:04}.crl").write_bytes(crl(signer, *range(1, 40), number=number + 1))


def test_2_000_lists_of_the_issuer_are_read(tmp_path: Path) -> None:
    chain = good_chain()
    put(tmp_path, "leaf.p7b", [chain.leaf.der, *chain.intermediates])
    crls_in(tmp_path, chain.tsp, "tsp")
    document, _ = checked(tmp_path, "leaf.p7b", "--crl", tmp_path / "crl", code=0)
    assert document["revocation"]["certificates"][0]["status"] == "good"


def test_2_000_forged_lists_are_never_good(tmp_path: Path) -> None:
    chain = good_chain()
    forger = authority("forger", subject=chain.tsp.subject)
    put(tmp_path, "leaf.p7b", [chain.leaf.der, *chain.intermediates])
    crls_in(tmp_path, forger, "forged")
    document, _ = checked(tmp_path, "leaf.p7b", "--crl", tmp_path / "crl", "--revocation", "require", code=10)
    assert document["revocation"]["certificates"][0]["status"] == "unknown"


@cache
def mesh(size: int) -> list[bytes]:
    """Authorities that all certified each other; the last one is also certified by the trusted root.

    That one certificate ends before the others, so that it is tried last: what comes first else goes by the octets of
    signatures, and by luck the way up is found before the budget is spent.
    """
    plain = [authority(f"Mesh {n}") for n in range(size)]
    pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
    made = [authority(f"Mesh {a}", plain[b], extensions={AKI: None}) for a, b in pairs]
    made.append(authority(f"Mesh {size - 1}", good_chain().root, extensions={AKI: None}, end=END - timedelta(days=365)))
    leaf = end_entity("host.example.nl", plain[0], extensions={AKI: None})
    return [leaf.der, *(c.der for c in made)]


def test_40_authorities_that_certified_each_other_end_in_a_budget_that_is_named(tmp_path: Path) -> None:
    put(tmp_path, "mesh.p7b", mesh(40))
    document, _ = checked(tmp_path, "mesh.p7b", code=10)
    assert "path.budget.exceeded" in codes(document)
    assert "path.anchor.look_alike" not in codes(document)  # the root above it is the real one
