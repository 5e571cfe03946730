"""What a file says of itself weighs in a scan as it does where that file is checked alone: a law over kinds of fault.

A case for every outcome of a file that is an error, or a reason why a scan tells it otherwise.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools import TrustStore
from pkitools.checking import FileCheck, Revocation, check_file, private_keys, stated_ids
from pkitools.checking.file_check import BLOCK_READABLE
from pkitools.findings import Outcome, Severity, Status, Verdict
from pkitools.oin.id_rules import SERVICE_ID_RULES
from pkitools.portfolio import HeldCertificate, Judging
from pkitools.portfolio.risk import Risks
from pkitools.reports import Telling
from pkitools.reports.portfolio.telling import said_of
from pkitools.requests import PrivateKey
from pkitools.requests.keys import to_pem, wrap_key
from pkitools_cli.commands.scan.text import first_step
from tests.checking.test_bare_keys import jwk, set_of, stated_in_xml
from tests.portfolio.support import CHAIN, WHOLE, judging, scanned
from tests.support.cases import in_one_test
from tests.support.certificates import made
from tests.support.chains import MOMENT, end_entity, good_chain
from tests.support.deliveries import ENTITY_ID, corrupt, metadata_of, pem
from tests.support.requests import pooled_key, request

pytestmark = pytest.mark.slow  # each case is checked, and scanned

SERVICE: Final = "urn:etoegang:DV:{}:services:{}"
OWN: Final = "00000099000000010000"


def key() -> PrivateKey:
    return pooled_key("rsa:3072")


def other_key() -> PrivateKey:
    return pooled_key("ec:p-256")


@cache
def leaf(own: str = "rsa:3072") -> bytes:
    return end_entity("own.example.nl", good_chain().tsp, own_key=pooled_key(own).native).der


def in_jwks(stated: bytes, **more: Any) -> bytes:
    return set_of({**jwk(stated), "x5c": [b64encode(leaf()).decode()], **more})


def secrets(*held: tuple[str, PrivateKey]) -> bytes:
    """Secrets with a certificate and the key beside it."""
    data = [
        {"tls.crt": b64encode(pem(leaf(own))).decode(), "tls.key": b64encode(one.pem(None)).decode()}
        for own, one in held
    ]
    return json.dumps({"kind": "List", "items": [{"kind": "Secret", "data": each} for each in data]}).encode()


def stating(inside: str = "", entity_id: str = ENTITY_ID) -> bytes:
    return metadata_of(("signing", leaf()), entity_id=entity_id, inside=inside)


def serving(*service_ids: str) -> bytes:
    return stating("".join(f'<md:RequestedAttribute Name="{each}"/>' for each in service_ids))


def with_key_info(stated: bytes) -> bytes:
    value = stated_in_xml(stated, "numbers")
    return stating().replace(b"<ds:KeyInfo>", f"<ds:KeyInfo>{value}".encode(), 1)


def identified(serial: int) -> bytes:
    value = f"<ds:X509IssuerSerial><ds:X509SerialNumber>{serial}</ds:X509SerialNumber></ds:X509IssuerSerial>"
    return stating().replace(b"<ds:X509Data>", f"<ds:X509Data>{value}".encode(), 1)


def until(text: str) -> bytes:
    return stating().replace(b"<md:EntityDescriptor", f'<md:EntityDescriptor validUntil="{text}"'.encode(), 1)


FAULTS: Final[dict[str, Callable[[], bytes]]] = {
    "good": lambda: pem(leaf()) + CHAIN,
    "its own key": lambda: pem(leaf()) + CHAIN + key().pem(None),
    "another's key": lambda: pem(leaf()) + CHAIN + other_key().pem(None),
    "another's key, first": lambda: other_key().pem(None) + pem(leaf()),
    "another's key beside its own": lambda: pem(leaf()) + key().pem(None) + other_key().pem(None),
    "that of an authority": lambda: pem(leaf()) + CHAIN + wrap_key(good_chain().tsp.key, made_here=True).pem(None),
    "that of an authority behind its own": lambda: (
        pem(leaf()) + CHAIN + key().pem(None) + wrap_key(good_chain().tsp.key, made_here=True).pem(None)
    ),
    "that of a second certificate": lambda: pem(leaf(), leaf("ec:p-256")) + CHAIN + other_key().pem(None),
    "another's key beside authorities": lambda: CHAIN + other_key().pem(None),
    "its own request": lambda: pem(leaf()) + to_pem("CERTIFICATE REQUEST", request(key=key())),
    "another's request": lambda: pem(leaf()) + to_pem("CERTIFICATE REQUEST", request(key=other_key())),
    "another's public key": lambda: pem(leaf()) + to_pem("PUBLIC KEY", other_key().public.spki),
    "Secrets": lambda: secrets(("rsa:3072", key()), ("ec:p-256", other_key())),
    "Secrets, turned": lambda: secrets(("rsa:3072", other_key()), ("ec:p-256", key())),
    "a JWK": lambda: in_jwks(leaf()),
    "a JWK of another key": lambda: in_jwks(leaf("rsa:2048")),
    "a JWK with another thumbprint": lambda: in_jwks(leaf(), **{"x5t#S256": "AAAA"}),
    "a private JWK": lambda: in_jwks(leaf(), d="AQAB"),
    "a KeyInfo": lambda: with_key_info(leaf()),
    "a KeyInfo of another key": lambda: with_key_info(leaf("rsa:2048")),
    "a KeyInfo of another certificate": lambda: identified(5),
    "metadata": stating,
    "metadata with a private key": lambda: stating() + key().pem(None),
    "metadata without an entity ID": lambda: stating(entity_id=""),
    "metadata that ended": lambda: until("2020-01-01T00:00:00Z"),
    "metadata until no moment": lambda: until("gisteren"),
    "a service": lambda: serving(SERVICE.format(OWN, 1)),
    "service IDs": lambda: serving(
        SERVICE.format("00000099000000010009", 1),
        SERVICE.format(OWN, 0),
        SERVICE.format(OWN, "0001"),
        SERVICE.format(OWN, 9050),
        SERVICE.format(OWN, ""),
        SERVICE.format(OWN, 1).replace("DV", "HM"),
        SERVICE.format(OWN, 1).replace("services", "Services"),
    ),
}

ELSEWHERE: Final = {
    "file.entity_id.differs": "what a connection's entity ID is to metadata is a step of that connection",
    "received.private_key.named": "of two files: what a configuration names together is told where that is followed",
    "oin.service_id.surrounding_space": "what reads metadata leaves white space out",
}
"""What is an error, is told of no file by itself in a scan, and why."""
LISTED: Final = frozenset((private_keys.ENCLOSED.code, private_keys.COMPARED.code, BLOCK_READABLE.code))
"""A scan lists keys, and weighs where they lie; and it lists what it could not read."""
ENVIRONMENT: Final = "preproduction"


def told_by_check(data: bytes, systems: str = "") -> FileCheck:
    chain = good_chain()
    return check_file(
        data,
        moment=MOMENT,
        environment=ENVIRONMENT,
        systems=systems or (),
        intermediates=(chain.tsp.der, chain.domain.der),
        trust=TrustStore.from_der([chain.root.der]),
        revocation=Revocation(policy="off"),
        raise_crashes=True,
    )


def asked(systems: str = "") -> Judging:
    chain = good_chain()
    return judging(
        environment=ENVIRONMENT,
        systems=(systems,) if systems else (),
        intermediates=(chain.tsp.der, chain.domain.der),
        revocation=Revocation(policy="off"),
    )


def said(outcomes: Any) -> set[tuple[str, Severity, tuple[tuple[str, Any], ...]]]:
    """What is violated, but for what a scan lists; the name of a file is another one."""
    return {
        (one.rule.code, one.rule.severity, tuple((k, v) for k, v in one.params.items() if k != "file"))
        for one in outcomes
        if one.status is Status.VIOLATED and one.rule.code not in LISTED
    }


def judged(*found: HeldCertificate) -> set[Verdict]:
    return {one.verdict for one in found if one.verdict is not None}


@pytest.mark.parametrize("systems", ["", "eherkenning"])
def test_a_scan_says_of_a_file_what_a_check_of_it_says(tmp_path: Path, systems: str) -> None:
    seen: set[str] = set()
    for name, make in FAULTS.items():
        (tmp_path / "f").write_bytes(make())
        alone, found = told_by_check(make(), systems), scanned(tmp_path, asked=asked(systems))
        beside = {each for one in found.judged for told in one.judgements for each in told.beside}
        # what a check says of the rest of a file of metadata is no fault of a certificate
        told = [each for each in alone.file_report.outcomes if each.rule.code != "file.metadata.certificates"]
        assert said(beside) == said(told), name
        failed = said(_errors(alone.file_report.outcomes))
        seen.update(code for code, *_ in failed)
        assert (Verdict.FAILED in judged(*found.judged)) == (alone.report.verdict is Verdict.FAILED), name
    every = {r.code for r in (*private_keys.RULES, *stated_ids.RULES) if r.severity is Severity.ERROR}
    every |= {rule.code for rule, _ in SERVICE_ID_RULES if rule.severity is Severity.ERROR}
    if systems:
        assert every - seen == set(ELSEWHERE)


def _errors(outcomes: Any) -> list[Outcome]:
    return [one for one in outcomes if one.rule.severity is Severity.ERROR]


@pytest.mark.parametrize("bad_first", [True, False])
def test_what_one_file_says_of_a_certificate_is_not_lost_where_it_lies_in_another_too(
    tmp_path: Path, bad_first: bool
) -> None:
    """Whichever comes first, and whether its chain is known by then or found in a later file."""
    good, bad = ("b.pem", "a.pem") if bad_first else ("a.pem", "b.pem")
    (tmp_path / good).write_bytes(pem(leaf()))
    (tmp_path / bad).write_bytes(pem(leaf()) + other_key().pem(None))
    for chain in (CHAIN, b""):
        (tmp_path / "chain.pem").write_bytes(chain or pem(good_chain().root.der))
        portfolio = scanned(tmp_path, asked=judging())
        (found,) = portfolio.judged
        assert [each.rule.code for each in found.judgements[0].beside] == [private_keys.FOREIGN.code]
        assert found.verdict is Verdict.FAILED
        if not chain:
            continue  # that it has no path is told first
        # of the file that says it, and not of the one that is as it should be
        assert f"{tmp_path / bad}: " in said_of(found, portfolio, Telling("nl"))
        assert str(tmp_path / bad) in (first_step(portfolio, Risks()).words or ())


def test_what_is_said_of_one_entry_is_said_of_no_other(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(secrets(("rsa:3072", pooled_key("rsa:2048")), ("ec:p-256", other_key())))
    verdicts = {
        one.key: {each.rule.code for told in one.judgements for each in told.beside}
        for one in scanned(tmp_path, asked=asked()).judged
    }
    assert verdicts == {"RSA 3072": {private_keys.FOREIGN.code}, "EC P-256": set()}


@in_one_test
@pytest.mark.parametrize("more", ["", "torn in it", "torn beside it", "stopped", "nothing to look at"])
@pytest.mark.parametrize("beside", ["good", "wrong"])
def test_the_whole_is_not_passed_where_not_all_could_be_looked_at(tmp_path: Path, beside: str, more: str) -> None:
    """As one file is judged: the verdict of the whole is read by programs, and each certificate has its own."""
    (tmp_path / "a.pem").write_bytes(WHOLE + (corrupt() if more == "torn in it" else b""))
    if beside == "wrong":
        (tmp_path / "b.pem").write_bytes(pem(made("g1-server").der))
    if more == "torn beside it":
        (tmp_path / "c.pem").write_bytes(corrupt())
    if more == "nothing to look at":
        (tmp_path / "c.txt").write_text("a text")
    found = scanned(tmp_path, asked=judging(revocation=Revocation(policy="off")))
    found = replace(found, complete=more != "stopped")
    whole = Verdict.PASSED if more in {"", "nothing to look at"} else Verdict.INDETERMINATE
    assert found.verdict is (Verdict.FAILED if beside == "wrong" else whole)
    assert found.is_whole is (whole is Verdict.PASSED)
