"""Names as encoded: distinguished names with their string types, and the nine kinds of GeneralName (RFC 5280 4.2.1.6).

What cannot be decoded is told through ``note``, a function that takes one problem code, and never hides the rest.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final, TypeAlias

from pkitools.messages import NOTHING
from pkitools.text import pattern
from pkitools.x509.der import (
    OBJECT_IDENTIFIER,
    SEQUENCE,
    SET,
    STRING_TYPES,
    DERError,
    Node,
    children,
    contents,
    context,
    encoded,
    expect,
    explicit,
    fields,
    oid,
    only_child,
    root,
    string,
)
from pkitools.x509.model import DistinguishedName, GeneralName, NameAttribute
from pkitools.x509.name_matching import NAME_STRINGS
from pkitools.x509.oids import ATTRIBUTES, STRING_ATTRIBUTES
from pkitools.x509.recurring import Recurring

Note: TypeAlias = Callable[[str], None]

PRINTABLE_STRING: Final = pattern(r"[A-Za-z0-9 '()+,\-./:=?]*")
"""What a PrintableString may hold, for ``fullmatch`` (X.680 41.4)."""

# the choices of GeneralName (RFC 5280 4.2.1.6)
OTHER_NAME: Final = explicit(0)
EMAIL: Final = context(1)
DNS: Final = context(2)
X400: Final = explicit(3)
DIRECTORY: Final = explicit(4)
EDI_PARTY: Final = explicit(5)
URI: Final = context(6)
IP: Final = context(7)
REGISTERED_ID: Final = context(8)

_KIND_OF_TAG: Final[dict[int, str]] = {
    OTHER_NAME: "other",
    EMAIL: "email",
    DNS: "dns",
    X400: "x400",
    DIRECTORY: "directory",
    EDI_PARTY: "edi_party",
    URI: "uri",
    IP: "ip",
    REGISTERED_ID: "registered_id",
}


def refuse(problem: str) -> None:
    """Take a problem of a reader that shall refuse what it cannot decode.

    Raises:
        DERError: always.
    """
    slug, _, where = problem.partition(":")
    raise DERError("problem", problem=f"x509.problem.{slug}", where=where or NOTHING)


def unnoted(_problem: str) -> None:
    """Take a problem of a reader that asks for what can be decoded only."""


def read_name(data: bytes, node: Node, where: str, note: Note) -> DistinguishedName:
    """Return the Name at ``node``.

    Args:
        data: what the node's offsets count in.
        node: the SEQUENCE OF RelativeDistinguishedName.
        where: ``subject`` or ``issuer``, for the problems.
        note: takes a problem.
    """
    try:
        rdns = _rdns(data, node, where, note)
    except DERError:
        note(f"malformed_name:{where}")
        rdns = ()
    return DistinguishedName(rdns, data[node[1] : node[3]])


def _rdns(data: bytes, node: Node, where: str, note: Note) -> tuple[tuple[NameAttribute, ...], ...]:
    expect(node, SEQUENCE)
    return tuple([_rdn(data, rdn, where, note) for rdn in children(data, node)])


def _rdn(data: bytes, node: Node, where: str, note: Note) -> tuple[NameAttribute, ...]:
    octets = data[node[1] : node[3]]
    known = _RDNS.get(octets)
    if known is None:
        noted: list[str] = []
        known = _read_rdn(data, node, where, noted.append)
        for each in noted:
            note(each)
        if not noted:
            _RDNS.keep(octets, known)
    return known


_RDNS: Final[Recurring[tuple[NameAttribute, ...]]] = Recurring()
"""The country, the organisation and its numbers come again with each of its certificates."""


def _read_rdn(data: bytes, node: Node, where: str, note: Note) -> tuple[NameAttribute, ...]:
    usual = _usual_pair(data, node)
    if usual is not None:
        return (_attribute(data, *usual, where, note),)
    pairs = children(data, expect(node, SET))
    if not pairs:
        note(f"malformed_name:{where}")  # SET SIZE (1..MAX)
    return tuple([_attribute(data, *_pair(data, pair), where, note) for pair in pairs])


def _usual_pair(data: bytes, rdn: Node) -> tuple[Node, Node] | None:
    """Return type and value of an RDN as nearly all are: one string, every length in one octet. Of others ``None``."""
    tag, at, start, stop = rdn
    size = stop - start
    if tag != SET or start - at != 2 or size < 6 or data[start] != SEQUENCE or data[start + 1] != size - 2:
        return None
    kind = start + 2
    value = kind + 2 + data[kind + 1]
    if data[kind] != OBJECT_IDENTIFIER or value + 2 > stop or value + 2 + data[value + 1] != stop:
        return None  # also of a longer length, which would end behind the RDN
    string_type = data[value]
    if string_type not in STRING_TYPES:
        return None
    return (OBJECT_IDENTIFIER, kind, kind + 2, value), (string_type, value, value + 2, stop)


def _pair(data: bytes, node: Node) -> tuple[Node, Node]:
    parts = children(data, node)
    if node[0] != SEQUENCE or len(parts) != 2:
        raise DERError("is_none", node[1], kind="Attribute")
    return parts[0], parts[1]


def _attribute(data: bytes, kind: Node, content: Node, where: str, note: Note) -> NameAttribute:
    dotted = oid(data, kind)
    name = ATTRIBUTES.get(dotted, dotted)
    value, string_type, readable = string(data, content)
    if content[0] not in NAME_STRINGS and dotted in STRING_ATTRIBUTES:
        note(f"wrong_string_type:{where}.{name}")
    elif not readable:
        note(f"undecodable_string:{where}.{name}")
    return NameAttribute(dotted, name, value, string_type)


def read_general_names(data: bytes, node: Node, where: str, note: Note) -> tuple[GeneralName, ...]:
    """Return the GeneralNames that fill ``node``; one that cannot be decoded is left out and noted."""
    found = []
    for position, child in enumerate(children(data, node), start=1):
        try:
            found.append(read_general_name(data, child, where, note))
        except DERError:
            note(f"malformed_general_name:{where}[{position}]")
    return tuple(found)


def read_general_name(data: bytes, node: Node, where: str, note: Note) -> GeneralName:
    """Return one GeneralName. Raises :class:`DERError`."""
    kind = _KIND_OF_TAG.get(node[0])
    if kind is None:
        raise DERError("general_name_tag", node[1], tag=f"{node[0]:02x}")
    if kind in {"dns", "uri", "email"}:
        return GeneralName(kind, _ia5(contents(data, node), where, kind, note))
    if kind == "ip":
        return GeneralName(kind, _address(contents(data, node), where, note))
    if kind == "other":
        return _other_name(data, node, where, note)
    if kind == "directory":
        return GeneralName(kind, read_name(data, only_child(data, node), f"{where}.directory", note).text)
    if kind == "registered_id":
        return GeneralName(kind, oid(data, node, tag=REGISTERED_ID))
    if kind == "edi_party":
        _edi_party(data, node)
    return GeneralName(kind, contents(data, node).hex())


def _edi_party(data: bytes, node: Node) -> None:
    held = fields(data, node, explicit(0), explicit(1))
    if explicit(1) not in held:
        raise DERError("edi_party_name", node[1])
    for part in held.values():
        if only_child(data, part)[0] not in STRING_TYPES:
            raise DERError("is_none", part[1], kind="DirectoryString")


def _ia5(octets: bytes, where: str, kind: str, note: Note) -> str:
    if not octets.isascii():
        note(f"undecodable_string:{where}.{kind}")
    return octets.decode("ascii", "backslashreplace")


def _address(octets: bytes, where: str, note: Note) -> str:
    if len(octets) in {4, 16}:
        return str(ipaddress.ip_address(octets))
    note(f"undecodable_string:{where}.ip")
    return octets.hex()


def _other_name(data: bytes, node: Node, where: str, note: Note) -> GeneralName:
    parts = children(data, node)
    if len(parts) != 2 or parts[1][0] != explicit(0):
        raise DERError("is_none", node[1], kind="otherName")
    type_id = oid(data, expect(parts[0], OBJECT_IDENTIFIER))
    value = only_child(data, parts[1])
    if value[0] not in STRING_TYPES:
        return GeneralName("other", encoded(data, value).hex(), type_id)
    text, string_type, readable = string(data, value)
    if not readable:
        note(f"undecodable_string:{where}.other")
    return GeneralName("other", text, type_id, string_type)


def name_from_der(der: bytes) -> DistinguishedName:
    """Return a Name that stands alone, such as a CRL's issuer. Raises :class:`DERError`."""
    return read_name(der, root(der, SEQUENCE), "name", unnoted)
