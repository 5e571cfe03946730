"""Where a certificate is somebody's own it is judged, whatever it says of itself: a mark as a CA hides nothing.

The law is a product: kind of place × what the certificate claims × order. The bad one is judged and named, and the file
is as bad as it. Where no place is anybody's own, what was made to connect is no chain of another.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import pkitools
from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.findings import Verdict
from pkitools.requests import PrivateKey
from pkitools.requests.keys import to_pem, wrap_key
from pkitools.trust import TrustStore
from pkitools_test_pki import names
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.self_signed import self_signed
from tests.support.certificates import made, setting
from tests.support.deliveries import (
    ENTITY_ID,
    jks_of,
    jks_with_chains,
    key_info,
    metadata_of,
    pem,
    pkcs7_of,
    pkcs12_of,
)
from tests.support.effort import in_turn
from tests.support.keys import SHARED_KEYS
from tests.support.requests import pooled_key

pytestmark = pytest.mark.slow  # products of cases

MOMENT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
USAGES: Final = ["digitalSignature", "keyEncipherment"]
PAST: Final[dict[str, Any]] = {"not_before": MOMENT - timedelta(days=40), "not_after": MOMENT - timedelta(days=10)}
SIGNS: Final = [*USAGES, "keyCertSign"]


@dataclass
class World:
    pki: PKI
    good: IssuedCertificate
    bad: dict[str, IssuedCertificate]

    @property
    def chain(self) -> list[bytes]:
        return [link.der for link in self.good.intermediates]

    def judged(self, data: bytes, **asked: Any) -> FileCheck:
        lists = Revocation(policy="require", crls=list(self.pki.crls().values()))
        trust = TrustStore.from_der([self.good.root.der])
        given = {"environment": "preproduction", "trust": trust, "intermediates": self.chain, "revocation": lists}
        given["systems"] = "digikoppeling"
        return check_file(data, moment=MOMENT, **{**given, "raise_crashes": True, **asked})


NAMELESS: Final[dict[str, dict[str, Any]]] = {
    "leaf": {},
    "CA that signs": {"ca": True, "key_usage": SIGNS},
    "CA without key usage": {"ca": True, "without": ["key_usage", "subject_alternative_name"]},
    "signs, no basic constraints": {"key_usage": SIGNS, "without": ["basic_constraints", "subject_alternative_name"]},
}
"""What a certificate that was revoked claims to be, without a name to connect with."""

SELF_SIGNED: Final[dict[str, dict[str, Any]]] = {
    "self-signed CA that signs": {"ca": True, "key_usage": SIGNS},
    "self-signed, as openssl makes it": {"ca": True, "without": ["key_usage", "subject_alternative_name"]},
}


@pytest.fixture(scope="module")
def world() -> World:
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    issuer = pki.issuer_of("g4-tls")
    bad: dict[str, IssuedCertificate] = {}
    for label, wanted in NAMELESS.items():
        bad[label] = pki.issue("g4-tls", **{**nameless(label), **wanted})
        bad[f"{label}, with a name"] = pki.issue("g4-tls", dns=["bad.voorbeeld.nl"], **named(wanted))
    for label, wanted in SELF_SIGNED.items():
        bad[label] = self_signed("g4-tls", moment=MOMENT, keys=SHARED_KEYS, **PAST, **{**nameless(label), **wanted})
        bad[f"{label}, with a name"] = self_signed(
            "g4-tls", moment=MOMENT, keys=SHARED_KEYS, **PAST, dns=["self.nl"], **named(wanted)
        )
    for each in (each for each in bad.values() if each.issuer is not None):
        issuer.revoke(each.serial_number, moment=MOMENT)
    return World(pki, pki.issue("g4-tls", dns=["good.voorbeeld.nl"]), bad)


def nameless(label: str) -> dict[str, Any]:
    return {"subject": [names.Attribute("CN", label)], "without": ["subject_alternative_name"]}


def named(wanted: dict[str, Any]) -> dict[str, Any]:
    absent = [each for each in wanted.get("without", []) if each != "subject_alternative_name"]
    return {**wanted, "without": absent} if absent else {k: v for k, v in wanted.items() if k != "without"}


CLAIMS: Final = [
    *(f"{label}{more}" for label, more in product([*NAMELESS, *SELF_SIGNED], ["", ", with a name"])),
    "the CA of the TSP",
    "the root",
]


def bad_of(world: World, claim: str) -> bytes:
    if claim == "the CA of the TSP":
        return world.chain[0]
    return world.good.root.der if claim == "the root" else world.bad[claim].der


# -- places -----------------------------------------------------------------------------------------------------------

Chains = Sequence[Sequence[bytes]]
"""Of each place its own certificate, and its chain."""


def only_own(chains: Chains) -> list[bytes]:
    return [chain[0] for chain in chains]


def all_of(chains: Chains) -> list[bytes]:
    return [der for chain in chains for der in chain]


def base64_of(der: bytes) -> str:
    return base64.b64encode(der).decode()


def jwks(chains: Chains) -> bytes:
    return json.dumps({"keys": [{"x5c": list(map(base64_of, chain))} for chain in chains]}).encode()


def secrets(chains: Chains) -> bytes:
    one = "- apiVersion: v1\n  kind: Secret\n  data:\n    tls.crt: {}\n"
    inside = "".join(one.format(base64_of(pem(*chain))) for chain in chains)
    return f"apiVersion: v1\nkind: List\nitems:\n{inside}".encode()


def secrets_in_json(chains: Chains) -> bytes:
    items = [{"kind": "Secret", "data": {"tls.crt": base64_of(pem(*chain))}} for chain in chains]
    return json.dumps({"kind": "List", "items": items}).encode()


def described(chains: Chains) -> bytes:
    """Metadata whose KeyDescriptors hold a chain each."""
    told = "".join(f"<md:KeyDescriptor>{''.join(map(key_info, chain))}</md:KeyDescriptor>" for chain in chains)
    whole = metadata_of(entity_id=ENTITY_ID).decode()
    return whole.replace("<md:SPSSODescriptor>", f"<md:SPSSODescriptor>{told}").encode()


def two_entities(chains: Chains) -> bytes:
    entities = [
        metadata_of((None, chain[0]), entity_id=f"{ENTITY_ID[:-1]}{n}").decode().partition("?>")[2]
        for n, chain in enumerate(chains)
    ]
    space = "urn:oasis:names:tc:SAML:2.0:metadata"
    return f'<md:EntitiesDescriptor xmlns:md="{space}">{"".join(entities)}</md:EntitiesDescriptor>'.encode()


def signed_metadata(chains: Chains) -> bytes:
    """What signed it, and what the entity uses."""
    signature = f"<ds:Signature>{key_info(chains[0][0])}</ds:Signature>"
    return metadata_of((None, chains[1][0]), inside=signature)


def signatures(chains: Chains) -> bytes:
    told = "".join(f"<ds:Signature>{''.join(map(key_info, chain))}</ds:Signature>" for chain in chains)
    return f'<a:Bericht xmlns:a="urn:a" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{told}</a:Bericht>'.encode()


def security_tokens(chains: Chains) -> bytes:
    tokens = "".join(f"<w:BinarySecurityToken>{base64_of(c[0])}</w:BinarySecurityToken>" for c in chains)
    return f'<s:Envelope xmlns:s="urn:s" xmlns:w="urn:w"><s:Header>{tokens}</s:Header></s:Envelope>'.encode()


def agreement(chains: Chains, anchors: Sequence[bytes] = ()) -> bytes:
    """A CPA: its certificates, and which of them it trusts."""
    held = [(f"own{n}", chain[0]) for n, chain in enumerate(chains)]
    trusted = [(f"ca{n}", der) for n, der in enumerate(anchors)]
    told = "".join(f'<tp:Certificate tp:certId="{i}">{key_info(der)}</tp:Certificate>' for i, der in held + trusted)
    refs = "".join(f'<tp:AnchorCertificateRef tp:certId="{name}"/>' for name, _ in trusted)
    return (
        '<tp:CollaborationProtocolAgreement xmlns:tp="urn:tp" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        "<tp:Start>2020-01-01T00:00:00Z</tp:Start><tp:End>2099-01-01T00:00:00Z</tp:End>"
        f"<tp:PartyInfo>{told}<tp:TrustAnchors>{refs}</tp:TrustAnchors></tp:PartyInfo>"
        "</tp:CollaborationProtocolAgreement>"
    ).encode()


def client_certs(chains: Chains) -> bytes:
    """RFC 9440."""
    told = (
        f"Client-Cert: :{base64_of(own)}:\nClient-Cert-Chain: {', '.join(f':{base64_of(der)}:' for der in chain)}\n"
        for own, *chain in chains
    )
    return "".join(told).encode()


def of_nginx(chains: Chains) -> bytes:
    return "".join(f"X-SSL-Client-Cert: {quote(pem(*chain))}\n" for chain in chains).encode()


def of_envoy(chains: Chains) -> bytes:
    told = (f'By=urn:a;Cert="{quote(pem(own))}";Chain="{quote(pem(own, *chain))}"' for own, *chain in chains)
    return f"X-Forwarded-Client-Cert: {','.join(told)}".encode()


OWN: Final[dict[str, Callable[[Chains], bytes]]] = {
    "KeyDescriptors": lambda chains: metadata_of(("signing", chains[0][0]), ("encryption", chains[1][0])),
    "KeyDescriptors with chains": described,
    "two entities": two_entities,
    "signed metadata": signed_metadata,
    "Java keystore": jks_with_chains,
    "Java keystore, chains reversed": lambda chains: jks_with_chains([list(reversed(chain)) for chain in chains]),
    "x5c": jwks,
    "Secrets": secrets,
    "Secrets in JSON": secrets_in_json,
    "signatures": signatures,
    "security tokens": security_tokens,
    "agreement": agreement,
    "headers of RFC 9440": client_certs,
    "headers of nginx": of_nginx,
    "a header of Envoy": of_envoy,
    "mail with keystores": lambda chains: mail(*(jks_with_chains([chain]) for chain in chains)),
}
"""Files with two places that are somebody's own."""


