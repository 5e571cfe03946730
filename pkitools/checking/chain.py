"""A chain as presented: which of its certificates is the one it is about."""

from __future__ import annotations

from collections.abc import Sequence

from pkitools.x509 import read_certificate


def end_entity_first(certificates: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the certificates (DER) with the end entity first; the others keep their order.

    TSPs deliver chains in either order. The end entity is the first that is no CA; among CAs only, the one that issued
    none of the others.
    """
    if len(certificates) < 2:
        return tuple(certificates)
    facts = [read_certificate(der) for der in certificates]
    issuers = {f.issuer.der for f in facts if not f.is_self_issued}
    ranked = sorted(range(len(facts)), key=lambda n: (facts[n].is_ca, facts[n].subject.der in issuers))
    first = ranked[0]
    return (certificates[first], *(der for n, der in enumerate(certificates) if n != first))
