"""One good certificate per profile, in real DER, from which a test states only its deviation.

Nothing is signed: the rules do not look at signatures, so no key is ever made. ``made("g4-tls", change)`` takes the
good parts of a profile, lets ``change`` alter them, and reads the result back as facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pkitools.profiles import ATTRIBUTE_OIDS, Profile, get_profile, trial
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.oids import KEY_USAGES
from tests.support.der import IA5, NULL, PRINTABLE, UTF8, Attribute, certificate, extension, integer, oid, sequence, tlv
from tests.support.der import name as der_name

SHA256_RSA = sequence(oid("1.2.840.113549.1.1.11"), NULL)
SHA1_RSA = sequence(oid("1.2.840.113549.1.1.5"), NULL)
RSA = sequence(oid("1.2.840.113549.1.1.1"), NULL)
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ISSUED = datetime(2026, 6, 1, tzinfo=UTC)
KVK_OIN = "00000003273229750000"
TEST_OIN = "00000099999999910000"
CLIENT, SERVER, ANY = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0"
(AKI, SKI, KU, EKU, SAN, IAN, BC, NC, PM, PC, IAP, CDP, POLICIES) = (
    f"2.5.29.{n}" for n in (35, 14, 15, 37, 17, 18, 19, 30, 33, 36, 54, 31, 32)
)
AIA, QC = "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.3"
TRUE = b"\x01\x01\xff"


def pss(hash_oid: str = "2.16.840.1.101.3.4.2.3", salt: int = 64) -> bytes:
    digest = sequence(oid(hash_oid), NULL)
    mgf = sequence(oid("1.2.840.113549.1.1.8"), digest)
    parameters = sequence(tlv(0xA0, digest), tlv(0xA1, mgf), tlv(0xA2, integer(salt)))
    return sequence(oid("1.2.840.113549.1.1.10"), parameters)


def rsa_key(bits: int, exponent: int = 65537, algorithm: bytes = RSA, *, even: bool = False) -> bytes:
    return sequence(algorithm, tlv(0x03, b"\x00", sequence(integer((1 << bits) - 1 - even), integer(exponent))))


def ec_key(curve: bytes | None = None) -> bytes:
    parameters = oid("1.2.840.10045.3.1.7") if curve is None else curve
    return sequence(sequence(oid("1.2.840.10045.2.1"), parameters), tlv(0x03, b"\x00\x04" + b"\x01" * 64))


def pss_key(bits: int = 3072) -> bytes:
    """An RSA key that says to be for RSASSA-PSS alone."""
    return rsa_key(bits, algorithm=sequence(oid("1.2.840.113549.1.1.10")))


def edwards_key() -> bytes:
    return sequence(sequence(oid("1.3.101.112")), tlv(0x03, b"\x00" + b"\x01" * 32))


def named_bits(*names: str) -> bytes:
    positions = [KEY_USAGES.index(name) for name in names]
    octets = bytearray(max(positions, default=-1) // 8 + 1)
    for position in positions:
        octets[position // 8] |= 0x80 >> position % 8
    unused = 7 - max(positions) % 8 if positions else 0
    return tlv(0x03, bytes([unused]), bytes(octets))


def purposes(*oids: str) -> bytes:
    return sequence(*map(oid, oids))


def dns_names(*names: str) -> bytes:
    return sequence(*(tlv(0x82, name.encode()) for name in names))


def uri(address: str) -> bytes:
    return tlv(0x86, address.encode())


def crl_point(*addresses: str) -> bytes:
    return sequence(tlv(0xA0, tlv(0xA0, *map(uri, addresses))))


def access(*, ca_issuers: Sequence[str] = (), ocsp: Sequence[str] = ()) -> bytes:
    rows = [("1.3.6.1.5.5.7.48.1", a) for a in ocsp] + [("1.3.6.1.5.5.7.48.2", a) for a in ca_issuers]
    return sequence(*(sequence(oid(method), uri(address)) for method, address in rows))


def policies(*oids: str, cps: str = "", notice: str = "") -> bytes:
    qualifiers = []
    if cps:
        qualifiers.append(sequence(oid("1.3.6.1.5.5.7.2.1"), tlv(IA5, cps.encode())))
    if notice:
        qualifiers.append(sequence(oid("1.3.6.1.5.5.7.2.2"), sequence(tlv(UTF8, notice.encode()))))
    tail = sequence(*qualifiers) if qualifiers else b""
    return sequence(*(sequence(oid(policy), tail) for policy in oids))


def statements(*rows: tuple[str, Sequence[str]], language: str = "en") -> bytes:
    """QcStatements: an OID, and the OIDs or addresses inside it, the latter with the language of what is there."""
    found = []
    for statement, values in rows:
        inner = [
            oid(v) if v[:1].isdigit() else sequence(tlv(IA5, v.encode()), tlv(PRINTABLE, language.encode()))
            for v in values
        ]
        found.append(sequence(oid(statement), sequence(*inner) if inner else b""))
    return sequence(*found)


def attribute(short: str, value: str, tag: int | None = None) -> Attribute:
    printable = {"C", "serialNumber"}
    return ATTRIBUTE_OIDS[short], tag or (PRINTABLE if short in printable else UTF8), value.encode()


@dataclass
class Parts:
    """The parts of one certificate, to be altered before it is encoded."""

    subject: list[Attribute]
    issuer: list[Attribute]
    not_before: datetime
    not_after: datetime
    key: bytes
    algorithm: bytes
    extensions: dict[str, tuple[bool, bytes]] = field(default_factory=dict)
    extra_extensions: list[bytes] = field(default_factory=list)
    serial: bytes = integer(0x5A << 152 | 0xC0FFEE)
    version: bytes = b"\xa0\x03\x02\x01\x02"
    outer_algorithm: bytes | None = None
    validity: bytes | None = None
    unique_identifier: bytes = b""
    subject_der: bytes | None = None  # instead of ``subject``

    def set(self, short: str, *values: str, tag: int | None = None) -> None:
        """Give an attribute these values; none takes it out."""
        dotted = ATTRIBUTE_OIDS.get(short, short)
        self.subject = [found for found in self.subject if found[0] != dotted]
        for value in values:
            if short in ATTRIBUTE_OIDS:
                self.subject.append(attribute(short, value, tag))
            else:
                self.subject.append((dotted, tag or UTF8, value.encode()))

    def put(self, dotted: str, value: bytes, *, critical: bool = False) -> None:
        self.extensions[dotted] = (critical, value)

    def critical(self, dotted: str, critical: bool) -> None:
        self.extensions[dotted] = (critical, self.extensions[dotted][1])

    def drop(self, *dotted: str) -> None:
        for one in dotted:
            self.extensions.pop(one, None)

    def facts(self) -> CertificateFacts:
        return read_certificate(self.der())

    def der(self) -> bytes:
        encoded = [
            extension(dotted, value, TRUE if critical else b"") for dotted, (critical, value) in self.extensions.items()
        ]
        validity = self.validity or sequence(_time(self.not_before), _time(self.not_after))
        return certificate(
            self.subject_der or der_name(*self.subject),
            *encoded,
            *self.extra_extensions,
            issuer=der_name(*self.issuer),
            serial=self.serial,
            version=self.version,
            validity=validity,
            key=self.key + self.unique_identifier,
            algorithm=self.algorithm,
            outer_algorithm=self.outer_algorithm,
        )


def _time(moment: datetime) -> bytes:
    if moment.year < 2050:
        return tlv(0x17, f"{moment:%y%m%d%H%M%SZ}".encode())
    return tlv(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode())


Change = Callable[[Parts], object]


def setting(name: str, value: object) -> Change:
    """Change: one field of :class:`Parts`."""
    return lambda parts: setattr(parts, name, value)


def giving(short: str, *values: str, tag: int | None = None) -> Change:
    """Change: a subject attribute has these values; none takes it out."""
    return lambda parts: parts.set(short, *values, tag=tag)


def adding(dotted: str, tag: int, value: bytes) -> Change:
    """Change: one more subject attribute, of any bytes."""
    return lambda parts: parts.subject.append((dotted, tag, value))


def without(*oids: str) -> Change:
    """Change: these extensions are absent."""
    return lambda parts: parts.drop(*oids)


def putting(dotted: str, value: bytes, *, critical: bool = False) -> Change:
    """Change: an extension."""
    return lambda parts: parts.put(dotted, value, critical=critical)


def criticality(dotted: str, critical: bool) -> Change:
    """Change: whether an extension is critical."""
    return lambda parts: parts.critical(dotted, critical)


def alternative(*names: bytes) -> Change:
    """Change: the subjectAltName."""
    return putting(SAN, sequence(*names))


def issued_by(issuer: CertificateFacts) -> Change:
    """Change: the issuer's name and key identifier are those of this certificate."""

    def change(parts: Parts) -> None:
        tags = {"PrintableString": PRINTABLE, "UTF8String": UTF8}
        parts.issuer = [(a.oid, tags[a.string_type], a.value.encode()) for a in issuer.subject]
        parts.put(AKI, sequence(tlv(0x80, bytes.fromhex(issuer.subject_key_identifier or ""))))

    return change


