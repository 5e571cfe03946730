"""Vectors of :mod:`pkitools.checking.authorities`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from pkitools.checking.authorities import AuthoritiesContext, Compromise, check_authorities
from pkitools.findings import Report
from pkitools.trust import catalogue, embedded_certificates
from pkitools.x509 import CertificateFacts, read_certificate
from tests.support.chains import authority
from tests.vectors import Vector

MOMENT = datetime(2026, 11, 26, tzinfo=UTC)


@cache
def real() -> CertificateFacts:
    return read_certificate(next(c for c in embedded_certificates() if c.common_name.startswith("KPN PKIo")).der)


def imitation() -> CertificateFacts:
    return read_certificate(authority("imitation", subject=real().subject.der).der)


def known_as(name: str) -> CertificateFacts:
    """A certificate with the fingerprint of the one the catalogue knows by this name: its DER is not at hand."""
    entry = next(entry for entry in catalogue().entries if entry.name == name and entry.revoked)
    return replace(real(), sha256=entry.sha256 or "")


def report(facts: CertificateFacts) -> Report:
    return Report("vector", check_authorities(AuthoritiesContext((facts,), MOMENT), raise_crashes=True))


def with_key(compromised: bool) -> Report:
    key, said = real().public_key.spki, Compromise("00" * 32, "keyCompromise", MOMENT, "Some root")
    listed = {key: said} if compromised else {}
    context = AuthoritiesContext((real(), real()), MOMENT, True, beside=(real(),), compromised=listed)
    return Report("vector", check_authorities(context, raise_crashes=True))


VECTORS = [
    Vector("trust.authority.key-compromised", lambda: with_key(True), lambda: with_key(False)),
    Vector("trust.authority.impersonation", lambda: report(imitation()), lambda: report(real())),
    Vector(
        "trust.authority.revoked",
        lambda: report(known_as("DigiNotar PKIoverheid CA Organisatie - G2")),
        lambda: report(real()),
    ),
]
