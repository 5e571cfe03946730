"""The contents of the extensions pkitools reads: one function per extension, from its DER to a value of the model.

Each raises :class:`~pkitools.x509.der.DERError` when its structure is wrong; the caller notes that and goes on with
the next, so that one bad extension hides no other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from pkitools.x509.der import (
    BIT_STRING,
    BOOLEAN,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    DERError,
    Node,
    bit_string,
    boolean,
    children,
    contents,
    expect,
    fields,
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
from pkitools.x509.names import Note, read_general_name, read_general_names, read_name, refuse, unnoted
from pkitools.x509.oids import KEY_USAGES, REASONS

_TRUE: Final = b"\x01\x01\xff"
_CPS: Final = "1.3.6.1.5.5.7.2.1"
_USER_NOTICE: Final = "1.3.6.1.5.5.7.2.2"
_OCSP: Final = "1.3.6.1.5.5.7.48.1"
_CA_ISSUERS: Final = "1.3.6.1.5.5.7.48.2"
_URI_TAG: Final = 0x86
_IA5_STRING: Final = 0x16
_MAX_FEATURE: Final = 0xFFFF  # RFC 7633 4.1: INTEGER (0..65535)
_DISPLAY_TEXT: Final = frozenset({0x0C, _IA5_STRING, 0x1A, 0x1E})  # UTF8String, IA5String, VisibleString, BMPString
_MAX_QC_VALUES: Final = 100
_MOST_SHORT: Final = 0x7F - 2  # what still fits a length of one octet with a header around it


def usual_extension(der: bytes, node: Node) -> tuple[str, bool, bytes] | None:
    """Return OID, whether it is critical, and value of an Extension in which every length takes one octet.

    As nearly all are; of others ``None``, which says only that one has to look.
    """
    tag, _, start, stop = node
    end = start + 2 + der[start + 1]
    if tag != SEQUENCE or end + 5 >= stop or der[start] != OBJECT_IDENTIFIER or der[start + 1] >= 0x80:
        return None
    critical = der[end : end + 3] == _TRUE
    value = end + 5 if critical else end + 2
    if der[value - 2] != OCTET_STRING or value + der[value - 1] != stop or der[value - 1] >= 0x80:
        return None
    return oid(der, (OBJECT_IDENTIFIER, start, start + 2, end)), critical, der[value:stop]


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
        raise DERError("unknown_part", kind="basicConstraints")
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
    held = authority_key(value)
    return None if held is None else held.hex()


def authority_key(value: bytes) -> bytes | None:
    """Return the key identifier of an authorityKeyIdentifier. A name without its number, or one alone, is malformed."""
    held = fields(value, root(value, SEQUENCE), 0x80, 0xA1, 0x82)
    if (0xA1 in held) is not (0x82 in held):
        raise DERError("half_issuer")
    return contents(value, held[0x80]) if 0x80 in held else None


def certificate_policies(value: bytes, note: Note) -> tuple[CertificatePolicy, ...]:
    """RFC 5280 4.2.1.4."""
    return tuple([_policy(value, information, note) for information in sequence_of(value)])


def _policy(value: bytes, node: Node, note: Note) -> CertificatePolicy:
    parts = children(value, expect(node, SEQUENCE))
    if not 1 <= len(parts) <= 2:
        raise DERError("parts", kind="PolicyInformation", count=len(parts))
    policy = oid(value, parts[0])
    cps: list[str] = []
    notices: list[str] = []
    for qualifier in children(value, expect(parts[1], SEQUENCE)) if len(parts) == 2 else ():
        kind, content = _pair(value, qualifier)
        dotted = oid(value, kind)
        if dotted == _CPS:
            cps.append(_text(value, expect(content, _IA5_STRING), "certificatePolicies.cPSuri", note))
        elif dotted == _USER_NOTICE:
            notices += _explicit_text(value, content, note)
    return CertificatePolicy(policy, tuple(cps), tuple(notices))


def _explicit_text(value: bytes, notice: Node, note: Note) -> list[str]:
    # UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL }
    parts = children(value, expect(notice, SEQUENCE))
    if parts and parts[0][0] == SEQUENCE:
        _notice_reference(value, parts.pop(0), note)
    if len(parts) > 1:
        raise DERError("two_texts", notice[1])
    return [_display_text(value, part, note) for part in parts]


def _notice_reference(value: bytes, node: Node, note: Note) -> None:
    organization, numbers = _pair(value, node)
    _display_text(value, organization, note)
    for number in children(value, expect(numbers, SEQUENCE)):
        integer(value, number)


def _display_text(value: bytes, node: Node, note: Note) -> str:
    if node[0] not in _DISPLAY_TEXT:
        raise DERError("tag_inside", node[1], tag=f"{node[0]:02x}", kind="DisplayText")
    return _text(value, node, "certificatePolicies.userNotice", note)


def _text(value: bytes, node: Node, where: str, note: Note) -> str:
    text, _, readable = string(value, node)
    if not readable:
        note(f"undecodable_string:{where}")
    return text


def crl_distribution_points(value: bytes, note: Note) -> tuple[DistributionPoint, ...]:
    """RFC 5280 4.2.1.13. A name relative to the issuer becomes a GeneralName of kind ``relative``."""
    return tuple([_distribution_point(value, point, note) for point in sequence_of(value)])


def _distribution_point(value: bytes, node: Node, note: Note) -> DistributionPoint:
    names: tuple[GeneralName, ...] = ()
    reasons: tuple[str, ...] = ()
    crl_issuer: tuple[GeneralName, ...] = ()
    for tag, part in fields(value, expect(node, SEQUENCE), 0xA0, 0x81, 0xA2).items():
        if tag == 0xA0:
            names = _point_names(value, only_child(value, part), note)
        elif tag == 0x81:
            reasons = named_bits(value, part, REASONS, tag=0x81)
        else:
            crl_issuer = read_general_names(value, part, "cRLDistributionPoints.cRLIssuer", note)
    uris = tuple([name.value for name in names if name.kind == "uri"])
    return DistributionPoint(uris, tuple([name for name in names if name.kind != "uri"]), reasons, crl_issuer)


def _point_names(value: bytes, node: Node, note: Note) -> tuple[GeneralName, ...]:
    if node[0] == 0xA0:
        return read_general_names(value, node, "cRLDistributionPoints", note)
    if node[0] != 0xA1:
        raise DERError("tag_inside", tag=f"{node[0]:02x}", kind="DistributionPointName")
    # nameRelativeToCRLIssuer is one RDN under an implicit tag: as the only RDN of a name it can be shown
    if not children(value, node):
        raise DERError("relative_name")
    size = node[3] - node[2]
    if size > _MOST_SHORT:
        return (GeneralName("relative", contents(value, node).hex()),)
    name = bytes((SEQUENCE, size + 2, SET, size)) + contents(value, node)
    return (GeneralName("relative", read_name(name, root(name, SEQUENCE), "cRLDistributionPoints", note).text),)


def authority_information_access(value: bytes, note: Note = unnoted) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """RFC 5280 4.2.2.1: the URIs of OCSP and of caIssuers; other methods and other kinds of name are left out."""
    ocsp: list[str] = []
    issuers: list[str] = []
    for description in sequence_of(value):
        method, location = _pair(value, description)
        name = read_general_name(value, location, "authorityInformationAccess", note)
        kept = {_OCSP: ocsp, _CA_ISSUERS: issuers}.get(oid(value, method))
        if name.kind == "uri" and kept is not None:
            kept.append(name.value)
    return tuple(ocsp), tuple(issuers)


def _pair(value: bytes, node: Node) -> tuple[Node, Node]:
    parts = children(value, expect(node, SEQUENCE))
    if len(parts) != 2:
        raise DERError("number_of_values", node[1], count=len(parts), wanted=2)
    return parts[0], parts[1]


def qc_statements(value: bytes) -> tuple[QcStatement, ...]:
    """RFC 3739 3.2.6 and ETSI EN 319 412-5: each statement with every OID and string inside it, in order."""
    return tuple([_qc_statement(value, statement) for statement in sequence_of(value)])


def _qc_statement(value: bytes, node: Node) -> QcStatement:
    parts = children(value, expect(node, SEQUENCE))
    if not 1 <= len(parts) <= 2:
        raise DERError("parts", kind="qcStatement", count=len(parts))
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
    "1.3.6.1.5.5.7.1.3": ("qc_statements", qc_statements),
}
NOTING: Final[dict[str, tuple[str, Callable[[bytes, Note], object]]]] = {
    "2.5.29.17": ("subject_alternative_name", subject_alternative_name),
    "2.5.29.31": ("crl_distribution_points", crl_distribution_points),
    "2.5.29.32": ("certificate_policies", certificate_policies),
    "1.3.6.1.5.5.7.1.1": ("authority_information_access", authority_information_access),
}


# --- what is read into no field, but has a syntax all the same --------------------------------------------------------


def _general_names(value: bytes) -> None:
    if not read_general_names(value, root(value, SEQUENCE), "", refuse):
        raise DERError("is_empty", kind="GeneralNames")


def _points(value: bytes) -> None:
    points = crl_distribution_points(value, refuse)
    if not points or not all(point.uris or point.other_names or point.crl_issuer for point in points):
        raise DERError("point_without_name")


def _access(value: bytes) -> None:
    if not sequence_of(value):
        raise DERError("is_none", kind="AccessDescription")
    authority_information_access(value, refuse)


def _policies(value: bytes) -> None:
    if not certificate_policies(value, refuse):
        raise DERError("is_none", kind="PolicyInformation")


def _name_constraints(value: bytes) -> None:
    held = fields(value, root(value, SEQUENCE), 0xA0, 0xA1)
    subtrees = [tree for trees in held.values() for tree in children(value, trees)]
    if not subtrees:
        raise DERError("is_empty", kind="nameConstraints")
    for subtree in subtrees:
        _subtree(value, subtree)


def _subtree(value: bytes, node: Node) -> None:
    # the base of an address is twice as long as an address; name_constraints.py looks at each kind when it compares
    parts = children(value, expect(node, SEQUENCE))
    if not 1 <= len(parts) <= 3 or [part[0] for part in parts[1:]] not in ([], [0x80], [0x81], [0x80, 0x81]):
        raise DERError("is_none", node[1], kind="GeneralSubtree")


def _mappings(value: bytes) -> None:
    for mapping in sequence_of(value):
        for policy in _pair(value, mapping):
            oid(value, policy)


def _policy_constraints(value: bytes) -> None:
    for tag, part in fields(value, root(value, SEQUENCE), 0x80, 0x81).items():
        if integer(value, part, tag) < 0:
            raise DERError("below_zero", kind="policyConstraints")


def _inhibit_any_policy(value: bytes) -> None:
    if integer(value, root(value, INTEGER)) < 0:
        raise DERError("below_zero", kind="inhibitAnyPolicy")


def _key_usage_period(value: bytes) -> None:
    held = fields(value, root(value, SEQUENCE), 0x80, 0x81)
    if not held:
        raise DERError("is_empty", kind="privateKeyUsagePeriod")
    for part in held.values():
        _generalized_time(contents(value, part))


def _generalized_time(octets: bytes) -> None:
    if len(octets) != 15 or not octets[:14].isdigit():
        raise DERError("is_none", kind="GeneralizedTime")
    try:
        datetime.strptime(octets.decode("latin-1"), "%Y%m%d%H%M%SZ")  # noqa: DTZ007  it is not kept
    except ValueError:
        raise DERError("no_such_time") from None


def _no_check(value: bytes) -> None:
    if contents(value, root(value, NULL)):
        raise DERError("null_holds")


def _features(value: bytes) -> None:
    for feature in sequence_of(value):
        if not 0 <= integer(value, feature) <= _MAX_FEATURE:
            raise DERError("tls_extension")


def _octets(value: bytes) -> None:
    root(value, OCTET_STRING)


def _bits(value: bytes) -> None:
    bit_string(value, root(value, BIT_STRING))


def _address_blocks(value: bytes) -> None:
    # IPAddrBlocks ::= SEQUENCE OF SEQUENCE { OCTET STRING, CHOICE { NULL, SEQUENCE OF IPAddressOrRange } }
    for family in sequence_of(value):
        kind, choice = _pair(value, family)
        expect(kind, OCTET_STRING)
        _inherited_or(value, choice, BIT_STRING)


def _system_numbers(value: bytes) -> None:
    # ASIdentifiers ::= SEQUENCE { [0] ASIdentifierChoice OPTIONAL, [1] ASIdentifierChoice OPTIONAL }
    for part in fields(value, root(value, SEQUENCE), 0xA0, 0xA1).values():
        _inherited_or(value, only_child(value, part), INTEGER)


def _inherited_or(value: bytes, node: Node, kind: int) -> None:
    """Refuse what is neither NULL nor a list of values and of pairs of them (RFC 3779 2.2.3, 3.2.3)."""
    if node[0] == NULL and node[2] == node[3]:
        return
    for one in children(value, expect(node, SEQUENCE)):
        for end in _pair(value, one) if one[0] == SEQUENCE else (one,):
            if kind == INTEGER:
                integer(value, end)
            else:
                bit_string(value, end)


SYNTAX: Final[dict[str, Callable[[bytes], None]]] = {
    "2.5.29.16": _key_usage_period,
    "2.5.29.18": _general_names,
    "2.5.29.30": _name_constraints,
    "2.5.29.31": _points,
    "2.5.29.32": _policies,
    "2.5.29.33": _mappings,
    "2.5.29.36": _policy_constraints,
    "2.5.29.46": _points,
    "2.5.29.54": _inhibit_any_policy,
    "1.3.6.1.5.5.7.1.7": _address_blocks,
    "1.3.6.1.5.5.7.1.8": _system_numbers,
    "1.3.6.1.5.5.7.1.11": _access,
    "1.3.6.1.5.5.7.1.24": _features,
    "1.3.6.1.5.5.7.48.1.5": _no_check,
    "1.3.6.1.4.1.11129.2.4.2": _octets,
    "2.16.840.1.113730.1.1": _bits,
}
"""OID → a function that refuses what does not follow the syntax: of extensions that no field is filled with, and for
path validation of some that one is."""