def issued(year: int, month: int, day: int = 1, *, days: int = 365) -> Change:
    """Change: the validity."""

    def change(parts: Parts) -> None:
        parts.not_before = datetime(year, month, day, tzinfo=UTC)
        parts.not_after = parts.not_before + timedelta(days=days)

    return change


def made(profile: str = "g1-server", *changes: Change) -> CertificateFacts:
    """Return the facts of the good certificate of a profile, with changes.

    Args:
        profile: a name of :mod:`pkitools.profiles`, ``trial:`` before it for the TRIAL arc; ``ca``, ``g3-ca``; or
            ``self-signed``, which has nothing of PKIoverheid.
        changes: each gets the parts and alters them.
    """
    parts = good(profile)
    for change in changes:
        change(parts)
    return parts.facts()


def good(profile: str) -> Parts:
    """Return the good parts of a profile, see :func:`made`."""
    if profile == "ca":
        return _authority("Voorbeeld PKIo Priv G-TLS SYS 2025", "2.16.528.1.1003.1.2.44.15.35.11")
    if profile == "self-signed":
        return _self_signed()
    kind, _, rest = profile.rpartition(":")
    return _end_entity(get_profile(rest), is_trial=kind == "trial")


def _identifier(key: bytes) -> bytes:
    # the contents of the key's BIT STRING: what is left behind its algorithm and four or five octets of header
    bits = key[key.index(b"\x00\x30", 20) + 1 :] if b"\x00\x30" in key[20:] else key[-65:]
    return hashlib.sha1(bits, usedforsecurity=False).digest()


