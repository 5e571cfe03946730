"""Which certificate a connection is held to have of those at its places, and which private key to be meant for that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from pkitools.connections.model import Connection
from pkitools.findings import Verdict
from pkitools.portfolio import HeldCertificate
from pkitools.portfolio.where import same_place

_RANK: Final = {Verdict.PASSED: 2, Verdict.INDETERMINATE: 1, Verdict.FAILED: 0, None: 0}


def best_of(certificates: Iterable[HeldCertificate], moment: datetime) -> HeldCertificate | None:
    """Return the certificate that a connection is held to have: not ended, then the best, then the last.

    Args:
        certificates: those of its holder at its places, for its name.
        moment: as of when, aware UTC.
    """
    return max(
        certificates,
        key=lambda one: (one.not_after >= moment, _RANK[one.own_verdict], one.ends, one.sha256),
        default=None,
    )


def key_file_of(certificate: HeldCertificate, keys: Mapping[str, str]) -> str | None:
    """Return a file with the private key of a certificate; ``None`` where none was found.

    Args:
        certificate: it.
        keys: the files with private keys, by their public keys.
    """
    beside = (place.name for place in certificate.places if place.with_key)
    return next(beside, None) or keys.get(certificate.spki_sha256)


def key_meant_for(
    certificate: HeldCertificate, connection: Connection, keys: Mapping[str, str], stray: Collection[str]
) -> str | None:
    """Return the private key that a connection names and that is held to be meant for its certificate.

    Args:
        certificate: that of the connection.
        connection: it.
        keys: the files with private keys, by their public keys.
        stray: those whose key is of no certificate or request, as
            :func:`~pkitools.portfolio.where.same_place` has them.

    Returns:
        ``None`` where the certificate has its own, or the connection names no key that is of nothing.
    """
    if key_file_of(certificate, keys) is not None:
        return None
    return next((name for name in connection.files if same_place(name) in stray), None)
