"""The names that a connection states, held against those in a certificate or a request."""

from __future__ import annotations

from pkitools.checking.own_names import same_name
from pkitools.connections.model import Connection
from pkitools.portfolio import HeldCertificate, HeldRequest
from pkitools.portfolio.waiting import names_of


def bears_name(found: HeldCertificate | HeldRequest, connection: Connection) -> bool:
    """Return whether a certificate or request bears the name that a connection states; without one any will do."""
    names = names_of(found)
    if connection.common_name is not None:
        return same_name(connection.common_name) in names
    return not connection.dns or any(same_name(name) in names for name in connection.dns)


def lacking_names(certificate: HeldCertificate, connection: Connection) -> tuple[str, ...]:
    """Return the host names that a connection states and a certificate lacks: all of them where it has none at all.

    One in the common name alone is none: who looks for a host reads the subjectAltName (RFC 9525).
    """
    names = set(map(same_name, certificate.dns_names))
    return tuple(name for name in connection.dns if same_name(name) not in names)


def says_nothing(name: str) -> bool:
    """Return whether a text names nothing: it is blank, or dots and dashes alone."""
    return not any(map(str.isalnum, name))


def is_for(request: HeldRequest, connection: Connection, certificate: HeldCertificate | None) -> bool:
    """Return whether a request is for the certificate of a connection: by its name, stated or as it has it now.

    Args:
        request: it.
        connection: whose it may be.
        certificate: what the connection has.
    """
    if not names_of(request) or not bears_name(request, connection):
        return not names_of(request)
    if certificate is None or connection.common_name is not None or connection.dns:
        return True
    return not names_of(certificate).isdisjoint(names_of(request))
