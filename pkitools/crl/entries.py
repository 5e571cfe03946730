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
_TIMES: Final = frozenset({asn1.UTC_TIME, asn1.GENERALIZED_TIME})


def mentions(data: bytes, start: int, stop: int, serial: bytes) -> Iterator[Entry | None]:
    """Yield each entry that begins with a serial number, whatever stands in the others; ``None`` of one not readable.

    An entry is known by its header, the number and the time behind it: in one that is malformed further on, they are
    where they should be.

    Args:
        data: the list.
        start, stop: the bounds of its entries.
        serial: contents octets of the INTEGER.
    """
    wanted = bytes((asn1.INTEGER, len(serial))) + serial
    at = data.find(wanted, start, stop)
    while at >= 0:
        behind = at + len(wanted)
        header = next((at - size for size in _HEADERS if at - size >= start and _begins(data, at - size, size)), None)
        if header is not None and behind < stop and data[behind] in _TIMES:
            yield _entry_at(data, header, stop)
        at = data.find(wanted, at + 1, stop)


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
        raise DERError(f"CRL entry with {len(parts)} parts at offset {at}")
    serial = asn1.contents(data, asn1.expect(parts[0], asn1.INTEGER))
    if len(serial) > MAX_SERIAL_OCTETS or not minimal_integer(serial):
        raise DERError(f"no serial number at offset {parts[0][1]}")
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


def _extensions(data: bytes, node: Node) -> tuple[tuple[str, bool, Node], ...]:
    found: dict[str, tuple[str, bool, Node]] = {}
    for extension in asn1.children(data, asn1.expect(node, asn1.SEQUENCE)):
        parts = asn1.children(data, asn1.expect(extension, asn1.SEQUENCE))
        if not 2 <= len(parts) <= 3:
            raise DERError(f"Extension with {len(parts)} parts at offset {extension[1]}")
        oid = asn1.oid(data, parts[0])
        critical = len(parts) == 3 and asn1.boolean(data, parts[1])
        if oid in found or (len(parts) == 3 and not critical):
            raise DERError(f"extension {oid} twice, or a default spelled out, at offset {extension[1]}")
        found[oid] = (oid, critical, asn1.expect(parts[-1], asn1.OCTET_STRING))
    if not found:
        raise DERError(f"empty extensions at offset {node[1]}")
    return tuple(found.values())


def _inside(data: bytes, value: Node) -> Node:
    """Return the one value inside an OCTET STRING."""
    inner = asn1.node_at(data, value[2], value[3])
    if inner[3] != value[3]:
        raise DERError(f"bytes follow the value at offset {value[2]}")
    return inner


def _reason(data: bytes, value: Node) -> str:
    number = asn1.integer(data, _inside(data, value), asn1.ENUMERATED)
    if number not in REASONS:
        raise DERError(f"reason code {number} at offset {value[1]}")
    return REASONS[number]


def _issuer(data: bytes, value: Node) -> bytes:
    for name in asn1.children(data, asn1.expect(_inside(data, value), asn1.SEQUENCE)):
        if name[0] == DIRECTORY:
            return asn1.encoded(data, asn1.expect(asn1.only_child(data, name), asn1.SEQUENCE))
    raise DERError(f"certificateIssuer without a directory name at offset {value[1]}")