def mail(*files: bytes) -> bytes:
    parts = "".join(
        f"--X\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        f'Content-Disposition: attachment; filename="{n}"\n\n{base64.encodebytes(data).decode()}\n'
        for n, data in enumerate(files)
    )
    head = 'From: a@b.nl\nTo: c@d.nl\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="X"\n\n'
    return f"{head}{parts}--X--\n".encode()


ELSEWHERE: Final[dict[str, Callable[[Chains], bytes]]] = {
    "PEM": lambda chains: pem(*only_own(chains)),
    "PEM with the chain": lambda chains: pem(*all_of(chains)),
    "PKCS#7": lambda chains: pkcs7_of(*only_own(chains)),
    "PKCS#12 without keys": lambda chains: pkcs12_of(*((f"{n}", c[0], None) for n, c in enumerate(chains))),
    "truststore": lambda chains: jks_of(trusted=only_own(chains)),
    "mail": lambda chains: mail(*map(pem, only_own(chains))),
}
"""Files that say of no certificate whose it is."""


def fingerprint(der: bytes) -> str:
    return pkitools.read_certificate(der).sha256


def assert_judged(found: FileCheck, bad: bytes) -> None:
    judged = {one.facts.sha256: one.report.verdict for one in found.results}
    assert judged.get(fingerprint(bad)) is Verdict.FAILED
    assert found.verdict is Verdict.FAILED
    assert found.count >= 2


