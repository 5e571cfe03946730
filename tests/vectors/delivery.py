"""Vectors of :mod:`pkitools.checking.delivery.checks`: files with a chain, each with one thing about it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking.delivery.checks import check_delivery
from pkitools.containers import ItemKind, read_source
from pkitools.containers.protection import KeystoreProtection, Protection
from pkitools.findings import Report
from pkitools.trust import embedded_certificates
from pkitools.x509 import read_certificate
from tests.support import chains
from tests.support.chains import good_chain
from tests.support.deliveries import jks_of
from tests.support.pem_forms import plain
from tests.support.requests import pooled_key
from tests.vectors import Vector


def report(data: Callable[[], bytes], *, keystore: KeystoreProtection | None = None) -> Callable[[], Report]:
    def make() -> Report:
        contents = replace(read_source(data(), "f"), keystore=keystore)
        read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
        return Report("f", check_delivery(contents, read, raise_crashes=True))

    return make


def jwks(*names: str) -> Callable[[], Report]:
    chain = [base64.b64encode(getattr(good_chain(), name).der).decode() for name in names]
    return report(json.dumps({"keys": [{"kty": "EC", "x5c": chain}]}).encode)


def protected(cipher: str, scheme: str) -> Callable[[], Report]:
    """A keystore whose key is protected so; the certificates do not matter."""
    keystore = KeystoreProtection(Protection(cipher, scheme, 2048), None, Protection("HMAC SHA-256", "PKCS#12 KDF"))
    return report(lambda: plain([good_chain().leaf.der]), keystore=keystore)


def keystore(trusted: Callable[[], bytes]) -> Callable[[], Report]:
    """A keystore with a key of its own, and another certificate without one."""
    return report(lambda: jks_of(("own", good_chain().leaf.der, pooled_key()), trusted=[trusted()]))


def file_of(*names: str) -> Callable[[], Report]:
    return report(lambda: plain([getattr(good_chain(), name).der for name in names]))


def with_foreign() -> bytes:
    chain = good_chain()
    return plain([chain.leaf.der, chain.tsp.der, chain.domain.der, chains.authority("Elsewhere", chain.root).der])


@cache
def bundle(*levels: str) -> bytes:
    """The authorities of Private G1 that are carried, of these levels."""
    of_g1 = [each for each in embedded_certificates() if each.hierarchy and each.hierarchy.name == "g1-private"]
    return plain([each.der for each in of_g1 if each.level in levels])


def mail(*, key: bool) -> bytes:
    message = EmailMessage()
    message["Subject"] = "certificaat"
    message.set_content("Bijgaand.")
    chain = plain([good_chain().leaf.der, *good_chain().intermediates])
    message.add_attachment(chain, maintype="application", subtype="x-pem-file", filename="a.pem")
    if key:
        own = good_chain().leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        message.add_attachment(own, maintype="application", subtype="x-pem-file", filename="a.key")
    return message.as_bytes()


def brought(*, ended: bool) -> Callable[[], Report]:
    """A file with an authority in the middle that ended, or has not, and the path that others prove."""

    def make() -> Report:
        chain = good_chain()
        ends = chains.MOMENT - timedelta(days=1) if ended else chains.END
        middle = chains.authority("TSP", chain.domain, own_key=chain.tsp.key, subject=chain.tsp.subject, end=ends)
        contents = read_source(plain([chain.leaf.der, middle.der, chain.domain.der]), "f")
        read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
        path = [read_certificate(each.der) for each in (chain.leaf, chain.tsp, chain.domain, chain.root)]
        return Report("f", check_delivery(contents, read, paths=[path], moment=chains.MOMENT, raise_crashes=True))

    return make


GOOD = file_of("leaf", "tsp", "domain")

VECTORS = [
    Vector("delivery.chain.complete", file_of("leaf"), GOOD),
    Vector("delivery.chain.valid", brought(ended=True), brought(ended=False)),
    Vector("delivery.chain.order", file_of("leaf", "domain", "tsp"), GOOD),
    Vector("delivery.jwk.order", jwks("tsp", "leaf"), jwks("leaf", "tsp")),
    Vector("delivery.chain.root", file_of("leaf", "tsp", "domain", "root"), GOOD),
    Vector("delivery.chain.foreign", report(with_foreign), GOOD),
    Vector("delivery.certificate.twice", file_of("leaf", "tsp", "tsp", "domain"), GOOD),
    Vector(
        "delivery.bundle.gap",
        report(lambda: bundle("root", "tsp")),
        report(lambda: bundle("root", "domain", "tsp")),
    ),
    Vector("delivery.text.readable", report(lambda: b"  " + plain([good_chain().leaf.der])), GOOD),
    Vector("delivery.private_key.enclosed", report(lambda: mail(key=True)), report(lambda: mail(key=False))),
    Vector(
        "delivery.keystore.readable",
        protected("RC2-40", "PKCS#12 KDF SHA-1"),
        protected("AES-256-CBC", "PBKDF2 SHA-256"),
    ),
    Vector(
        "delivery.keystore.trusted",
        keystore(lambda: chains.end_entity("peer", good_chain().tsp).der),
        keystore(lambda: good_chain().tsp.der),
    ),
]
