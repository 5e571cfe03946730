"""One certificate as path validation needs it: names, key and extensions sliced from its DER, decoded once.

Leaner than :class:`pkitools.x509.CertificateFacts`: a verdict over a path costs two signature checks more than it must
when every certificate is decoded in full first. Certificates of authorities recur; :func:`load_cached` keeps them.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.text import NameText
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError, Node
from pkitools.x509.extensions import SYNTAX, authority_key, usual_extension
from pkitools.x509.name_matching import canonical_name, is_plain, is_readable, name_text
from pkitools.x509.oids import (
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS,
    EXTENDED_KEY_USAGE,
    FRESHEST_CRL,
    INHIBIT_ANY_POLICY,
    KEY_USAGE,
    NAME_CONSTRAINTS,
    POLICY_CONSTRAINTS,
    POLICY_MAPPINGS,
    SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_KEY_IDENTIFIER,
)
from pkitools.x509.recurring import RECURRING, Openings, Recurring

MAX_SERIAL_OCTETS: Final = 20

# masks for PathCertificate.key_usage
DIGITAL_SIGNATURE: Final = 1 << 0
NON_REPUDIATION: Final = 1 << 1
KEY_CERT_SIGN: Final = 1 << 5
CRL_SIGN: Final = 1 << 6
# a BIT STRING counts from the highest bit, a mask from the lowest
_REVERSED: Final = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))

CONSTRAINING: Final = frozenset({NAME_CONSTRAINTS, POLICY_MAPPINGS, POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY})
# what one of our two engines or our own checks process; any other critical extension is refused (RFC 5280 4.2)
PROCESSED: Final = frozenset(
    {
        AUTHORITY_KEY_IDENTIFIER,
        SUBJECT_KEY_IDENTIFIER,
        KEY_USAGE,
        SUBJECT_ALTERNATIVE_NAME,
        BASIC_CONSTRAINTS,
        NAME_CONSTRAINTS,
        CRL_DISTRIBUTION_POINTS,
        CERTIFICATE_POLICIES,
        POLICY_MAPPINGS,
        POLICY_CONSTRAINTS,
        EXTENDED_KEY_USAGE,
        FRESHEST_CRL,
        INHIBIT_ANY_POLICY,
        AUTHORITY_INFORMATION_ACCESS,
    }
)

_VERSION: Final = asn1.explicit(0)
_EXTENSIONS: Final = asn1.explicit(3)
_VERSION_3: Final = b"\xa0\x03\x02\x01\x02"
_EMPTY_NAME: Final = b"\x30\x00"

# pyca/cryptography raises these on hostile input, not only ValueError
_UNREADABLE: Final = (ValueError, TypeError, KeyError, UnsupportedAlgorithm, x509.InvalidVersion)
_WARNINGS_LOCK: Final = threading.Lock()


@dataclass(eq=False, slots=True)
class PathCertificate:
    """One certificate of a path or a candidate for one.

    Compared as an object, which is quick and enough within one validation: two loads of one DER are unequal, though
    :func:`load_cached` returns the same one again. Compare ``der`` to know whether two are the same certificate.

    Args:
        der: as given.
        native: the same, loaded by ``cryptography``.
        issuer, subject: DER of the names.
        spki: DER of the SubjectPublicKeyInfo.
        not_before, not_after: first and last moment of validity, inclusive, aware UTC.
        version: 3 for X.509v3.
        serial_number: may be zero or negative in what is offered to us.
        serial_octets: how many octets its contents take as encoded.
        signature_algorithm: DER of the outer AlgorithmIdentifier.
        signed_span: where the bytes that are signed begin and end in ``der``.
        signature: the signature value.
        algorithms_agree: the AlgorithmIdentifier inside the signed part is the same.
        extensions: OID → (critical, DER inside the OCTET STRING); of duplicates the first.
        ca, path_length: basicConstraints; ``ca`` is False without the extension.
        alternative_names: where each GeneralName of the subjectAltName stands in its value.
        key_usage: bit 0 is digitalSignature, bit 5 keyCertSign; ``None`` without the extension.
        extended_key_usage: OIDs; ``None`` without the extension.
        subject_key_identifier, authority_key_identifier: of its own key and of its issuer's; ``None`` where it names
            none.
        odd_times: a time before 2050 as GeneralizedTime, which RFC 5280 4.1.2.5 does not want.
        misencodings: what RFC 5280 4.1 and 4.2 forbid of the encoding: the faults, and what is outside them.
        critical: OIDs of the critical extensions.
        unknown_critical: those of them that nothing here processes.
        constrains: it has name constraints, or an extension that constrains policies.
        faults: OID of every extension that is there twice (``duplicate <oid>``) or cannot be decoded
            (``malformed <oid>``).
    """

    der: bytes = field(repr=False)
    native: x509.Certificate = field(repr=False)
    issuer: bytes = field(repr=False)
    subject: bytes
    spki: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    version: int = 3
    serial_number: int = 0
    serial_octets: int = 1
    odd_times: bool = False
    signature_algorithm: bytes = field(default=b"", repr=False)
    signed_span: tuple[int, int] = (0, 0)
    signature: bytes = field(default=b"", repr=False)
    algorithms_agree: bool = True
    extensions: dict[str, tuple[bool, bytes]] = field(default_factory=dict, repr=False)
    ca: bool = False
    path_length: int | None = None
    key_usage: int | None = None
    extended_key_usage: tuple[str, ...] | None = None
    alternative_names: Sequence[Node] = field(default=(), repr=False)
    subject_key_identifier: bytes | None = field(default=None, repr=False)
    authority_key_identifier: bytes | None = field(default=None, repr=False)
    faults: tuple[str, ...] = ()
    misencodings: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    unknown_critical: tuple[str, ...] = ()
    constrains: bool = False
    # asked of hardly any certificate, then kept: cached_property would need a dict beside the slots
    _sha256: str | None = field(default=None, init=False, repr=False)
    _canonical_subject: bytes | None = field(default=None, init=False, repr=False)
    _canonical_issuer: bytes | None = field(default=None, init=False, repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        return load, (self.der,)  # what cryptography loaded cannot be pickled, and is in the DER

    @property
    def sha256(self) -> str:
        """SHA-256 of the DER, hex, lower case."""
        if self._sha256 is None:
            self._sha256 = sha256(self.der).hexdigest()
        return self._sha256

    @property
    def self_issued(self) -> bool:
        """Issuer and subject are the same name, by the DER or by RFC 5280 7.1."""
        return self.issuer == self.subject or self.canonical_issuer == self.canonical_subject

    @property
    def canonical_subject(self) -> bytes:
        """The subject in the form names are compared in where their DER differs (RFC 5280 7.1)."""
        if self._canonical_subject is None:
            self._canonical_subject = canonical_name(self.subject)
        return self._canonical_subject

    @property
    def canonical_issuer(self) -> bytes:
        """The issuer in the form names are compared in where their DER differs (RFC 5280 7.1)."""
        if self._canonical_issuer is None:
            self._canonical_issuer = canonical_name(self.issuer)
        return self._canonical_issuer

    @property
    def subject_text(self) -> NameText:
        """The subject for people: not for comparison, not made safe."""
        return name_text(self.subject)

    @property
    def issuer_text(self) -> NameText:
        """The issuer for people: not for comparison, not made safe."""
        return name_text(self.issuer)

    @property
    def has_odd_serial_number(self) -> bool:
        """Zero, negative or longer than 20 octets (RFC 5280 4.1.2.2)."""
        return self.serial_number <= 0 or self.serial_octets > MAX_SERIAL_OCTETS


def load(der: bytes, fingerprint: str | None = None) -> PathCertificate:
    """Read one certificate.

    Args:
        der: the certificate.
        fingerprint: its SHA-256, hex lower case, where that was worked out already.

    Raises:
        InputError: the bytes are no certificate that can be processed.
    """
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise LimitError("validation.error.certificate_too_large", size=len(der), limit=MAX_CERTIFICATE_BYTES)
    try:
        read = _read(der)
    except DERError as error:
        raise InputError("validation.error.unreadable_certificate", reason=error.detail) from error
    except _UNREADABLE as error:
        raise InputError("validation.error.unreadable_certificate", reason=_brief(error)) from error
    read._sha256 = fingerprint
    return read


@lru_cache(maxsize=512)
def load_cached(der: bytes) -> PathCertificate:
    """Return :func:`load` of ``der``, remembered: the certificates of authorities come again with every leaf."""
    return load(der)


def _brief(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _read(der: bytes) -> PathCertificate:
    outer = asn1.root(der, asn1.SEQUENCE)
    tbs_node, algorithm, signature = asn1.exactly(asn1.outline(der, outer), 3)
    tbs = asn1.outline(der, asn1.expect(tbs_node, asn1.SEQUENCE))
    version = 1
    if tbs and der[tbs[0][1] : tbs[0][3]] == _VERSION_3:
        version, tbs = 3, tbs[1:]
    elif tbs and tbs[0][0] == _VERSION:
        version, tbs = asn1.integer(der, asn1.only_child(der, tbs[0])) + 1, tbs[1:]
    if len(tbs) < 6:
        raise DERError("fields_missing")
    serial, inner_algorithm, issuer, validity, subject, spki = tbs[:6]
    number = asn1.integer(der, serial, padded=True)
    native = _native(der, number)
    signature_algorithm = der[algorithm[1] : algorithm[3]]
    read = PathCertificate(
        der=der,
        native=native,
        issuer=der[issuer[1] : issuer[3]],
        subject=der[subject[1] : subject[3]],
        spki=der[spki[1] : spki[3]],
        not_before=native.not_valid_before_utc,
        not_after=native.not_valid_after_utc,
        version=version,
        serial_number=number,
        serial_octets=serial[3] - serial[2],
        odd_times=_odd_times(der, validity),
        signature_algorithm=signature_algorithm,
        signed_span=(tbs_node[1], tbs_node[3]),
        signature=der[signature[2] + 1 : signature[3]],
        algorithms_agree=der[inner_algorithm[1] : inner_algorithm[3]] == signature_algorithm,
    )
    for node in tbs[6:]:
        if node[0] == _EXTENSIONS:
            _read_extensions(read, asn1.expect(asn1.only_child(der, node), asn1.SEQUENCE))
    good = version == 3 and read.algorithms_agree and read.issuer != _EMPTY_NAME and is_plain(read.subject)
    if read.faults or not good:
        read.misencodings = _misencodings(read)
    return read


def _misencodings(read: PathCertificate) -> tuple[str, ...]:
    found = list(read.faults)
    if read.version != 3:
        found.append(f"version {read.version}")
    if not read.algorithms_agree:
        found.append("two signature algorithms")
    if read.issuer == _EMPTY_NAME:
        found.append("empty issuer")
    if not is_plain(read.subject) and not is_readable(read.subject):
        found.append("subject unreadable")
    return tuple(found)


def _odd_times(der: bytes, validity: Node) -> bool:
    if der.find(b"\x18\x0f", validity[2], validity[3]) < 0:  # hardly any certificate has one: no need to look closer
        return False
    times = asn1.children(der, validity)
    return any(node[0] == asn1.GENERALIZED_TIME and der[node[2] : node[2] + 4] < b"2050" for node in times)


def _native(der: bytes, serial_number: int) -> x509.Certificate:
    if serial_number > 0:
        return x509.load_der_x509_certificate(der)
    with _WARNINGS_LOCK, warnings.catch_warnings():  # the library warns on such a number; our report says it
        warnings.simplefilter("ignore")
        return x509.load_der_x509_certificate(der)


def _read_extensions(read: PathCertificate, sequence: Node) -> None:
    der = read.der
    faults: list[str] = []
    extensions = read.extensions
    opening, rest = _OPENINGS.find(read.issuer, der, sequence)
    if opening is not None:
        extensions.update(opening.held)
        read.critical = opening.critical
        for name, value in opening.fields:
            setattr(read, name, value)
    nodes = asn1.outline(der, rest)
    for node in nodes:
        octets = der[node[1] : node[3]]
        known = _KNOWN.get(octets)
        oid, held = (known.oid, known.held) if known else _read_extension(der, node)
        if oid in extensions:
            faults.append(f"duplicate {oid}")
            continue
        extensions[oid] = held
        if held[0]:
            read.critical += (oid,)
        if known is None:
            faults += _decode(read, oid, held, octets)
            continue
        for name, value in known.fields:
            setattr(read, name, value)
    read.faults = tuple(faults)
    if opening is None and not faults:
        _OPENINGS.learn(read.issuer, der, nodes, _KNOWN, _opening)


def _decode(read: PathCertificate, oid: str, held: tuple[bool, bytes], octets: bytes) -> tuple[str, ...]:
    """Fill the fields that an extension fills; return what is wrong with it."""
    critical, value = held
    unknown = critical and oid not in PROCESSED
    if unknown:
        read.unknown_critical += (oid,)
    if oid in CONSTRAINING:
        read.constrains = True
    decode, follow = _DECODERS.get(oid), SYNTAX.get(oid)
    try:
        if decode is not None:
            decode(read, value)
        elif follow is not None:
            follow(value)
    except DERError:
        return (f"malformed {oid}",)
    if oid in RECURRING and not unknown:
        fields = tuple([(name, getattr(read, name)) for name in _FILLED.get(oid, ())])
        _KNOWN.keep(octets, _Known(oid, held, fields))
    return ()


class _Known(NamedTuple):
    """An extension of which all is right: what it says, and the fields it fills."""

    oid: str
    held: tuple[bool, bytes]
    fields: tuple[tuple[str, object], ...]


_FILLED: Final = {
    BASIC_CONSTRAINTS: ("ca", "path_length"),
    KEY_USAGE: ("key_usage",),
    EXTENDED_KEY_USAGE: ("extended_key_usage",),
    AUTHORITY_KEY_IDENTIFIER: ("authority_key_identifier",),
}
"""Extension → the fields it fills, of those that recur."""
_KNOWN: Final[Recurring[_Known]] = Recurring()


class _Opening(NamedTuple):
    """The same of several extensions, by their OIDs."""

    held: dict[str, tuple[bool, bytes]]
    critical: tuple[str, ...]
    fields: list[tuple[str, object]]


def _opening(known: list[_Known]) -> _Opening:
    held = {each.oid: each.held for each in known}
    critical = tuple([each.oid for each in known if each.held[0]])
    return _Opening(held, critical, [field for each in known for field in each.fields])


_OPENINGS: Final[Openings[_Opening]] = Openings()


def _read_extension(der: bytes, node: Node) -> tuple[str, tuple[bool, bytes]]:
    """Return the OID, and whether it is critical with the DER inside the OCTET STRING."""
    usual = usual_extension(der, node)
    if usual is not None:
        return usual[0], usual[1:]
    parts = asn1.children(der, node) if node[0] == asn1.SEQUENCE else []
    last = parts[-1] if parts else node
    if not 2 <= len(parts) <= 3 or last[0] != asn1.OCTET_STRING:
        raise DERError("is_none", node[1], kind="Extension")
    critical = len(parts) == 3 and asn1.boolean(der, parts[1])
    return asn1.oid(der, parts[0]), (critical, der[last[2] : last[3]])


def _basic_constraints(read: PathCertificate, value: bytes) -> None:
    parts = asn1.children(value, asn1.root(value, asn1.SEQUENCE))
    if parts and parts[0][0] == asn1.BOOLEAN:
        read.ca = asn1.boolean(value, parts.pop(0))
    if parts:
        length = asn1.integer(value, parts.pop(0))
        if length < 0 or parts:
            raise DERError("path_length")
        read.path_length = length


def _key_usage(read: PathCertificate, value: bytes) -> None:
    octets, unused = asn1.bit_string(value, asn1.root(value, asn1.BIT_STRING))
    if octets and octets[-1] & (1 << unused) - 1:
        raise DERError("key_usage_bits")
    read.key_usage = int.from_bytes(octets[:2].translate(_REVERSED), "little")


def _extended_key_usage(read: PathCertificate, value: bytes) -> None:
    read.extended_key_usage = ()
    parts = asn1.children(value, asn1.root(value, asn1.SEQUENCE))
    if not parts:
        raise DERError("is_empty", kind="extendedKeyUsage")
    read.extended_key_usage = tuple([asn1.oid(value, part) for part in parts])


def _subject_key_identifier(read: PathCertificate, value: bytes) -> None:
    read.subject_key_identifier = asn1.contents(value, asn1.root(value, asn1.OCTET_STRING))


def _authority_key_identifier(read: PathCertificate, value: bytes) -> None:
    read.authority_key_identifier = authority_key(value)


def _subject_alternative_name(read: PathCertificate, value: bytes) -> None:
    read.alternative_names = asn1.children(value, asn1.root(value, asn1.SEQUENCE))
    if not read.alternative_names:
        raise DERError("is_empty", kind="subjectAltName")


_DECODERS: Final = {
    SUBJECT_ALTERNATIVE_NAME: _subject_alternative_name,
    BASIC_CONSTRAINTS: _basic_constraints,
    KEY_USAGE: _key_usage,
    EXTENDED_KEY_USAGE: _extended_key_usage,
    SUBJECT_KEY_IDENTIFIER: _subject_key_identifier,
    AUTHORITY_KEY_IDENTIFIER: _authority_key_identifier,
}
