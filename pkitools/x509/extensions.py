"""The contents of the extensions pkitools reads: one function per extension, from its DER to a value of the model.

Each raises :class:`~pkitools.x509.der.DERError` when its structure is wrong; the caller notes that and goes on with
the next, so that one bad extension hides no other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pkitools.x509.der import (
    BOOLEAN,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    DERError,
    Node,
    boolean,
    children,
    contents,
    expect,
    integer,
    named_bits,
    oid,
    only_child,
    root,
    string,
    walk,
)
from pkitools.x509.model import (
    BasicConstraints,
    CertificatePolicy,
    DistributionPoint,
    GeneralName,
    QcStatement,
)
from pkitools.x509.names import Note, read_general_names, read_name
from pkitools.x509.oids import KEY_USAGES, REASONS

_CPS: Final = "1.3.6.1.5.5.7.2.1"
_USER_NOTICE: Final = "1.3.6.1.5.5.7.2.2"
_OCSP: Final = "1.3.6.1.5.5.7.48.1"
_CA_ISSUERS: Final = "1.3.6.1.5.5.7.48.2"
_URI_TAG: Final = 0x86
_MAX_QC_VALUES: Final = 100
_MOST_SHORT: Final = 0x7F - 2  # what still fits a length of one octet with a header around it


def sequence_of(value: bytes) -> list[Node]:
    """Return the elements of an extension that is a SEQUENCE OF."""
    return children(value, root(value, SEQUENCE))


def basic_constraints(value: bytes) -> BasicConstraints:
    """RFC 5280 4.2.1.9."""
    parts = sequence_of(value)
    ca = False
    if parts and parts[0][0] == BOOLEAN:
        ca = boolean(value, parts.pop(0))
    path_length = integer(value, parts.pop(0)) if parts and parts[0][0] == INTEGER else None
    if parts:
        raise DERError("basicConstraints with unknown parts")
    return BasicConstraints(ca, path_length)


def key_usage(value: bytes) -> frozenset[str]:
    """RFC 5280 4.2.1.3."""
    return frozenset(named_bits(value, root(value, 0x03), KEY_USAGES))


def extended_key_usage(value: bytes) -> tuple[str, ...]:
    """RFC 5280 4.2.1.12."""
    return tuple([oid(value, purpose) for purpose in sequence_of(value)])


def subject_alternative_name(value: bytes, note: Note) -> tuple[GeneralName, ...]:
    """RFC 5280 4.2.1.6."""
    return read_general_names(value, root(value, SEQUENCE), "subjectAlternativeName", note)


def subject_key_identifier(value: bytes) -> str:
    """RFC 5280 4.2.1.2."""
    return contents(value, root(value, OCTET_STRING)).hex()


def authority_key_identifier(value: bytes) -> str | None:
    """RFC 5280 4.2.1.1: the key identifier, where that form is used."""
    for part in sequence_of(value):
        if part[0] == 0x80:
            return contents(value, part).hex()
    return None


def certificate_policies(value: bytes) -> tuple[CertificatePolicy, ...]:
    """RFC 5280 4.2.1.4."""
    return tuple([_policy(value, information) for information in sequence_of(value)])


def _policy(value: bytes, node: Node) -> CertificatePolicy:
    parts = children(value, expect(node, SEQUENCE))
    if not 1 <= len(parts) <= 2:
        raise DERError(f"PolicyInformation with {len(parts)} parts")
    policy = oid(value, parts[0])
    cps: list[str] = []
    notices: list[str] = []
    for qualifier in children(value, expect(parts[1], SEQUENCE)) if len(parts) == 2 else ():
        kind, *content = children(value, expect(qualifier, SEQUENCE))
        dotted = oid(value, kind)
        if dotted == _CPS and content:
            cps.append(string(value, content[0])[0])
        elif dotted == _USER_NOTICE and content:
            notices += _explicit_text(value, content[0])
    return CertificatePolicy(policy, tuple(cps), tuple(notices))


def _explicit_text(value: bytes, notice: Node) -> list[str]:
    # UserNotice ::= SEQUENCE { noticeRef SEQUENCE OPTIONAL, explicitText DisplayText OPTIONAL }
    return [string(value, part)[0] for part in children(value, expect(notice, SEQUENCE)) if part[0] != SEQUENCE]


def crl_distribution_points(value: bytes, note: Note) -> tuple[DistributionPoint, ...]:
    """RFC 5280 4.2.1.13. A name relative to the issuer becomes a GeneralName of kind ``relative``."""
    return tuple([_distribution_point(value, point, note) for point in sequence_of(value)])


def _distribution_point(value: bytes, node: Node, note: Note) -> DistributionPoint:
    names: tuple[GeneralName, ...] = ()
    reasons: tuple[str, ...] = ()
    crl_issuer: tuple[GeneralName, ...] = ()
    for part in children(value, expect(node, SEQUENCE)):
        if part[0] == 0xA0:
            names = _point_names(value, only_child(value, part), note)
        elif part[0] == 0x81:
            reasons = named_bits(value, part, REASONS, tag=0x81)
        elif part[0] == 0xA2:
            crl_issuer = read_general_names(value, part, "cRLDistributionPoints.cRLIssuer", note)
        else:
            raise DERError(f"tag 0x{part[0]:02x} in a DistributionPoint")
    uris = tuple([name.value for name in names if name.kind == "uri"])
    return DistributionPoint(uris, tuple([name for name in names if name.kind != "uri"]), reasons, crl_issuer)


def _point_names(value: bytes, node: Node, note: Note) -> tuple[GeneralName, ...]:
    if node[0] == 0xA0:
        return read_general_names(value, node, "cRLDistributionPoints", note)
    if node[0] != 0xA1:
        raise DERError(f"tag 0x{node[0]:02x} in a DistributionPointName")
    # nameRelativeToCRLIssuer is one RDN under an implicit tag: as the only RDN of a name it can be shown
    size = node[3] - node[2]
    if size > _MOST_SHORT:
        return (GeneralName("relative", contents(value, node).hex()),)
    name = bytes((SEQUENCE, size + 2, SET, size)) + contents(value, node)
    return (GeneralName("relative", read_name(name, root(name, SEQUENCE), "cRLDistributionPoints", note).text),)


def authority_information_access(value: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """RFC 5280 4.2.2.1: the URIs of OCSP and of caIssuers; other methods and other kinds of name are left out."""
    ocsp: list[str] = []
    issuers: list[str] = []
    for description in sequence_of(value):
        method, location = _pair(value, description)
        if location[0] == _URI_TAG:
            uri = contents(value, location).decode("ascii", "backslashreplace")
            {_OCSP: ocsp, _CA_ISSUERS: issuers}.get(oid(value, method), []).append(uri)
    return tuple(ocsp), tuple(issuers)


def _pair(value: bytes, node: Node) -> tuple[Node, Node]:
    parts = children(value, expect(node, SEQUENCE))
    if len(parts) != 2:
        raise DERError(f"{len(parts)} values where two should be, at offset {node[1]}")
    return parts[0], parts[1]


def qc_statements(value: bytes) -> tuple[QcStatement, ...]:
    """RFC 3739 3.2.6 and ETSI EN 319 412-5: each statement with every OID and string inside it, in order."""
    return tuple([_qc_statement(value, statement) for statement in sequence_of(value)])


def _qc_statement(value: bytes, node: Node) -> QcStatement:
    parts = children(value, expect(node, SEQUENCE))
    if not 1 <= len(parts) <= 2:
        raise DERError(f"qcStatement with {len(parts)} parts")
    values: list[str] = []
    if len(parts) == 2:
        outer = (SEQUENCE, node[1], parts[1][1], parts[1][3])
        for _, inner in walk(value, outer):
            if len(values) == _MAX_QC_VALUES:
                break
            values += _qc_value(value, inner)
    return QcStatement(oid(value, parts[0]), tuple(values))


def _qc_value(value: bytes, node: Node) -> list[str]:
    if node[0] == OBJECT_IDENTIFIER:
        return [oid(value, node)]
    if node[0] == INTEGER:
        return [str(integer(value, node))] if node[3] - node[2] <= 16 else [contents(value, node).hex()]
    if node[0] == _URI_TAG:
        return [contents(value, node).decode("ascii", "backslashreplace")]
    text, string_type, _ = string(value, node)
    return [] if string_type.startswith("tag ") else [text]


# OID → field of CertificateFacts and the function that fills it
PLAIN: Final[dict[str, tuple[str, Callable[[bytes], object]]]] = {
    "2.5.29.19": ("basic_constraints", basic_constraints),
    "2.5.29.15": ("key_usage", key_usage),
    "2.5.29.37": ("extended_key_usage", extended_key_usage),
    "2.5.29.14": ("subject_key_identifier", subject_key_identifier),
    "2.5.29.35": ("authority_key_identifier", authority_key_identifier),
    "2.5.29.32": ("certificate_policies", certificate_policies),
    "1.3.6.1.5.5.7.1.1": ("authority_information_access", authority_information_access),
    "1.3.6.1.5.5.7.1.3": ("qc_statements", qc_statements),
}
NOTING: Final[dict[str, tuple[str, Callable[[bytes, Note], object]]]] = {
    "2.5.29.17": ("subject_alternative_name", subject_alternative_name),
    "2.5.29.31": ("crl_distribution_points", crl_distribution_points),
}
