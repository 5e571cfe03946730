"""Tell from its structure what a DER value is. Nothing is decrypted or verified.

Certificates, requests and CRLs share ``SEQUENCE { SEQUENCE, SEQUENCE, BIT STRING }`` and differ in the first fields of
their body; keys are told apart by the types of their fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from itertools import islice
from typing import Final

from pkitools.containers.model import ItemKind
from pkitools.errors import LimitError
from pkitools.limits import MAX_CERTIFICATE_BYTES, MAX_PEM_BLOCKS
from pkitools.x509.der import (
    BIT_STRING,
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    UTC_TIME,
    DERError,
    Node,
    contents,
    encoded,
    iterate,
    node_at,
    oid,
    outline,
)

PKCS7_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_PKCS7_ARC: Final = "1.2.840.113549.1.7."
HASH_ARCS: Final = ("1.2.840.113549.2.", "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.")
_MAX_PATH: Final = 20  # certificates in one path
_ENOUGH: Final = 7  # fields that tell every structure apart


class Wrapper(StrEnum):
    """A DER structure that holds items instead of being one."""

    PKCS7 = "pkcs7"
    PKCS12 = "pkcs12"


What = tuple[ItemKind | Wrapper, str, bool]
"""Kind or wrapper, format of a key, and whether it is encrypted."""

PKCS12: Final[What] = (Wrapper.PKCS12, "", False)
"""What :func:`identify` says of a PKCS#12 keystore."""


def outermost(data: bytes) -> Node:
    """Return the first value of ``data``, which may be followed by others. Raises :class:`DERError`."""
    return node_at(data, 0, len(data))


def identify(data: bytes) -> What | None:
    """Return what the first DER value of ``data`` is, or ``None``."""
    try:
        whole = outermost(data)
        if whole[0] != SEQUENCE:
            return None
        fields = _first_fields(data, whole)
        return _signed(data, fields) or _other(data, fields)
    except DERError:
        return None


def _first_fields(data: bytes, node: Node) -> Sequence[Node]:
    """Return enough of the fields of a value; of what may be a certificate as who reads it next finds them."""
    start, stop = node[2:]
    if start < stop <= start + MAX_CERTIFICATE_BYTES and data[start] != INTEGER:  # a key, which nobody may remember
        with suppress(DERError):  # of a field behind those that are looked at
            return outline(data, node)[:_ENOUGH]
    return tuple(islice(iterate(data, node), _ENOUGH))


def _tags(nodes: Sequence[Node]) -> list[int]:
    return [node[0] for node in nodes]


def _signed(data: bytes, fields: Sequence[Node]) -> What | None:
    if _tags(fields) != [SEQUENCE, SEQUENCE, BIT_STRING]:
        return None
    body = _tags(_first_fields(data, fields[0]))
    if body[:4] in ([INTEGER, SEQUENCE, SEQUENCE, 0xA0], [INTEGER, SEQUENCE, SEQUENCE]):
        return ItemKind.REQUEST, "", False
    bare = body[1:] if body[:1] == [INTEGER] else body
    if bare[:2] == [SEQUENCE, SEQUENCE] and bare[2:3] and bare[2] in {UTC_TIME, GENERALIZED_TIME}:
        return ItemKind.CRL, "", False
    numbered = body[1:] if body[:1] == [0xA0] else body
    if numbered[:6] == [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE]:
        return ItemKind.CERTIFICATE, "", False
    return None


def _other(data: bytes, fields: Sequence[Node]) -> What | None:
    tags = _tags(fields)
    if tags[:2] == [OBJECT_IDENTIFIER, 0xA0] and oid(data, fields[0]).startswith(_PKCS7_ARC):
        return Wrapper.PKCS7, "", False
    if tags == [SEQUENCE, BIT_STRING] and _first_oid(data, fields[0]):
        return ItemKind.PUBLIC_KEY, "", False
    if tags in ([ENUMERATED], [ENUMERATED, 0xA0]):
        return ItemKind.OCSP_RESPONSE, "", False
    if tags[:2] == [INTEGER, SEQUENCE] and (dotted := _first_oid(data, fields[1])):
        if tags[2:3] == [OCTET_STRING]:
            return ItemKind.KEY, "PKCS#8", False
        # a curve that is spelled out begins with a number and an object identifier too
        return PKCS12 if dotted.startswith(_PKCS7_ARC) else None
    return _bare_key(data, fields, tags)


