"""Does a certificate name this TLS host? (RFC 9525, RFC 6125): only asked with ``host=``.

Names are those of the subject alternative name, never the common name. A wildcard stands for one whole left-most label.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from pkitools.arguments import text
from pkitools.errors import InvalidValueError
from pkitools.text import joined, pattern
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError
from pkitools.x509.names import DNS, IP
from pkitools.x509.oids import SUBJECT_ALTERNATIVE_NAME
from pkitools.x509.path_certificate import PathCertificate

_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# names with an underscore are in use, against RFC 1123: the strict rules say so, finding a host does not
_HOST_NAME: Final = pattern(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
DNS_NAME: Final = pattern(rf"(\*\.)?({_LABEL}\.)*{_LABEL}")
"""A name in lower case as RFC 1123 has it, or such a name behind one wildcard label."""


def alternative_names(certificate: PathCertificate) -> list[tuple[int, bytes]]:
    """Return the subject alternative names as (tag, contents).

    Raises:
        DERError: malformed.
    """
    _critical, value = certificate.extensions.get(SUBJECT_ALTERNATIVE_NAME, (False, b""))
    if not value:
        return []
    return [(n[0], asn1.contents(value, n)) for n in asn1.children(value, asn1.root(value, asn1.SEQUENCE))]


def require_host(host: str) -> None:
    """Raise :class:`~pkitools.errors.InvalidValueError` for what is no DNS name in ASCII and no address."""
    name = _plain(text(host, "host"))
    if _address(host) is None and (not _HOST_NAME.fullmatch(name) or name.startswith("*")):
        raise InvalidValueError("validation.error.host", host=host)


def names_host(certificate: PathCertificate, host: str) -> bool:
    """Whether the certificate names ``host``.

    Args:
        certificate: the end entity.
        host: a DNS name in ASCII, or an IPv4 or IPv6 address.

    Raises:
        InvalidValueError: ``host`` is neither.
    """
    require_host(host)
    wanted = _address(host)
    try:
        names = alternative_names(certificate)
    except DERError:
        return False
    if wanted is not None:
        return any(tag == IP and value == wanted for tag, value in names)
    name = _plain(host)
    return any(tag == DNS and _dns_matches(value, name) for tag, value in names)


def presented(certificate: PathCertificate, limit: int) -> str:
    """Return the DNS names and addresses of a certificate for people, ``limit`` of them at most."""
    try:
        names = [shown_name(tag, value) for tag, value in alternative_names(certificate) if tag in {DNS, IP}]
    except DERError:
        return "?"
    return joined(names, limit) or "-"


def shown_name(tag: int, value: bytes) -> str:
    """Return one name for people: not made safe."""
    if tag == IP:
        return str(ip_address(value)) if len(value) in {4, 16} else value.hex()
    return value.decode("ascii", "backslashreplace")


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")


def _address(host: str) -> bytes | None:
    try:
        return ip_address(host.strip("[]")).packed
    except ValueError:
        return None


def _dns_matches(value: bytes, name: str) -> bool:
    if not value.isascii():
        return False
    pattern = value.decode("ascii").lower()
    if not _HOST_NAME.fullmatch(pattern):
        return False
    if not pattern.startswith("*."):
        return pattern == name
    _label, dot, rest = name.partition(".")
    # "*.nl" would stand for every name there is
    return bool(dot) and rest == pattern[2:] and "." in rest
