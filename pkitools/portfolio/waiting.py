"""Requests that wait for their certificate, and which certificate one asks the next of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set

from pkitools.checking.own_names import compared
from pkitools.portfolio.model import HeldCertificate, HeldRequest, Portfolio
from pkitools.portfolio.where import folder_of


def waiting(portfolio: Portfolio) -> Iterator[HeldRequest]:
    """Yield the requests for whose key there is no certificate among what was found."""
    issued = {one.spki_sha256 for one in portfolio.certificates} if portfolio.requests else ()
    return (one for one in portfolio.requests if one.spki_sha256 not in issued)


def waiting_for(
    requests: Iterable[HeldRequest],
    is_issued: Callable[[str], object],
    oin: str,
    names: Set[str] | None,
    *,
    is_stated: bool = False,
) -> HeldRequest | None:
    """Return the first request for the certificate of a holder, for one of some names, that waits for it.

    Args:
        requests: those that lie where it would.
        is_issued: whether there is a certificate for a public key, by its SHA-256.
        oin, names, is_stated: as of :func:`asks_for`.
    """
    fitting = (one for one in requests if asks_for(one, oin, names, is_stated=is_stated))
    return next((one for one in fitting if not is_issued(one.spki_sha256)), None)


def asks_for(request: HeldRequest, oin: str, names: Set[str] | None, *, is_stated: bool = False) -> bool:
    """Return whether a request is for the certificate of a holder, for one of some names.

    Another OIN or other names say that it is not. An OIN that it does not give says nothing: who issues adds it. One
    without a name may be for anything, and is for this only where somebody says whose place it lies at.

    Args:
        request: it.
        oin: that of the holder.
        names: of which it is to bear one, as they are compared; ``None``: any will do.
        is_stated: it lies at a place that is said to be that of the holder, for this use.
    """
    own = names_of(request)
    if request.oin not in {None, oin}:
        return False
    return (names is None or not own.isdisjoint(names)) if own else is_stated


def request_for_next(certificate: HeldCertificate, portfolio: Portfolio) -> HeldRequest | None:
    """Return a request of the holder of a certificate, for a name of it, for which there is no certificate yet.

    It lies beside it, or at a place of a connection that claims it. Without an OIN nobody knows whose it is, and what
    lies in another folder that no connection has may be for the other environment.
    """
    oin = certificate.oin
    if oin is None or not (portfolio.requests or portfolio.requests_of):
        return None
    folders, names = {folder_of(place.name) for place in certificate.places}, names_of(certificate)
    beside = (one for one in portfolio.requests if folder_of(one.place.name) in folders)
    connections = (judgement.connection or "" for judgement in certificate.judgements)
    claimed = (one for name in connections for one in portfolio.requests_of.get(name, ()))
    found = waiting_for(beside, portfolio.having, oin, names)
    return found or waiting_for(claimed, _is_issued, oin, names, is_stated=True)


def _is_issued(_: str) -> bool:
    return False  # those for which there is a certificate are not among them


def asks_the_same(request: HeldRequest, certificate: HeldCertificate) -> bool:
    """Return whether a request that lies with a certificate is for the next of it."""
    return certificate.oin is not None and asks_for(request, certificate.oin, names_of(certificate))


def names_of(found: HeldCertificate | HeldRequest) -> set[str]:
    """Return the names in a certificate or a request, as they are compared."""
    return compared((found.common_name, *found.dns_names))