def _bare_key(data: bytes, fields: Sequence[Node], tags: list[int]) -> What | None:
    if tags == [SEQUENCE, OCTET_STRING] and (dotted := _first_oid(data, fields[0])):
        # RFC 8017 9.2: the hash of something looks the same
        return None if dotted.startswith(HASH_ARCS) else (ItemKind.KEY, "PKCS#8", True)
    if tags[:2] == [INTEGER, OCTET_STRING] and set(tags[2:]) <= {0xA0, 0xA1}:
        return ItemKind.KEY, "SEC1", False
    if tags == [INTEGER] * _ENOUGH:
        return ItemKind.KEY, "PKCS#1", False
    if tags == [INTEGER] * 6:
        return ItemKind.KEY, "DSA", False
    return None


def _first_oid(data: bytes, node: Node) -> str:
    first = next(iterate(data, node), None)
    return oid(data, first) if first is not None and first[0] == OBJECT_IDENTIFIER else ""


def signed_data_items(data: bytes, whole: Node) -> list[tuple[ItemKind | None, Node]]:
    """Return the certificates and CRLs of a PKCS#7 SignedData (RFC 5652 5.1), in order.

    ``None`` is the kind of what is none of these and may stand for a certificate: another kind in the set of
    certificates (attribute certificates, PKCS#6), and a certificate or a container that is the signed content. Of other
    revocation information an OCSP response is taken (RFC 5940 2.1), anything else left out.

    Raises:
        DERError: it is no SignedData.
        LimitError: there are too many values in it, found while reading.
    """
    content_type, content = islice(iterate(data, whole), 2)  # identify() has seen that there are two
    if oid(data, content_type) != PKCS7_SIGNED_DATA:
        raise DERError("pkcs7_kind")
    signed = next(iterate(data, content), None)
    if signed is None or signed[0] != SEQUENCE:
        raise DERError("pkcs7_empty")
    found: list[tuple[ItemKind | None, Node]] = []
    seen = 0
    for part in islice(iterate(data, signed), _ENOUGH):  # it has six fields
        kind = {0xA0: ItemKind.CERTIFICATE, 0xA1: ItemKind.CRL}.get(part[0])
        if kind is not None:
            for node in iterate(data, part):
                seen += 1
                if seen > MAX_PEM_BLOCKS:
                    raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
                known = _member(data, node, kind)
                if known is not _OTHER_REVOCATION:
                    found.append((known, node))
                elif (response := _response(data, node)) is not None:
                    found.append((known, response))
        elif part[0] == SEQUENCE and _holds_certificates(data, part):
            found.append((None, part))
        elif part[0] not in {INTEGER, SET, SEQUENCE}:
            raise DERError("tag_inside", tag=f"{part[0]:02x}", kind="SignedData")
    return found


_OCSP_RESPONSE: Final = "1.3.6.1.5.5.7.16.2"  # id-ri-ocsp-response of RFC 5940
_OTHER_REVOCATION: Final = ItemKind.OCSP_RESPONSE
_OF_EITHER_SET: Final = (ItemKind.CERTIFICATE, ItemKind.CRL)


def _response(data: bytes, node: Node) -> Node | None:
    """Return the OCSP response in other revocation information; ``None`` where that is something else."""
    fields = list(islice(iterate(data, node), 3))
    if _tags(fields) != [OBJECT_IDENTIFIER, SEQUENCE] or oid(data, fields[0]) != _OCSP_RESPONSE:
        return None
    return fields[1]


def _member(data: bytes, node: Node, kind: ItemKind) -> ItemKind | None:
    """Return what a value in the set of certificates or of CRLs is: each of these is one in either set."""
    if node[0] != SEQUENCE:
        return None if kind is ItemKind.CERTIFICATE else _OTHER_REVOCATION
    what = identify(encoded(data, node))
    return next((known for known in _OF_EITHER_SET if what is not None and what[0] is known), kind)


def _holds_certificates(data: bytes, holder: Node) -> bool:
    """Return whether the content that is signed is a certificate, or what holds some."""
    for wrapped in islice(iterate(data, holder), 1, 2):
        inner = next(iterate(data, wrapped), None)
        if inner is None or inner[0] not in {OCTET_STRING, SEQUENCE}:
            return False
        octets = contents(data, inner) if inner[0] == OCTET_STRING else encoded(data, inner)
        what = identify(octets)
        return what is not None and (what[0] is ItemKind.CERTIFICATE or isinstance(what[0], Wrapper))
    return False


def certificate_path(data: bytes) -> list[Node]:
    """Return the certificates of a PkiPath (``#X509PKIPathv1`` of WS-Security); none where this is another value."""
    try:
        nodes = list(islice(iterate(data, outermost(data)), _MAX_PATH + 1))
    except DERError:
        return []
    known = [identify(encoded(data, node)) for node in nodes] if len(nodes) <= _MAX_PATH else []
    return nodes if known and all(what is not None and what[0] is ItemKind.CERTIFICATE for what in known) else []