def in_order(first: Any, second: Any, bad_first: bool) -> list[Any]:
    return [second, first] if bad_first else [first, second]


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_is_judged_where_it_is_somebodys_own_whatever_it_claims(world: World, claim: str) -> None:
    bad = bad_of(world, claim)
    assert world.judged(pem(bad)).verdict is Verdict.FAILED, "by itself"
    for number, (kind, pack) in enumerate(OWN.items()):
        for bad_first in in_turn((True, False), number, list(CLAIMS).index(claim)):
            own = [world.good.der, *world.chain]
            above = [] if claim == "the root" else [each for each in world.chain if each != bad]
            chains = in_order(own, [bad, *above], bad_first)
            found = world.judged(pack(chains))
            assert fingerprint(world.good.der) in {one.facts.sha256 for one in found.results}, (kind, bad_first)
            assert_judged(found, bad)


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if claim.endswith("name") or "openssl" in claim])
def test_what_was_made_to_connect_is_no_chain(world: World, claim: str) -> None:
    bad = bad_of(world, claim)
    for (kind, pack), bad_first in product(ELSEWHERE.items(), [True, False]):
        found = world.judged(pack(in_order([world.good.der], [bad, *world.chain], bad_first)))
        assert found.count == 2, (kind, bad_first)
        assert_judged(found, bad)


