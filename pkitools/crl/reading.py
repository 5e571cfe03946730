"""A certificate revocation list (RFC 5280 section 5) read strictly from its bytes, and its signature.

Reading is lazy in one respect: the entries are read, all of them, when the first one is looked up, which is after the
signature was checked. The object may be kept and used again: it remembers its index and the keys that signed it.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import Final

from pkitools.arguments import of_type
from pkitools.crl.entries import Entry, mentions
from pkitools.crl.index import SerialIndex
from pkitools.crl.kept import KeptLists
from pkitools.errors import InputError, LimitError
from pkitools.frozen import Frozen, dataclass, field
from pkitools.limits import MAX_CRL_FRAME_BYTES, MAX_INPUT_BYTES
from pkitools.messages import Detail
from pkitools.x509 import der as asn1
from pkitools.x509.base64_text import from_base64
from pkitools.x509.der import DERError, Node
from pkitools.x509.given import CRL, Given, as_it_came, holds_several
from pkitools.x509.keys import signature_algorithm_of
from pkitools.x509.model import SignatureAlgorithm
from pkitools.x509.name_matching import canonical_name
from pkitools.x509.names import unnoted
from pkitools.x509.oids import (
    AUTHORITY_KEY_IDENTIFIER,
    CRL_NUMBER,
    DELTA_CRL_INDICATOR,
    ISSUING_DISTRIBUTION_POINT,
)
from pkitools.x509.pem import BEGIN
from pkitools.x509.reader import read_time
from pkitools.x509.signatures import signed_with_sha2

_PROCESSED: Final = frozenset({AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, DELTA_CRL_INDICATOR, ISSUING_DISTRIBUTION_POINT})
_EXTENSIONS: Final = asn1.explicit(0)
_KEY_IDENTIFIER: Final = asn1.context(0)  # of AuthorityKeyIdentifier
_PEM: Final = b"-----BEGIN X509 CRL-----"
_PEM_END: Final = b"-----END X509 CRL-----"
_LEADING: Final = 4096  # octets of white space at most before the BEGIN line
_MAX_FIELDS: Final = 7  # of TBSCertList
_MAX_EXTENSIONS: Final = 50
_MAX_SIGNERS: Final = 32  # keys a list remembers that it was checked with


@dataclass(frozen=True, eq=False)
class CertificateRevocationList:
    """One CRL. Made by :func:`read_crl`, which hands the same one to all who have its bytes: nobody can change it.

    Args:
        der: the whole list.
        issuer: DER of the issuer's name.
        this_update, next_update: aware UTC; ``next_update`` is ``None`` where absent.
        extensions: OID → (critical, DER inside the OCTET STRING); cannot be changed.
        authority_key_identifier: key identifier of the signing key, where given.
        number: cRLNumber.
        base_number: the number a delta CRL builds on; ``None`` for a complete list.
        unknown_critical: OID of a critical extension that nothing here processes.
        was_pem: it came as PEM, where RFC 5280 4.2.1.13 asks for DER.
        lacks_version: it has extensions and does not say that it is of version 2 (RFC 5280 5.1.2.1).
        lists_nothing: it has a list of entries without any, where that is to be absent (RFC 5280 5.1.2.6).
    """

    der: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime | None
    extensions: Mapping[str, tuple[bool, bytes]] = field(repr=False)
    authority_key_identifier: bytes | None
    number: int | None
    base_number: int | None
    unknown_critical: str | None
    was_pem: bool
    _signed: tuple[int, int] = field(repr=False)
    _algorithm: bytes = field(repr=False)
    _signature: bytes = field(repr=False)
    _entries: tuple[int, int] = field(repr=False)
    lacks_version: bool = False
    lists_nothing: bool = False
    # of this object alone: one that ``replace`` makes of it was neither checked nor read
    _signers: dict[bytes, bool] = field(default_factory=dict, init=False, repr=False)
    _as_read: bool = field(default=False, init=False, repr=False)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the DER, hex, lower case."""
        return sha256(self.der).hexdigest()

    @cached_property
    def signature_algorithm(self) -> SignatureAlgorithm:
        """With which it says to be signed; what cannot be read of it is ``None``."""
        return signature_algorithm_of(self._algorithm, unnoted)

    @cached_property
    def canonical_issuer(self) -> bytes:
        """The issuer in the form names are compared in where their DER differs (RFC 5280 7.1)."""
        return canonical_name(self.issuer)

    @cached_property
    def index(self) -> SerialIndex:
        """All entries, read strictly.

        Raises:
            DERError: one of them is malformed.
        """
        return SerialIndex(self.der, *self._entries)

    @property
    def revoked_count(self) -> int:
        """How many entries it has, all of them read strictly.

        Raises:
            DERError: one of them is malformed.
        """
        return self.index.count

    def mentions(self, serial: bytes) -> Iterator[Entry | None]:
        """Yield what begins as an entry of this serial number, also in a list of which not every entry can be read.

        Args:
            serial: contents octets of the INTEGER.
        """
        return mentions(self.der, *self._entries, serial)

    def was_checked_with(self, spki: bytes) -> bool:
        """Whether :meth:`signed_by` was asked this key before: asking again costs nothing."""
        return spki in self._signers

    def signed_by(self, spki: bytes) -> bool:
        """Whether the key with this DER SubjectPublicKeyInfo signed the list."""
        known = self._signers.get(spki)
        if known is None:
            signed = memoryview(self.der)[slice(*self._signed)]
            known = signed_with_sha2(spki, self._algorithm, signed, self._signature)
            self._remember(spki, known)
        return known

    def _remember(self, spki: bytes, signed: bool) -> None:
        if len(self._signers) >= _MAX_SIGNERS:
            self._signers.clear()
        self._signers[spki] = signed
        if signed and self._as_read:
            KEPT_LISTS.keep(self)


