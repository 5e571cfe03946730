"""The names that a connection states, held against those in a certificate or a request."""

from __future__ import annotations

from typing import Final

from pkitools.connections.model import Connection
from pkitools.portfolio import HeldCertificate, HeldRequest
from pkitools.profiles.dns_names import a_label

_TRIAL: Final = "trial "  # the test CAs of G4 put it in front


def bears_name(found: HeldCertificate | HeldRequest, connection: Connection) -> bool:
    """Return whether a certificate or request bears the name that a connection states; without one any will do."""
    names = _names(found)
    if connection.common_name is not None:
        return _same(connection.common_name) in names
    return not connection.dns or any(_same(name) in names for name in connection.dns)


def lacking_names(certificate: HeldCertificate, connection: Connection) -> tuple[str, ...]:
    """Return the host names that a connection states and a certificate lacks: all of them where it has none at all.

    One in the common name alone is none: who looks for a host reads the subjectAltName (RFC 9525).
    """
    names = set(map(_same, certificate.dns_names))
    return tuple(name for name in connection.dns if _same(name) not in names)


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
    if not _names(request) or not bears_name(request, connection):
        return not _names(request)
    if certificate is None or connection.common_name is not None or connection.dns:
        return True
    return not _names(certificate).isdisjoint(_names(request))


def _names(found: HeldCertificate | HeldRequest) -> set[str]:
    given = (found.common_name, *found.dns_names)
    return {_same(name) for name in given if name}


def _same(name: str) -> str:
    """Return a name as it is compared: it may be stated as it is read, and stands in a certificate as it is sent."""
    written = name if name.isascii() else a_label(name)
    known = written if written.isascii() else name  # of which nobody can tell how it is sent
    return known.strip().casefold().rstrip(".").removeprefix(_TRIAL)