def key_of(issued: IssuedCertificate) -> PrivateKey:
    return wrap_key(issued.key, made_here=True)  # type: ignore[arg-type]  # elliptic, all of them


@pytest.mark.parametrize("claim", sorted({*CLAIMS} - {"the CA of the TSP", "the root"}))
def test_each_whose_private_key_is_in_the_file_is_judged(world: World, claim: str) -> None:
    bad = world.bad[claim]
    key = to_pem("PRIVATE KEY", key_of(bad).native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    entries = [("good", world.good.der, key_of(world.good)), ("", bad.der, key_of(bad))]
    for order in in_turn((entries, entries[::-1]), list(CLAIMS).index(claim)):  # its key is tried for long when opened
        assert_judged(world.judged(pkcs12_of(*order, more=world.chain)), bad.der)
    for order in (entries, entries[::-1]):
        assert_judged(world.judged(pem(*(der for _, der, _ in order), *world.chain) + key), bad.der)


@pytest.mark.parametrize("exchanged", [True, False])
def test_a_key_that_stands_with_another_certificate_of_its_file_is_told(world: World, exchanged: bool) -> None:
    """The product of Secrets in YAML and JSON, and of the key before and behind the certificate."""
    keys = [pooled_key("rsa:2048"), pooled_key("ec:p-256")]
    ders = [made("g4-tls", setting("key", key.public.spki)).der for key in keys]
    standing = list(zip(ders, keys[::-1] if exchanged else keys, strict=True))
    for found in (world.judged(each) for turned in (False, True) for each in with_keys(standing, turned)):
        codes = found.file_report.codes()
        assert ("received.private_key.placed" in codes) is exchanged
        assert "received.private_key.foreign" not in codes
        assert (found.file_report.verdict is Verdict.FAILED) is exchanged


def with_keys(standing: Any, turned: bool) -> Iterator[bytes]:
    """Secrets with a certificate and a key each, as YAML and as JSON."""
    values = [{"tls.crt": base64_of(pem(der)), "tls.key": base64_of(key.pem(None))} for der, key in standing]
    rows = [dict(reversed(each.items())) if turned else each for each in values]
    yield json.dumps({"kind": "List", "items": [{"kind": "Secret", "data": each} for each in rows]}).encode()
    texts = ["".join(f"  {name}: {value}\n" for name, value in each.items()) for each in rows]
    yield "---\n".join(f"kind: Secret\ndata:\n{text}" for text in texts).encode()


# -- no alarm ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OWN)
def test_a_good_certificate_with_its_chain_is_judged_alone_in_every_place(world: World, kind: str) -> None:
    other = world.pki.issue("g4-tls", dns=["other.voorbeeld.nl"])
    above = [*world.chain, world.good.root.der]
    if "reversed" in kind:  # what a keystore shows first is what it stands for
        return
    found = world.judged(OWN[kind]([[world.good.der, *above], [other.der, *above]]))
    assert {one.facts.sha256 for one in found.results} == {fingerprint(each.der) for each in (world.good, other)}
    assert found.verdict is Verdict.PASSED


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_authorities_beside_a_certificate_are_its_chain(world: World, kind: str) -> None:
    above = [*world.chain, world.good.root.der]
    for chains in ([[world.good.der], *([each] for each in above)], [*([each] for each in above), [world.good.der]]):
        found = world.judged(ELSEWHERE[kind](chains))
        assert [one.facts.sha256 for one in found.results] == [fingerprint(world.good.der)]
        assert found.verdict is Verdict.PASSED


def test_what_an_agreement_trusts_is_nobodys_own(world: World) -> None:
    found = world.judged(agreement([[world.good.der]], anchors=[world.chain[0], world.good.root.der]))
    assert [one.facts.sha256 for one in found.results] == [fingerprint(world.good.der)]
    assert found.verdict is Verdict.PASSED


def test_an_old_root_without_key_usage_is_the_chain_of_what_it_issued(world: World) -> None:
    from tests.support.chains import BC, basic_constraints, issue

    root = issue("Old Root", defaults={BC: (True, basic_constraints(True))})
    leaf = issue("leaf.example.nl", root)
    for order in ([leaf.der, root.der], [root.der, leaf.der]):
        found = world.judged(pem(*order))
        assert [one.facts.sha256 for one in found.results] == [fingerprint(leaf.der)]
