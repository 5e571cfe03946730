"""Requests that wait for their certificate, and which certificate one asks the next of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from pkitools.checking.own_names import compared
from pkitools.portfolio.model import HeldCertificate, HeldRequest, Portfolio


def waiting(portfolio: Portfolio) -> Iterator[HeldRequest]:
    """Yield the requests for whose key there is no certificate among what was found."""
    return (one for one in portfolio.requests if not portfolio.having(one.spki_sha256))


def request_for_next(certificate: HeldCertificate, portfolio: Portfolio) -> HeldRequest | None:
    """Return a request beside a certificate, of its holder and for a name of it, for which there is no certificate yet.

    Without an OIN nobody knows whose it is, and what lies in another folder may be for the other environment.
    """
    if certificate.oin is None or not portfolio.requests:
        return None
    folders = {PurePath(place.name).parent for place in certificate.places}
    beside = (one for one in portfolio.requests if PurePath(one.place.name).parent in folders)
    own = (one for one in beside if asks_the_same(one, certificate))
    return next((one for one in own if not portfolio.having(one.spki_sha256)), None)


def asks_the_same(request: HeldRequest, certificate: HeldCertificate) -> bool:
    """Return whether a request is of the holder of a certificate, by its OIN, and for a name of it."""
    is_of_holder = certificate.oin is not None and request.oin == certificate.oin
    return is_of_holder and not names_of(request).isdisjoint(names_of(certificate))


def names_of(found: HeldCertificate | HeldRequest) -> set[str]:
    """Return the names in a certificate or a request, as they are compared."""
    return compared((found.common_name, *found.dns_names))
