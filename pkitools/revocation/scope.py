"""Which certificates a CRL speaks about: issuingDistributionPoint against cRLDistributionPoints (RFC 5280 6.3.3 (b)).

A *point* of a certificate names where its CRL is, and may narrow it to some reasons or to a CRL issuer. A list whose
issuingDistributionPoint carries a name is the list of the points with that name only; one without is the complete list
of its issuer and serves every point. :rfc:`5280` 6.3.3 is followed, except that *every* point must be covered: where
the first point's list is good and the second's cannot be had, nothing is known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pkitools.crl.reading import CertificateRevocationList
from pkitools.frozen import dataclass
from pkitools.x509 import der as asn1
from pkitools.x509 import der_writing as encode
from pkitools.x509.der import DERError, Node
from pkitools.x509.name_matching import canonical_name
from pkitools.x509.names import DIRECTORY, URI
from pkitools.x509.oids import CRL_DISTRIBUTION_POINTS, ISSUING_DISTRIBUTION_POINT
from pkitools.x509.path_certificate import PathCertificate

ALL_REASONS: Final = 0b1_1111_1110
"""Bits 1 (keyCompromise) to 8 (aACompromise) of ReasonFlags; bit 0 is unused."""

# DistributionPoint (RFC 5280 4.2.1.13)
_POINT_NAME, _POINT_REASONS, _CRL_ISSUER = asn1.explicit(0), asn1.context(1), asn1.explicit(2)
# DistributionPointName
_FULL_NAME, _RELATIVE_NAME = asn1.explicit(0), asn1.explicit(1)
# IssuingDistributionPoint (RFC 5280 5.2.5)
_LIST_NAME, _ONLY_USER, _ONLY_CA = asn1.explicit(0), asn1.context(1), asn1.context(2)
_LIST_REASONS, _INDIRECT, _ONLY_ATTRIBUTE = asn1.context(3), asn1.context(4), asn1.context(5)
_LIST_FIELDS: Final = (_LIST_NAME, _ONLY_USER, _ONLY_CA, _LIST_REASONS, _INDIRECT, _ONLY_ATTRIBUTE)
_FLAGS: Final = (_ONLY_USER, _ONLY_CA, _ONLY_ATTRIBUTE, _INDIRECT)
_MAX_POINTS: Final = 20


@dataclass(frozen=True, slots=True)
class PointScope:
    """One distribution point of a certificate.

    Args:
        names: its names in a form that compares; empty when it has none of its own.
        uris: those of them that are URIs, as text, in encoded order: places of one and the same list.
        reasons: ReasonFlags as bits, counted from 0.
        crl_issuer: names of another CRL issuer; empty when the certificate's issuer makes the list.
    """

    names: frozenset[bytes] = frozenset()
    uris: tuple[str, ...] = ()
    reasons: int = ALL_REASONS
    crl_issuer: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class ListScope:
    """The issuingDistributionPoint of a list; the defaults are those of a list without one."""

    names: frozenset[bytes] = frozenset()
    only_user: bool = False
    only_ca: bool = False
    only_attribute: bool = False
    reasons: int = ALL_REASONS
    indirect: bool = False


_EVERYTHING: Final = ListScope()
IMPLICIT_POINT: Final = PointScope()
"""What a certificate without distribution points has: the complete list of its issuer."""


def points_of(certificate: PathCertificate) -> tuple[PointScope, ...]:
    """Return the distribution points of a certificate; without the extension the implicit one.

    Raises:
        DERError: the extension is malformed.
    """
    found = certificate.extensions.get(CRL_DISTRIBUTION_POINTS)
    if found is None:
        return (IMPLICIT_POINT,)
    return _points(found[1], certificate.issuer)


@lru_cache(maxsize=64)  # an authority has the same in all that it issues
def _points(value: bytes, issuer: bytes) -> tuple[PointScope, ...]:
    nodes = asn1.children(value, asn1.root(value, asn1.SEQUENCE))
    if not 1 <= len(nodes) <= _MAX_POINTS:
        raise DERError("how_many", count=len(nodes), kind="DistributionPoint")
    return tuple([_point(value, node, issuer) for node in nodes])


def _point(value: bytes, node: Node, issuer: bytes) -> PointScope:
    parts = asn1.fields(value, asn1.expect(node, asn1.SEQUENCE), _POINT_NAME, _POINT_REASONS, _CRL_ISSUER)
    crl_issuer = _names(value, asn1.children(value, parts[_CRL_ISSUER])) if _CRL_ISSUER in parts else frozenset()
    relative_to = _directory_name(value, parts[_CRL_ISSUER]) if _CRL_ISSUER in parts else issuer
    names: frozenset[bytes] = frozenset()
    uris: tuple[str, ...] = ()
    if _POINT_NAME in parts:
        names, uris = _point_names(value, asn1.only_child(value, parts[_POINT_NAME]), relative_to)
    reasons = _reasons(value, parts[_POINT_REASONS]) if _POINT_REASONS in parts else ALL_REASONS
    if not (names or crl_issuer):
        raise DERError("is_none", node[1], kind="DistributionPoint")
    return PointScope(names, uris, reasons, crl_issuer)


def scope_of(crl: CertificateRevocationList) -> ListScope:
    """Return what a list says it covers.

    Raises:
        DERError: the extension is malformed.
    """
    found = crl.extensions.get(ISSUING_DISTRIBUTION_POINT)
    if found is None:
        return _EVERYTHING
    return _list_scope(found[1], crl.issuer)


@lru_cache(maxsize=64)
def _list_scope(value: bytes, issuer: bytes) -> ListScope:
    parts = asn1.fields(value, asn1.root(value, asn1.SEQUENCE), *_LIST_FIELDS)
    names = frozenset[bytes]()
    if _LIST_NAME in parts:
        names, _ = _point_names(value, asn1.only_child(value, parts[_LIST_NAME]), issuer)
        if not names:
            raise DERError("is_empty", kind="DistributionPointName")
    flags = {tag: tag in parts and asn1.boolean(value, parts[tag], tag) for tag in _FLAGS}
    reasons = _reasons(value, parts[_LIST_REASONS]) if _LIST_REASONS in parts else ALL_REASONS
    return ListScope(names, flags[_ONLY_USER], flags[_ONLY_CA], flags[_ONLY_ATTRIBUTE], reasons, flags[_INDIRECT])


def _reasons(value: bytes, node: Node) -> int:
    octets, _ = asn1.bit_string(value, node, node[0])
    bits = 0
    for number in range(min(9, 8 * len(octets))):
        if octets[number >> 3] & 0x80 >> (number & 7):
            bits |= 1 << number
    return bits & ALL_REASONS


def _point_names(value: bytes, node: Node, issuer: bytes) -> tuple[frozenset[bytes], tuple[str, ...]]:
    if node[0] == _RELATIVE_NAME:  # one RDN below the issuer's name
        return frozenset({_directory(_below(issuer, asn1.contents(value, node)))}), ()
    if node[0] != _FULL_NAME:
        raise DERError("tag_inside", tag=f"{node[0]:02x}", kind="DistributionPointName")
    nodes = asn1.children(value, node)
    uris = [asn1.contents(value, name).decode("ascii", "backslashreplace") for name in nodes if name[0] == URI]
    return _names(value, nodes), tuple(uris)


def _names(value: bytes, nodes: list[Node]) -> frozenset[bytes]:
    return frozenset([_name(value, node) for node in nodes])


def _name(value: bytes, node: Node) -> bytes:
    if node[0] == DIRECTORY:
        return _directory(asn1.encoded(value, asn1.only_child(value, node)))
    return asn1.encoded(value, node)


def _directory(name: bytes) -> bytes:
    return b"\xa4" + canonical_name(name)


def _directory_name(value: bytes, node: Node) -> bytes:
    for name in asn1.children(value, node):
        if name[0] == DIRECTORY:
            return asn1.encoded(value, asn1.only_child(value, name))
    return b"\x30\x00"


def _below(issuer: bytes, rdn: bytes) -> bytes:
    """Return ``issuer`` with one RDN more (the contents of its SET)."""
    names = asn1.contents(issuer, asn1.root(issuer, asn1.SEQUENCE))
    return encode.value(asn1.SEQUENCE, names, encode.value(asn1.SET, rdn))


def outside(scope: ListScope, certificate: PathCertificate) -> str:
    """Return why a list with this scope says nothing of the certificate, or an empty string."""
    if scope.only_user and certificate.ca:
        return "onlyContainsUserCerts"
    if scope.only_ca and not certificate.ca:
        return "onlyContainsCACerts"
    return ""


def covered(scope: ListScope, point: PointScope) -> int:
    """Return the reasons, as bits, for which a list with this scope answers for this point of the same issuer."""
    if point.crl_issuer:
        return 0  # another issuer's list: the full engine's work
    if scope.names and not scope.names & point.names:
        return 0
    return scope.reasons & point.reasons
