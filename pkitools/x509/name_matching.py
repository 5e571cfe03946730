"""Comparing distinguished names (RFC 5280 section 7.1).

PKIoverheid compares by the DER. Where two names differ in their DER they may still be the same: other string types,
other capitals, runs of spaces. :func:`canonical_name` gives the form in which such names are equal.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from pkitools.text import NameText
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError, Node
from pkitools.x509.model import escaped
from pkitools.x509.oids import ATTRIBUTES, STRING_ATTRIBUTES

NAME_STRINGS: Final = frozenset({0x0C, 0x12, 0x13, 0x14, 0x16, 0x1C, 0x1E})
"""Tags that the value of a naming attribute may have where it is a string (RFC 5280 Appendix A.1): the five of
DirectoryString, IA5String, and NumericString as X.520 has it."""


def canonical_name(name: bytes) -> bytes:
    """Return a form of a DER-encoded Name that is equal for names that match by RFC 5280 section 7.1.

    Character strings are compared without regard to type, capitals and runs of spaces (the insignificant parts of
    RFC 4518); what is no character string by its DER. A name that is no name is its own form.
    """
    try:
        rdns = asn1.children(name, asn1.root(name, asn1.SEQUENCE))
        parts = [_canonical_rdn(name, rdn) for rdn in rdns]
    except (DERError, ValueError):
        return name
    return b"\x00name" + b"".join(parts)


def canonical_rdns(name: bytes) -> tuple[bytes, ...]:
    """Return each RDN of a DER-encoded Name in its canonical form, in encoded order.

    Raises:
        DERError: it is no Name.
    """
    return tuple(_canonical_rdn(name, rdn) for rdn in asn1.children(name, asn1.root(name, asn1.SEQUENCE)))


def name_text(name: bytes) -> NameText:
    """Return a DER-encoded Name for people, ``C=NL, O=…, CN=…``: not for comparison, not made safe."""
    try:
        rdns = asn1.children(name, asn1.root(name, asn1.SEQUENCE))
        read = [_attribute(name, pair) for rdn in rdns for pair in asn1.children(name, rdn)]
    except (DERError, ValueError):
        return NameText(name.hex())
    full = ", ".join(f"{kind}={escaped(value)}" for kind, value in read)
    names = dict(reversed(read))  # the first of a kind stays
    return NameText(full, names.get("CN") or names.get("O"))


def _attribute(name: bytes, pair: Node) -> tuple[str, str]:
    """Return an attribute's name and its value."""
    kind, value = asn1.children(name, pair)
    dotted = asn1.oid(name, kind)
    return ATTRIBUTES.get(dotted, dotted), asn1.string(name, value)[0]


def is_readable(name: bytes) -> bool:
    """Whether a DER-encoded Name can be read: strings where its attributes are strings, of octets their types have."""
    try:
        return all(_is_readable_value(name, kind, value) for kind, value in _pairs(name))
    except (DERError, ValueError):
        return False


def _is_readable_value(name: bytes, kind: Node, value: Node) -> bool:
    is_string = value[0] in NAME_STRINGS
    return asn1.string(name, value)[2] and (is_string or asn1.oid(name, kind) not in STRING_ATTRIBUTES)


def _pairs(name: bytes) -> list[list[Node]]:
    """Return the type and the value of every attribute of a DER-encoded Name. Raises :class:`DERError`."""
    found = []
    for rdn in asn1.children(name, asn1.root(name, asn1.SEQUENCE)):
        pairs = asn1.children(name, asn1.expect(rdn, asn1.SET))
        if not pairs:
            raise DERError("is_empty", rdn[1], kind="RelativeDistinguishedName")
        found += [asn1.children(name, asn1.expect(pair, asn1.SEQUENCE)) for pair in pairs]
    return found


_PLAIN_TYPES: Final = frozenset({0x0C, 0x13, 0x16})  # UTF8String, PrintableString, IA5String
_BEFORE_TYPE: Final = [bytes((0x31, size + 9, 0x30, size + 7, 0x06, 3)) for size in range(0x80 - 9)]
"""What stands in an RDN of one attribute before a type of three octets, by the octets of its value."""


def is_plain(name: bytes) -> bool:
    """Whether a DER-encoded Name is of the commonest form, which :func:`is_readable` would find good: said quickly.

    ASCII strings in RDNs of one attribute each, its type of three octets as those of X.520 are, every length in one
    octet. False says only that one has to look.
    """
    start, end = (2, len(name)) if name[1:2] < b"\x80" else (3, len(name))
    if not name.isascii() and not name[start:].isascii():
        return False
    try:
        while start < end:
            size = name[start + 10]
            if name[start : start + 6] != _BEFORE_TYPE[size] or name[start + 9] not in _PLAIN_TYPES:
                return False
            start += 11 + size
    except IndexError:
        return False
    return start == end


def _canonical_rdn(name: bytes, rdn: Node) -> bytes:
    attributes = sorted(_canonical_attribute(name, pair) for pair in asn1.children(name, asn1.expect(rdn, asn1.SET)))
    return _framed(b"".join(attributes))


def _canonical_attribute(name: bytes, pair: Node) -> bytes:
    parts = asn1.children(name, asn1.expect(pair, asn1.SEQUENCE))
    if len(parts) != 2:
        raise DERError("attribute_no_pair")
    kind, value = parts
    text, _type, readable = asn1.string(name, value)
    if value[0] in asn1.STRING_TYPES and readable:
        compared = b"s" + _prepared(text).encode("utf-8", "surrogatepass")
    else:
        compared = b"d" + asn1.encoded(name, value)
    return _framed(asn1.contents(name, kind)) + _framed(compared)


def _framed(part: bytes) -> bytes:
    # lengths in front: no two different sequences of parts give the same bytes
    return len(part).to_bytes(4, "big") + part


def _prepared(text: str) -> str:
    # RFC 4518: case folding for matching, NFKC, then insignificant spaces
    return " ".join(part for part in unicodedata.normalize("NFKC", text.casefold()).split(" ") if part)