KEPT_LISTS: Final[KeptLists[CertificateRevocationList]] = KeptLists()
"""Lists somebody signed, for :func:`read_crl` to hand out again."""


def read_crl(data: Given, *, limit: int = MAX_INPUT_BYTES) -> CertificateRevocationList:
    """Read one CRL: DER, PEM, a path, or an object of ``cryptography``.

    Handed in again, a list that somebody signed is the object it was before, which knows its index and its signers.

    Raises:
        InputError: these bytes are no CRL. Its code is ``revocation.error.crl_not_der``, ``..._truncated`` or
            ``..._malformed``.
        LimitError: more than ``limit`` bytes.
        InvalidValueError: nothing that could be a CRL.
    """
    data, limit = as_it_came(data, "data"), of_type(limit, int, "limit")
    if holds_several(data):
        raise InputError("x509.error.not_one", parameter="data", count=data.count(BEGIN), label=CRL)
    if len(data) > limit:
        raise LimitError("revocation.error.crl_too_large", size=len(data), limit=limit)
    pem = data[:_LEADING].lstrip().startswith(_PEM)
    der = _from_pem(data) if pem else bytes(data)
    if der[:1] != b"\x30":
        raise InputError("revocation.error.crl_not_der", start=der[:16].hex() or "-")
    known = KEPT_LISTS.find(der, pem)
    if known is not None:
        return known
    try:
        read = _read(der, pem)
    except DERError as error:
        slug = "crl_truncated" if is_cut_off(der) else "crl_malformed"
        raise InputError(f"revocation.error.{slug}", detail=error.detail) from None
    object.__setattr__(read, "_as_read", True)
    return read


def unread_mentions(data: bytes, serial: bytes) -> bool:
    """Return whether bytes that :func:`read_crl` refused may be a list with an entry of a certificate.

    Others read what is not DER: what the octets of its serial number stand in is not nothing.

    Args:
        data: DER or PEM.
        serial: contents octets of the INTEGER.
    """
    if data[:_LEADING].lstrip().startswith(_PEM):
        try:
            data = _from_pem(data)
        except InputError:
            return False  # nobody reads it
    return next(mentions(data, 0, len(data), serial), False) is not False


def is_cut_off(der: bytes) -> bool:
    """Whether the outermost length promises more bytes than there are."""
    if len(der) < 2 or (der[1] > 0x80 and len(der) < 2 + der[1] - 0x80):
        return True
    if der[1] == 0x80:
        return False  # an indefinite length promises nothing
    octets = der[1] & 0x7F if der[1] > 0x80 else 0
    length = int.from_bytes(der[2 : 2 + octets], "big") if octets else der[1]
    return 2 + octets + length > len(der)


def _from_pem(data: bytes) -> bytes:
    start = data.index(_PEM) + len(_PEM)
    end = data.find(_PEM_END, start)
    if end < 0:
        raise InputError("revocation.error.crl_truncated", detail=Detail("revocation.detail.no_end"))
    try:
        return from_base64(data, start, end)
    except binascii.Error:
        raise InputError("revocation.error.crl_malformed", detail=Detail("revocation.detail.no_base64")) from None


