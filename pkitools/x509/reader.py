"""DER → :class:`~pkitools.x509.model.CertificateFacts`.

A reader of our own, and not ``cryptography``'s objects, for three reasons: names keep their string types and
multi-valued RDNs; one malformed or doubled extension does not hide the others; and nothing is ever raised but our own
errors. Whether the bytes are a *valid* certificate is for validation, which uses ``cryptography``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeAlias

from pkitools.errors import InputError, LimitError
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.x509.der import (
    BIT_STRING,
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    DERError,
    Node,
    bit_string,
    boolean,
    children,
    contents,
    encoded,
    expect,
    explicit,
    integer,
    is_padded,
    oid,
    only_child,
    outline,
    root,
)
from pkitools.x509.extensions import NOTING, PLAIN, SYNTAX, usual_extension
from pkitools.x509.given import CERTIFICATE, Given, one_der
from pkitools.x509.keys import read_public_key, read_signature_algorithm
from pkitools.x509.model import CertificateFacts, DistinguishedName, Extension
from pkitools.x509.names import Note, read_name
from pkitools.x509.recurring import RECURRING, Openings, Recurring

_VERSION: Final = explicit(0)
_VERSION_3: Final = b"\xa0\x03\x02\x01\x02"
_MAX_EXTENSIONS: Final = 200  # a certificate has some ten; more than this is an attack on whoever reads them
_MAX_SERIAL_OCTETS: Final = 20  # RFC 5280 4.1.2.2
_MOST_SERIAL_OCTETS: Final = 1024  # beyond this Python refuses to write a number in decimal
_EMPTY_WHEN_MALFORMED: Final[dict[str, object]] = {
    # None means absent, so a malformed one is empty; these two have no empty value
    "basic_constraints": None,
    "subject_key_identifier": "",
    "authority_key_identifier": None,
    "key_usage": frozenset(),
}


class SignedParts(NamedTuple):
    """What a signature check needs of a certificate, CRL or CSR: the bytes signed, the algorithm, the signature."""

    signed: bytes
    algorithm: bytes
    signature: bytes


def signed_parts(der: bytes) -> SignedParts:
    """Return the three parts of any ``SIGNED{}`` structure (certificate, CRL, CSR). Raises :class:`DERError`."""
    # not remembered: this may be a list of a million entries
    body, algorithm, signature = _three_parts(children(der, root(der, SEQUENCE)))
    octets, unused = bit_string(der, signature)
    if unused:
        raise DERError("signature_unused_bits")
    return SignedParts(encoded(der, body), encoded(der, algorithm), octets)


def _three_parts(parts: Sequence[Node]) -> Sequence[Node]:
    if [part[0] for part in parts] != [SEQUENCE, SEQUENCE, BIT_STRING]:
        raise DERError("not_signed")
    return parts


def read_certificate(certificate: Given) -> CertificateFacts:
    """Return the facts of one certificate.

    Args:
        certificate: one certificate as DER, nothing before or behind it, or as PEM; or what else
            :data:`~pkitools.x509.given.Given` names.

    Raises:
        InputError: these bytes are no X.509 certificate, or one with a field that cannot be read.
        InvalidValueError: it is nothing that could be one.
        LimitError: more than :data:`~pkitools.limits.MAX_CERTIFICATE_BYTES`.
    """
    der = one_der(certificate, CERTIFICATE, "certificate")
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise LimitError("x509.error.certificate_too_large", size=len(der), limit=MAX_CERTIFICATE_BYTES)
    try:
        return _read(der)
    except DERError as error:
        if not _has_form(der):
            raise InputError("x509.error.not_a_certificate", detail=error.detail) from None
        from pkitools.x509.glimpse import glimpse  # hardly any certificate needs it

        raise InputError("x509.error.malformed_certificate", detail=error.detail, **glimpse(der)) from None


def read_if_readable(der: bytes) -> CertificateFacts | None:
    """Return the facts of a certificate; ``None`` of what is none: for those who leave it to others to tell that."""
    try:
        return read_certificate(der)
    except InputError:
        return None


def readable(ders: Iterable[bytes]) -> Iterator[CertificateFacts]:
    """Yield the facts of each certificate that can be read: for those who leave it to others to tell of the rest."""
    for der in ders:
        if (facts := read_if_readable(der)) is not None:
            yield facts


def _has_form(der: bytes) -> bool:
    """Whether bytes have the fields of a certificate, whatever is wrong inside one of them."""
    try:
        tags = [part[0] for part in children(der, _three_parts(outline(der, root(der, SEQUENCE)))[0])]
    except DERError:
        return False
    return tags[tags[:1] == [0xA0] :][:6] == [INTEGER, *[SEQUENCE] * 5]


def _read(der: bytes) -> CertificateFacts:
    problems: list[str] = []
    note = problems.append
    body, outer_algorithm, _ = _three_parts(outline(der, root(der, SEQUENCE)))
    parts = outline(der, body)
    if parts and encoded(der, parts[0]) == _VERSION_3:
        version, parts = 3, parts[1:]
    elif parts and parts[0][0] == _VERSION:
        version, parts = _version(der, parts[0], note), parts[1:]
    else:
        version = 1  # v1 leaves it out
    if len(parts) < 6:
        raise DERError("fields_missing")
    serial, algorithm, issuer, validity, subject, key, *rest = parts
    for node in (issuer, subject, key):
        expect(node, SEQUENCE)
    if encoded(der, algorithm) != encoded(der, outer_algorithm):
        note("signature_algorithm_mismatch:signatureAlgorithm")
    not_before, not_after = _validity(der, validity, note)
    name = encoded(der, issuer)
    extensions, fields = _read_extensions(der, name, _extensions(der, rest), version, problems)
    ocsp, issuers = fields.pop("authority_information_access", None) or ((), ())
    return CertificateFacts(
        der=der,
        version=version,
        serial_number=_serial(der, serial, note),
        subject=read_name(der, subject, "subject", note),
        issuer=_issuer(der, issuer, name, note),
        not_before=not_before,
        not_after=not_after,
        public_key=read_public_key(der, key, note),
        signature_algorithm=read_signature_algorithm(der, outer_algorithm, note),
        sha256=hashlib.sha256(der).hexdigest(),
        sha1=hashlib.sha1(der, usedforsecurity=False).hexdigest(),  # a name for people, not a proof
        extensions=extensions,
        basic_constraints=fields.get("basic_constraints"),
        key_usage=fields.get("key_usage"),
        extended_key_usage=fields.get("extended_key_usage"),
        subject_alternative_name=fields.get("subject_alternative_name"),
        certificate_policies=fields.get("certificate_policies"),
        subject_key_identifier=fields.get("subject_key_identifier"),
        authority_key_identifier=fields.get("authority_key_identifier"),
        crl_distribution_points=fields.get("crl_distribution_points"),
        ocsp_uris=ocsp,
        ca_issuers_uris=issuers,
        qc_statements=fields.get("qc_statements"),
        problems=tuple(problems),
    )


def _version(der: bytes, node: Node, note: Note) -> int:
    version = integer(der, only_child(der, node)) + 1
    if not 1 <= version <= 3:
        note("unknown_version:version")
    return version


def _serial(der: bytes, node: Node, note: Note) -> int:
    serial = integer(der, node, padded=True)
    octets = node[3] - node[2]
    if octets > _MOST_SERIAL_OCTETS:
        raise DERError("serial_octets", count=octets)
    if serial <= 0:
        note("serial_not_positive:serialNumber")
    elif octets > _MAX_SERIAL_OCTETS:
        note("serial_too_long:serialNumber")
    if octets > 1 and is_padded(der, node):
        note("serial_padded:serialNumber")
    return serial


def _validity(der: bytes, node: Node, note: Note) -> tuple[datetime, datetime]:
    times = outline(der, expect(node, SEQUENCE))
    if len(times) != 2:
        raise DERError("validity")
    return _certificate_time(der, times[0], "notBefore", note), _certificate_time(der, times[1], "notAfter", note)


_LONGEST_TIME: Final = 40  # octets that are shown


def _certificate_time(der: bytes, node: Node, where: str, note: Note) -> datetime:
    try:
        return read_time(der, node)
    except DERError:
        from pkitools.x509.odd_times import read_odd_time  # hardly any certificate has one

        try:
            moment = read_odd_time(der, node)
        except DERError as error:
            said = der[node[2] : min(node[3], node[2] + _LONGEST_TIME)].decode("ascii", "backslashreplace")
            raise DERError("time_as_written", field=where, written=f"{said!r}", fault=error.detail) from None
        note(f"odd_time:{where}")
        return moment


def read_time(data: bytes, node: Node) -> datetime:
    """Return a Time of RFC 5280 4.1.2.5 (``YYMMDDHHMMSSZ`` or ``YYYYMMDDHHMMSSZ``) as aware UTC."""
    octets = data[node[2] : node[3]]
    if node[0] == UTC_TIME and len(octets) == 13:
        octets = (b"20" if octets < b"50" else b"19") + octets
    elif node[0] != GENERALIZED_TIME or len(octets) != 15:
        raise DERError("is_none", node[1], kind="Time")
    if octets[14] != 0x5A or not octets[:14].isdigit():
        raise DERError("is_none", node[1], kind="Time")
    try:
        return datetime(
            int(octets[:4]),
            int(octets[4:6]),
            int(octets[6:8]),
            int(octets[8:10]),
            int(octets[10:12]),
            int(octets[12:14]),
            tzinfo=UTC,
        )
    except ValueError:
        raise DERError("no_such_time", node[1]) from None


def _extensions(der: bytes, rest: Sequence[Node]) -> Node | None:
    """Return the SEQUENCE of extensions."""
    found = None
    for node in rest:
        if node[0] == 0xA3:
            found = expect(only_child(der, node), SEQUENCE)
        elif node[0] not in {0x81, 0x82}:  # the unique identifiers of v2
            raise DERError("tag_inside", node[1], tag=f"{node[0]:02x}", kind="TBSCertificate")
    return found


def _read_extensions(
    der: bytes, issuer: bytes, sequence: Node | None, version: int, problems: list[str]
) -> tuple[tuple[Extension, ...], dict[str, Any]]:
    """Return the extensions, and the fields of the certificate that they fill.

    What is wrong inside one is told behind what is wrong with how any of them is encoded.
    """
    if sequence is None:
        return (), {}
    opening, rest = _OPENINGS.find(issuer, der, sequence)
    nodes = outline(der, rest)
    extensions, fields = ([], {}) if opening is None else (opening[0].copy(), opening[1].copy())
    outer_note = problems.append
    count = len(nodes) + len(extensions)
    if version != 3 and count:
        outer_note("extensions_before_v3:extensions")
    if count > _MAX_EXTENSIONS:
        raise LimitError("x509.error.too_many_extensions", count=count, limit=_MAX_EXTENSIONS)
    inside: list[str] = []
    note = inside.append
    seen = {extension.oid for extension in extensions}
    for node in nodes:
        octets = der[node[1] : node[3]]
        known = _EXTENSIONS.get(octets)
        before = len(problems) + len(inside)
        extension = _one_extension(der, node, outer_note) if known is None else known[0]
        extensions.append(extension)
        if extension.oid in seen:
            note(f"duplicate_extension:{extension.oid}")
            continue
        seen.add(extension.oid)
        name, value = _field(extension, note) if known is None else known[1]
        if name:
            fields[name] = value
        if known is None and extension.oid in RECURRING and len(problems) + len(inside) == before:
            _EXTENSIONS.keep(octets, (extension, (name, value)))
    if opening is None and not problems and not inside:
        _OPENINGS.learn(issuer, der, nodes, _EXTENSIONS, _opening)
    problems += inside
    return tuple(extensions), fields


def _one_extension(der: bytes, node: Node, note: Note) -> Extension:
    usual = usual_extension(der, node)
    if usual is not None:
        return Extension(*usual)
    parts = children(der, expect(node, SEQUENCE))
    if not 2 <= len(parts) <= 3:
        raise DERError("parts", node[1], kind="Extension", count=len(parts))
    dotted = oid(der, parts[0])
    critical = False
    if len(parts) == 3:
        critical = _critical(der, parts[1], dotted, note)
    return Extension(dotted, critical, contents(der, expect(parts[-1], OCTET_STRING)))


def _critical(der: bytes, node: Node, dotted: str, note: Note) -> bool:
    try:
        critical = boolean(der, node)
    except DERError:
        expect(node, BOOLEAN)
        note(f"not_der:{dotted}")  # BER allows any octet for TRUE; taken as critical, the careful reading
        return True
    if not critical:
        note(f"not_der:{dotted}")  # DER leaves a default out
    return critical


def _field(extension: Extension, note: Note) -> tuple[str, Any]:
    """Return the field an extension fills, and with what; nothing where it fills none."""
    plain, noting = PLAIN.get(extension.oid), NOTING.get(extension.oid)
    try:
        if plain is not None:
            return plain[0], plain[1](extension.value)
        if noting is not None:
            return noting[0], noting[1](extension.value, note)
        if extension.oid in SYNTAX:
            SYNTAX[extension.oid](extension.value)
    except (DERError, ValueError):
        note(f"malformed_extension:{extension.oid}")
        field = (plain or noting or ("",))[0]
        return field, _EMPTY_WHEN_MALFORMED.get(field, ())
    return "", None


def _issuer(der: bytes, node: Node, octets: bytes, note: Note) -> DistinguishedName:
    """Return the name of the issuer: the same for all that an authority issued, so read once."""
    known = _ISSUERS.get(octets)
    if known is None:
        noted: list[str] = []
        known = read_name(der, node, "issuer", noted.append)
        for each in noted:
            note(each)
        if not noted:
            _ISSUERS.keep(octets, known)
    return known


_Read: TypeAlias = tuple[Extension, tuple[str, Any]]
_EXTENSIONS: Final[Recurring[_Read]] = Recurring()


def _opening(known: list[_Read]) -> tuple[list[Extension], dict[str, Any]]:
    return [extension for extension, _ in known], {name: value for _, (name, value) in known if name}


_OPENINGS: Final[Openings[tuple[list[Extension], dict[str, Any]]]] = Openings()
_ISSUERS: Final[Recurring[DistinguishedName]] = Recurring()
