"""One entry of ``revokedCertificates`` (RFC 5280 5.1.2.6, 5.3), read strictly: what a list of a million must obey.

This module is the definition. :mod:`~pkitools.crl.layouts` reads many entries at a time and
may only accept what :func:`read_entry` accepts; everything it does not accept comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from pkitools.frozen import dataclass
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError, Node
from pkitools.x509.names import DIRECTORY
from pkitools.x509.oids import CERTIFICATE_ISSUER, HOLD_INSTRUCTION, INVALIDITY_DATE, REASON_CODE
from pkitools.x509.reader import read_time

REASONS: Final[dict[int, str]] = {
    0: "unspecified",
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: "certificateHold",
    8: "removeFromCRL",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}
"""CRLReason of RFC 5280 5.3.1; 7 is not used."""

_PROCESSED: Final = frozenset({REASON_CODE, HOLD_INSTRUCTION, INVALIDITY_DATE, CERTIFICATE_ISSUER})
_HOLD: Final = "certificateHold"
_REMOVED: Final = "removeFromCRL"
ENDING: Final = frozenset({_HOLD, _REMOVED})
"""Reasons of an entry behind which a worse one may stand."""

MAX_SERIAL_OCTETS: Final = 64  # RFC 5280 has 20; beyond this it is no serial number of any CA


@dataclass(frozen=True, slots=True)
class Entry:
    """One revoked certificate.

    Args:
        serial: contents octets of the certificate's serial number, as the certificate has them.
        revoked_at: aware UTC.
        reason: name of RFC 5280 5.3.1; ``None`` where the entry gives none.
        certificate_issuer: DER of the issuer that this entry and those behind it are about, where it says so.
        unknown_critical: OID of a critical extension nothing here processes: the list then proves nothing.
        parts: the nodes of serial, time and each (OID, value) of the extensions, for :mod:`~pkitools.crl.layouts`.
    """

    serial: bytes
    revoked_at: datetime
    reason: str | None
    certificate_issuer: bytes | None
    unknown_critical: str | None
    parts: tuple[Node, Node, tuple[tuple[str, Node], ...]]


def worst(entries: Iterable[Entry]) -> Entry | None:
    """Return the entry that counts of those of one certificate: the first that is final, else a hold; ``None`` of none.

    No list should have two. Where one has, a hold before it does not hide that a key was compromised.
    """
    found: Entry | None = None
    for entry in entries:
        if entry.reason not in ENDING:
            return entry
        if found is None or (found.reason == _REMOVED and entry.reason == _HOLD):
            found = entry
    return found


_HEADERS: Final = (2, 3, 4)  # octets of the header of an entry
_LIKE_NO_OTHER: Final = 8  # octets of a serial number that stand nowhere by chance
_MOST_LOOKED_AT: Final = 1024  # places where the octets of a serial number stand and no number does
_MOST_LENGTH_OCTETS: Final = 127  # X.690 8.1.3.5


def mentions(data: bytes, start: int, stop: int, serial: bytes) -> Iterator[Entry | None]:
    """Yield each entry of a serial number, and at the end ``None`` where one may be that cannot be read.

    For lists that are not DER: others read them with lengths that are longer than need be, so what counts is that the
    octets stand there, and not what stands around them. Of a number so short that it stands anywhere it takes the
    header of an INTEGER, in any form.

    Args:
        data: the list.
        start, stop: the bounds of its entries.
        serial: contents octets of the INTEGER.
    """
    alone = len(serial) >= _LIKE_NO_OTHER
    chances = _MOST_LOOKED_AT
    at = data.find(serial, start, stop)
    while at >= 0:
        if alone or _is_whole_integer(data, at, len(serial), start):
            entry = _entry_with(data, at, len(serial), start, stop)
        else:
            entry, chances = None, chances - 1
            if chances:
                at = data.find(serial, at + 1, stop)
                continue
        yield entry
        if entry is None:  # nothing behind it tells more; and what was not looked at may be one
            return
        at = data.find(serial, at + 1, stop)


def _is_whole_integer(data: bytes, at: int, size: int, start: int) -> bool:
    """Return whether these octets end an INTEGER and all before them in it says nothing."""
    filling = 0xFF if data[at] & 0x80 else 0x00
    if _has_header(data, at, size, start):
        return True
    for before in range(1, MAX_SERIAL_OCTETS):
        if at - before < start or data[at - before] != filling:
            return False
        if _has_header(data, at - before, size + before, start):
            return True
    return True  # longer than any


def _has_header(data: bytes, at: int, size: int, start: int) -> bool:
    """Return whether the header of an INTEGER of this size ends here, in any form of its length (X.690 8.1.3)."""
    if at - 2 < start or data[at - 1] != size:
        return False
    if data[at - 2] == asn1.INTEGER:
        return True
    for octets in range(1, _MOST_LENGTH_OCTETS):  # a size needs one octet: those before it are zero
        first = at - octets
        if first - 2 < start:
            return False
        if data[first - 1] == 0x80 | octets and data[first - 2] == asn1.INTEGER:
            return True
        if data[first - 1]:
            return False
    return False


def _entry_with(data: bytes, at: int, size: int, start: int, stop: int) -> Entry | None:
    """Return the entry whose serial number has its octets here, where it is as DER has it."""
    number = at - 2
    if not data.startswith(bytes((asn1.INTEGER, size)), max(number, start)):
        return None
    header = next((number - n for n in _HEADERS if number - n >= start and _begins(data, number - n, n)), None)
    return None if header is None else _entry_at(data, header, stop)


def _begins(data: bytes, at: int, size: int) -> bool:
    """Return whether a SEQUENCE has a header of this size here."""
    length = data[at + 1]
    return data[at] == asn1.SEQUENCE and (length < 0x80 if size == _HEADERS[0] else length == 0x80 | size - 2)


def _entry_at(data: bytes, at: int, stop: int) -> Entry | None:
    try:
        return read_entry(data, at, stop)[0]
    except DERError:
        return None


def minimal_integer(octets: bytes) -> bool:
    """Whether these are the contents of a DER INTEGER: not empty, no superfluous first octet."""
    if len(octets) < 2:
        return len(octets) == 1
    return (octets[0], octets[1] >> 7) not in {(0x00, 0), (0xFF, 1)}


def read_entry(data: bytes, at: int, end: int) -> tuple[Entry, int]:
    """Return the entry at ``at`` and the offset behind it.

    Raises:
        DERError: this is no entry of a CRL.
    """
    node = asn1.expect(asn1.node_at(data, at, end), asn1.SEQUENCE)
    parts = asn1.children(data, node)
    if not 2 <= len(parts) <= 3:
        raise DERError("parts", at, count=len(parts), kind="revokedCertificate")
    serial = asn1.contents(data, asn1.expect(parts[0], asn1.INTEGER))
    if len(serial) > MAX_SERIAL_OCTETS or not minimal_integer(serial):
        raise DERError("no_entry_serial", parts[0][1])
    extensions = _extensions(data, parts[2]) if len(parts) == 3 else ()
    reason: str | None = None
    issuer: bytes | None = None
    for oid, _critical, value in extensions:
        if oid == REASON_CODE:
            reason = _reason(data, value)
        elif oid == CERTIFICATE_ISSUER:
            issuer = _issuer(data, value)
        elif oid == INVALIDITY_DATE:
            read_time(data, asn1.expect(_inside(data, value), asn1.GENERALIZED_TIME))
    unknown = next((oid for oid, critical, _ in extensions if critical and oid not in _PROCESSED), None)
    kept = tuple([(oid, value) for oid, _, value in extensions])
    return Entry(serial, read_time(data, parts[1]), reason, issuer, unknown, (parts[0], parts[1], kept)), node[3]


def starts(data: bytes, at: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield where each entry and its serial number start, of entries that were read strictly before."""
    while at < stop:
        length, serial = data[at + 1], at + 2
        if length >= 0x80:
            serial += length & 0x7F
            length = int.from_bytes(data[at + 2 : serial], "big")
        yield at, serial
        at = serial + length