def _common(parts: Parts) -> None:
    parts.put(AKI, sequence(tlv(0x80, b"\x07" * 20)))
    parts.put(SKI, tlv(0x04, _identifier(parts.key)))


def _end_entity(profile: Profile, *, is_trial: bool) -> Parts:
    old = profile.generation == "G1"
    uzi = profile.name == "uzi-server"
    prefix = trial().name_prefix if is_trial else ""
    host = "api.voorbeeld.nl"
    parts = Parts(
        subject=[attribute("C", "NL"), attribute("O", f"{prefix}Gemeente Voorbeeld")],
        issuer=[attribute("C", "NL"), attribute("O", f"{prefix}Voorbeeld TSP"), attribute("CN", f"{prefix}TSP CA")],
        not_before=ISSUED,
        not_after=ISSUED + timedelta(days=365),
        key=rsa_key(2048 if old else 4096 if uzi else 3072),
        algorithm=SHA256_RSA if old else pss(),
    )
    parts.set("CN", f"{prefix}{host}" if not uzi else host)
    parts.set("organizationIdentifier", "NTRNL-27322975")
    parts.set("serialNumber", TEST_OIN if is_trial else KVK_OIN)
    if is_trial:
        parts.set("organizationIdentifier", "NTRNL-99999991")
    _common(parts)
    parts.put(KU, named_bits(*sorted(profile.usage.key_usage)), critical=True)
    parts.put(EKU, purposes(*profile.usage.extended_key_usage))
    chosen = profile.policies.trial if is_trial else profile.policies.production
    parts.put(POLICIES, policies(*chosen, cps="https://cps.voorbeeld.nl/"))
    parts.put(CDP, sequence(crl_point("http://crl.voorbeeld.nl/tsp.crl")))
    parts.put(AIA, access(ca_issuers=["http://cert.voorbeeld.nl/tsp.cer"], ocsp=["http://ocsp.voorbeeld.nl"]))
    parts.put(BC, sequence(), critical=True)
    if profile.san.kinds:
        parts.put(SAN, dns_names(host))
    if uzi:
        name = "2.16.528.1.1003.1.3.5.5.5-1-123456789-S-90000380-00.000-00000000"
        other = tlv(0xA0, oid("2.5.5.5"), tlv(0xA0, tlv(IA5, name.encode())))
        parts.put(SAN, sequence(tlv(0x82, host.encode()), other))
        parts.set("serialNumber")
    rows = [
        (o, ["https://pds.voorbeeld.nl/en"] if o.endswith(".1.5") else v) for o, v in profile.qc_statements.statements
    ]
    if rows:
        parts.put(QC, statements(*rows))
    return parts


def _authority(common_name: str, policy: str) -> Parts:
    parts = Parts(
        subject=[attribute("C", "NL"), attribute("O", "Voorbeeld TSP"), attribute("CN", common_name)],
        issuer=[attribute("C", "NL"), attribute("O", "Staat"), attribute("CN", "Intm")],
        not_before=datetime(2025, 1, 1, tzinfo=UTC),
        not_after=datetime(2039, 5, 18, tzinfo=UTC),
        key=rsa_key(4096),
        algorithm=pss(),
    )
    _common(parts)
    parts.put(SKI, tlv(0x04, b"\x07" * 20))
    parts.put(KU, named_bits("keyCertSign", "cRLSign"), critical=True)
    parts.put(BC, sequence(TRUE, integer(0)), critical=True)
    parts.put(EKU, purposes(SERVER, CLIENT))
    parts.put(POLICIES, policies(policy))
    return parts


def _self_signed() -> Parts:
    subject = [attribute("C", "NL"), attribute("O", "Gemeente Voorbeeld"), attribute("CN", "test.voorbeeld.nl")]
    parts = Parts(
        subject=[*subject, attribute("serialNumber", TEST_OIN)],
        issuer=[*subject, attribute("serialNumber", TEST_OIN)],
        not_before=ISSUED,
        not_after=ISSUED + timedelta(days=365),
        key=rsa_key(3072),
        algorithm=SHA256_RSA,
    )
    parts.put(SKI, tlv(0x04, _identifier(parts.key)))
    parts.put(KU, named_bits("digitalSignature", "keyEncipherment"), critical=True)
    parts.put(EKU, purposes(SERVER, CLIENT))
    parts.put(SAN, dns_names("test.voorbeeld.nl"))
    return parts