def _read(der: bytes, pem: bool) -> CertificateRevocationList:
    parts = asn1.children(der, asn1.root(der, asn1.SEQUENCE))
    if [part[0] for part in parts] != [asn1.SEQUENCE, asn1.SEQUENCE, asn1.BIT_STRING]:
        raise DERError("not_signed")
    body, algorithm, signature = parts
    _refuse_large_frame(der, body)
    signature_octets, unused = asn1.bit_string(der, signature)
    fields = asn1.children(der, body)
    version = asn1.integer(der, fields.pop(0)) if fields and fields[0][0] == asn1.INTEGER else None
    if unused:
        raise DERError("signature_unused_bits")
    if version is not None and version != 1:
        raise DERError("list_version", number=version + 1)
    if len(fields) < 3:
        raise DERError("fields_missing")
    if asn1.encoded(der, asn1.expect(fields.pop(0), asn1.SEQUENCE)) != asn1.encoded(der, algorithm):
        raise DERError("algorithms_differ")
    issuer = asn1.expect(fields.pop(0), asn1.SEQUENCE)
    for _ in asn1.walk(der, issuer):  # a name that is not DER throughout would pass for another authority's
        pass
    this_update = read_time(der, fields.pop(0))
    next_update = None
    if fields and fields[0][0] in {asn1.UTC_TIME, asn1.GENERALIZED_TIME}:
        next_update = read_time(der, fields.pop(0))
    listed = bool(fields) and fields[0][0] == asn1.SEQUENCE
    entries = fields.pop(0) if listed else (asn1.SEQUENCE, 0, 0, 0)
    extensions = _extensions(der, fields.pop(0)) if fields and fields[0][0] == _EXTENSIONS else {}
    if fields:
        raise DERError("tag_inside", tag=f"{fields[0][0]:02x}", kind="TBSCertList")
    return CertificateRevocationList(
        der=der,
        issuer=asn1.encoded(der, issuer),
        this_update=this_update,
        next_update=next_update,
        extensions=Frozen(extensions),
        authority_key_identifier=_key_identifier(extensions),
        number=_number(extensions, CRL_NUMBER),
        base_number=_number(extensions, DELTA_CRL_INDICATOR),
        unknown_critical=next(
            (oid for oid, (critical, _) in extensions.items() if critical and oid not in _PROCESSED), None
        ),
        was_pem=pem,
        _signed=(body[1], body[3]),
        _algorithm=asn1.encoded(der, algorithm),
        _signature=signature_octets,
        _entries=(entries[2], entries[3]),
        lacks_version=version is None and bool(extensions),
        lists_nothing=listed and entries[2] == entries[3],
    )


def _refuse_large_frame(der: bytes, body: Node) -> None:
    """Refuse a list of which much is not its entries, before any of that is copied: it is signed by nobody yet.

    The entries are the only SEQUENCE behind a time.
    """
    previous, entries = 0, 0
    for node in islice(asn1.iterate(der, body), _MAX_FIELDS):
        if node[0] == asn1.SEQUENCE and previous in {asn1.UTC_TIME, asn1.GENERALIZED_TIME}:
            entries = node[3] - node[2]
        previous = node[0]
    if len(der) - entries > MAX_CRL_FRAME_BYTES:
        raise DERError("bytes_no_entries", count=len(der) - entries)


def _extensions(der: bytes, node: Node) -> dict[str, tuple[bool, bytes]]:
    return read_extensions(der, asn1.only_child(der, node))


def read_extensions(der: bytes, sequence: Node) -> dict[str, tuple[bool, bytes]]:
    """Return OID → (critical, value) of a DER ``Extensions``.

    Raises:
        DERError: malformed, an extension that is there twice, or too many.
    """
    found: dict[str, tuple[bool, bytes]] = {}
    nodes = asn1.children(der, asn1.expect(sequence, asn1.SEQUENCE))
    if len(nodes) > _MAX_EXTENSIONS:
        raise DERError("how_many", count=len(nodes), kind="Extension")
    for node in nodes:
        parts = asn1.children(der, asn1.expect(node, asn1.SEQUENCE))
        if not 2 <= len(parts) <= 3:
            raise DERError("parts", node[1], kind="Extension", count=len(parts))
        oid = asn1.oid(der, parts[0])
        if oid in found:
            raise DERError("extension_twice", oid=oid)
        critical = len(parts) == 3 and asn1.boolean(der, parts[1])
        found[oid] = (critical, asn1.contents(der, asn1.expect(parts[-1], asn1.OCTET_STRING)))
    return found


def _key_identifier(extensions: dict[str, tuple[bool, bytes]]) -> bytes | None:
    value = extensions.get(AUTHORITY_KEY_IDENTIFIER, (False, b"\x30\x00"))[1]
    for part in asn1.children(value, asn1.root(value, asn1.SEQUENCE)):
        if part[0] == _KEY_IDENTIFIER:
            return asn1.contents(value, part)
    return None


def _number(extensions: dict[str, tuple[bool, bytes]], oid: str) -> int | None:
    found = extensions.get(oid)
    return None if found is None else asn1.integer(found[1], asn1.root(found[1], asn1.INTEGER))
