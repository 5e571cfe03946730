"""A chain as presented: which of its certificates is the one it is about."""

from __future__ import annotations

from collections.abc import Iterable

from pkitools.x509 import read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders


def end_entity_first(certificates: Given | Iterable[Given]) -> tuple[bytes, ...]:
    """Return the DER of the certificates with the end entity first; the others keep their order.

    TSPs deliver chains in either order. The end entity is the first that is no CA; among CAs only, the one that issued
    none of the others.
    """
    ders = several_ders(certificates, CERTIFICATE, "certificates")
    if len(ders) < 2:
        return ders
    facts = [read_certificate(der) for der in ders]
    issuers = {f.issuer.der for f in facts if not f.is_self_issued}
    ranked = sorted(range(len(facts)), key=lambda n: (facts[n].is_ca, facts[n].subject.der in issuers))
    first = ranked[0]
    return (ders[first], *(der for n, der in enumerate(ders) if n != first))
