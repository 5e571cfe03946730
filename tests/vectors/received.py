"""Vectors of what is expected of a certificate, and of the private keys that lie beside it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pkitools.checking import Expectation, check_file
from pkitools.checking.beside import check_keys_beside
from pkitools.checking.private_keys import check_private_keys
from pkitools.checking.received import check_received
from pkitools.containers import read_source
from pkitools.findings import Report
from pkitools.requests.keys import to_pem, wrap_key
from pkitools.x509 import oin_from_certificate
from tests.support.certificates import Change, alternative, giving, made, setting
from tests.support.chains import end_entity, good_chain
from tests.support.deliveries import pem
from tests.support.der import tlv
from tests.support.requests import dns, extension, pooled_key, request, subject
from tests.vectors import Vector

Make = Callable[[], Report]
OTHER_OIN = "00000001001516814000"
HOST = "api.voorbeeld.nl"
COMMITMENT_ONLY = extension("2.5.29.15", b"\x03\x02\x06\x40")  # nonRepudiation


def held(changes: Sequence[Change], expected: Callable[[], Expectation]) -> Make:
    """Make the report on the good certificate, for the pooled key, with changes."""

    def make() -> Report:
        facts = made("g4-tls", setting("key", pooled_key().public.spki), *changes)
        outcomes = check_received(facts, oin_from_certificate(facts).oin, expected(), raise_crashes=True)
        return Report("received", outcomes)

    return make


def told(*changes: Change, **expected: Any) -> Make:
    return held(changes, lambda: Expectation(**{k: v() if callable(v) else v for k, v in expected.items()}))


def asked(*changes: Change, names: Sequence[str] = (HOST,), extensions: Sequence[bytes] = (), **values: Any) -> Make:
    """Make the report on the certificate beside a request with this subject."""

    def wanted() -> Expectation:
        rdns = subject(**{"CN": HOST, **values})
        return Expectation(request=request(rdns, *([dns(*names)] if names else []), *extensions))

    return held(changes, wanted)


def _changed(der: bytes) -> bytes:
    return der[:-1] + bytes([der[-1] ^ 1])


def file(*parts: Callable[[], bytes], passphrase: bytes | None = None) -> Make:
    """Make the report on the private keys of a file with the certificate of the pooled key and these parts."""

    def make() -> Report:
        data = b"".join(part() for part in parts)
        keys = {pooled_key().public.spki_sha256}
        outcomes = check_private_keys(read_source(data, "f", passphrase=passphrase), keys, passphrase)
        return Report("file", outcomes)

    return make


def beside(key: Callable[[], bytes], certificate: str = "b.pem") -> Make:
    """Make the report on a.key beside a file with the certificate of the pooled key."""

    def make() -> Report:
        files = {"a.key": read_source(key(), "a.key")}
        keys = frozenset({pooled_key().public.spki_sha256})
        return Report("together", check_keys_beside(files, {certificate: keys}))

    return make


def swapped(*, turned: bool) -> Make:
    """Make the report on the private keys of two Secrets in one file, each with a certificate and its key, or not."""

    def make() -> Report:
        keys = [pooled_key(), pooled_key("ec:p-256")]
        ders = [made("g4-tls", setting("key", key.public.spki)).der for key in keys]
        beside_them = reversed(keys) if turned else keys
        secrets = [
            {"kind": "Secret", "data": {"tls.crt": in_base64(der), "tls.key": in_base64(key.pem(None))}}
            for der, key in zip(ders, beside_them, strict=True)
        ]
        data = json.dumps({"kind": "List", "items": secrets}).encode()
        moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
        return check_file(data, moment=moment, environment="preproduction", name="f").file_report

    return make


def chained(whose: str) -> Make:
    """Make the report on a file with a certificate, the authority above it, another and the private key of one."""

    def make() -> Report:
        found = good_chain()
        issued = {"leaf": found.leaf, "tsp": found.tsp, "other": end_entity("other.example.nl", found.tsp)}
        key = wrap_key(issued[whose].key, made_here=True)
        data = pem(*(each.der for each in issued.values())) + key.pem(None)
        moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
        return check_file(data, moment=moment, environment="preproduction", name="f").file_report

    return make


def in_base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def own() -> bytes:
    return pooled_key().pem(None)


def foreign() -> bytes:
    return pooled_key("ec:p-256").pem(None)


def locked() -> bytes:
    return pooled_key().pem(b"geheim")


def metadata() -> bytes:
    start = b'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x">'
    return start + own() + b"</md:EntityDescriptor>"


def keystore() -> bytes:
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

    return pkcs12.serialize_key_and_certificates(b"a", pooled_key().native, None, None, NoEncryption())


good = asked()
LOCALITY = {"L": "Den Haag"}

PAIRS: dict[str, tuple[Make, Make]] = {
    "received.oin.match": (told(oin=OTHER_OIN), told(oin="00000003273229750000")),
    "received.organization.match": (told(organization="Gemeente Elders"), told(organization="Gemeente Voorbeeld")),
    "received.organization.spelling": (
        told(organization="gemeente Voorbééld"),
        told(organization="Gemeente Voorbeeld"),
    ),
    "received.key.match": (told(key=lambda: pooled_key("ec:p-256")), told(key=pooled_key)),
    "received.request.key": (told(request=lambda: request(subject(CN=HOST), key=pooled_key("ec:p-256"))), good),
    "received.request.signature": (told(request=lambda: _changed(request(subject(CN=HOST)))), good),
    "received.request.readable": (asked(names=(), extensions=[extension("2.5.29.17", b"\x30\x05")]), good),
    "received.request.oin": (asked(serialNumber=OTHER_OIN), good),
    "received.request.common_name": (asked(CN="www.voorbeeld.nl"), good),
    "received.request.dns_missing": (asked(names=(HOST, "www.voorbeeld.nl")), good),
    "received.request.organization": (asked(O="Gemeente Elders"), good),
    "received.request.organization_spelling": (asked(O="GEMEENTE VOORBEELD"), good),
    "received.request.dropped": (asked(**LOCALITY), asked(giving("L", "Den Haag"), **LOCALITY)),
    "received.request.organization_identifier": (
        asked(organizationIdentifier=None),
        asked(giving("organizationIdentifier"), organizationIdentifier=None),
    ),
    "received.request.subject": (asked(giving("L", "Den Haag")), good),
    "received.request.names": (
        asked(alternative(tlv(0x82, HOST.encode()), tlv(0x82, b"www.voorbeeld.nl"))),
        good,
    ),
    "received.request.key_usage": (asked(extensions=[COMMITMENT_ONLY]), good),
    "received.private_key.foreign": (file(foreign), file(own)),
    "received.private_key.authority": (chained("tsp"), chained("leaf")),
    "received.private_key.first": (chained("other"), chained("leaf")),
    "received.private_key.enclosed": (file(own), file(keystore)),
    "received.private_key.published": (file(metadata), file(own)),
    "received.private_key.beside": (beside(foreign), beside(own)),
    "received.private_key.named": (beside(foreign, "a.pem"), beside(own, "a.pem")),
    "received.private_key.placed": (swapped(turned=True), swapped(turned=False)),
    "received.public_key.beside": (
        beside(lambda: to_pem("PUBLIC KEY", pooled_key("ec:p-256").public.spki), "a.pem"),
        beside(lambda: to_pem("PUBLIC KEY", pooled_key().public.spki), "a.pem"),
    ),
    "received.request.next": (
        beside(lambda: request(subject(CN=HOST), key=pooled_key("ec:p-256"))),
        beside(lambda: request(subject(CN=HOST))),
    ),
    "received.request.beside": (
        beside(lambda: request(subject(CN=HOST), key=pooled_key("ec:p-256")), "a.pem"),
        beside(lambda: request(subject(CN=HOST)), "a.pem"),
    ),
    "received.private_key.compared": (file(locked), file(own)),
}

VECTORS = [Vector(code, violates, meets) for code, (violates, meets) in PAIRS.items()]