def _extensions(data: bytes, node: Node) -> tuple[tuple[str, bool, Node], ...]:
    found: dict[str, tuple[str, bool, Node]] = {}
    for extension in asn1.children(data, asn1.expect(node, asn1.SEQUENCE)):
        parts = asn1.children(data, asn1.expect(extension, asn1.SEQUENCE))
        if not 2 <= len(parts) <= 3:
            raise DERError("parts", extension[1], kind="Extension", count=len(parts))
        oid = asn1.oid(data, parts[0])
        critical = len(parts) == 3 and asn1.boolean(data, parts[1])
        if oid in found or (len(parts) == 3 and not critical):
            raise DERError("extension_twice_or_default", extension[1], oid=oid)
        found[oid] = (oid, critical, asn1.expect(parts[-1], asn1.OCTET_STRING))
    if not found:
        raise DERError("is_empty", node[1], kind="Extensions")
    return tuple(found.values())


def _inside(data: bytes, value: Node) -> Node:
    """Return the one value inside an OCTET STRING."""
    inner = asn1.node_at(data, value[2], value[3])
    if inner[3] != value[3]:
        raise DERError("more_follows", value[2])
    return inner


def _reason(data: bytes, value: Node) -> str:
    number = asn1.integer(data, _inside(data, value), asn1.ENUMERATED)
    if number not in REASONS:
        raise DERError("reason_code", value[1], number=number)
    return REASONS[number]


def _issuer(data: bytes, value: Node) -> bytes:
    for name in asn1.children(data, asn1.expect(_inside(data, value), asn1.SEQUENCE)):
        if name[0] == DIRECTORY:
            return asn1.encoded(data, asn1.expect(asn1.only_child(data, name), asn1.SEQUENCE))
    raise DERError("certificate_issuer", value[1])
