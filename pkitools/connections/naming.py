"""The names that a connection states, held against those in a certificate or a request."""

from __future__ import annotations

from pkitools.checking.own_names import same_name
from pkitools.connections.model import Connection
from pkitools.portfolio import HeldCertificate, HeldRequest
from pkitools.portfolio.waiting import names_of


def bears_name(found: HeldCertificate | HeldRequest, connection: Connection) -> bool:
    """Return whether a certificate or request bears the name that a connection states; without one any will do."""
    stated = _stated(connection)
    return not stated or not stated.isdisjoint(names_of(found))


def _stated(connection: Connection) -> set[str]:
    names = connection.dns if connection.common_name is None else (connection.common_name,)
    return set(map(same_name, names))


def lacking_names(certificate: HeldCertificate, connection: Connection) -> tuple[str, ...]:
    """Return the host names that a connection states and a certificate lacks: all of them where it has none at all.

    One in the common name alone is none: who looks for a host reads the subjectAltName (RFC 9525).
    """
    names = set(map(same_name, certificate.dns_names))
    return tuple(name for name in connection.dns if same_name(name) not in names)


def says_nothing(name: str) -> bool:
    """Return whether a text names nothing: it is blank, or dots and dashes alone."""
    return not any(map(str.isalnum, name))


def asked_names(connection: Connection, certificate: HeldCertificate | None) -> set[str] | None:
    """Return the names of which a request for a connection bears one: stated, or as it has them now.

    Args:
        connection: it.
        certificate: what it has.

    Returns:
        ``None`` where nothing says which.
    """
    return _stated(connection) or (None if certificate is None else names_of(certificate))
