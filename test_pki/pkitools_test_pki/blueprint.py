"""A certificate before it is signed: every field in plain sight, each replaceable, none checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypedDict

from pkitools.frozen import dataclass, field, replace
from pkitools.x509.model import Extension
from pkitools_test_pki import der, extensions, names
from pkitools_test_pki.algorithms import PrivateKey, PublicKey, SignatureScheme

TBS_FIELDS: Final = ("version", "serial_number", "signature", "issuer", "validity", "subject", "spki", "extensions")


class Deviation(TypedDict, total=False):
    """What a case may set otherwise than its profile does. Whatever is left out follows the profile.

    Subject, one attribute at a time: ``common_name``, ``organization``, ``oin`` (subject.serialNumber, whatever the
    number), ``organization_identifier``, ``country``, ``locality``, ``province``, ``given_name``, ``surname``,
    ``title``; or ``subject``, the whole name as attributes (:class:`~pkitools_test_pki.names.Attribute`, a list of them
    for a multi-valued RDN) or as DER. Only attributes the profile knows are written from the former, and "TRIAL " is
    put before those that need it; the latter is written as it is.

    Names: ``dns``, ``ip``, ``email`` (texts), ``other_names`` (GeneralNames in DER, see
    :mod:`pkitools_test_pki.extensions`). An empty list gives no subjectAltName.

    Validity: ``not_before``, ``not_after``, ``days``.

    Extensions, by name or dotted OID: ``key_usage``, ``extended_key_usage``, ``policies`` (empty: no such extension);
    ``ca`` and ``path_length`` (basicConstraints); ``extensions`` replaces those with the same OID and adds the others;
    ``without`` leaves extensions out; ``duplicate`` appends extensions whatever is there; ``ocsp`` says whether the
    AIA names an OCSP responder; ``crl_urls``, ``ca_issuer_urls``, ``ocsp_urls`` are the addresses to write instead.

    The rest: ``serial_number`` (negative and zero too), ``public_key`` (instead of a new key), ``issuer_name`` (DER),
    ``signing_key`` (another's than the issuer's), ``signature`` (the scheme), and ``raw``: field of
    :data:`TBS_FIELDS` → DER to write in its place (``b""`` leaves the field out).
    """

    common_name: str
    organization: str
    oin: str
    organization_identifier: str
    country: str
    locality: str
    province: str
    given_name: str
    surname: str
    title: str
    subject: Sequence[names.Rdn] | bytes
    dns: Sequence[str]
    ip: Sequence[str]
    email: Sequence[str]
    other_names: Sequence[bytes]
    not_before: datetime
    not_after: datetime
    days: int
    key_usage: Collection[str]
    extended_key_usage: Sequence[str]
    policies: Sequence[str]
    ca: bool
    path_length: int | None
    extensions: Iterable[Extension]
    without: Collection[str]
    duplicate: Iterable[Extension]
    ocsp: bool
    crl_urls: Sequence[str]
    ca_issuer_urls: Sequence[str]
    ocsp_urls: Sequence[str]
    serial_number: int
    public_key: PublicKey
    issuer_name: bytes
    signing_key: PrivateKey
    signature: SignatureScheme
    raw: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """All that a certificate says. ``raw`` replaces whole fields of the TBSCertificate by DER."""

    serial_number: int
    signature: SignatureScheme
    issuer: bytes
    not_before: datetime
    not_after: datetime
    subject: bytes
    spki: bytes
    extensions: tuple[Extension, ...]
    raw: Mapping[str, bytes] = field(default_factory=dict)

    def tbs(self) -> bytes:
        """Return the TBSCertificate (RFC 5280 4.1)."""
        fields = {
            "version": der.context(0, der.integer(2)),
            "serial_number": der.integer(self.serial_number),
            "signature": self.signature.algorithm_identifier,
            "issuer": self.issuer,
            "validity": der.sequence(der.time(self.not_before), der.time(self.not_after)),
            "subject": self.subject,
            "spki": self.spki,
            "extensions": self._extensions(),
        }
        return der.sequence(*(self.raw.get(name, fields[name]) for name in TBS_FIELDS))

    def _extensions(self) -> bytes:
        if not self.extensions:
            return b""
        return der.context(3, der.sequence(*(extensions.encode(extension) for extension in self.extensions)))

    def signed(self, key: PrivateKey) -> bytes:
        """Return the certificate in DER."""
        tbs = self.tbs()
        return der.sequence(tbs, self.signature.algorithm_identifier, der.bits(self.signature.sign(key, tbs)))

    def deviating(self, deviation: Deviation) -> Blueprint:
        """Return this blueprint with what a deviation says about its fields and about whole extensions."""
        return replace(
            self,
            serial_number=deviation.get("serial_number", self.serial_number),
            signature=deviation.get("signature", self.signature),
            issuer=deviation.get("issuer_name", self.issuer),
            extensions=_changed(self.extensions, deviation),
            raw=deviation.get("raw", self.raw),
        )


def _changed(given: tuple[Extension, ...], deviation: Deviation) -> tuple[Extension, ...]:
    instead = {extension.oid: extension for extension in deviation.get("extensions", ())}
    without = {extensions.OIDS.get(name, name) for name in deviation.get("without", ())}
    kept = [instead.pop(extension.oid, extension) for extension in given if extension.oid not in without]
    return (*kept, *instead.values(), *deviation.get("duplicate", ()))


def validity(
    deviation: Deviation, moment: datetime, days: int, issuer_ends: datetime | None
) -> tuple[datetime, datetime]:
    """Return notBefore and notAfter: so many days with the last second inside, never beyond the issuer's own end.

    What the deviation says about ``not_after`` is written as it is, beyond the issuer's end too.
    """
    not_before = deviation.get("not_before", moment)
    if "not_after" in deviation:
        return not_before, deviation["not_after"]
    not_after = not_before + timedelta(days=deviation.get("days", days), seconds=-1)
    return not_before, not_after if issuer_ends is None else min(not_after, issuer_ends)
