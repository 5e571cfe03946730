"""Vectors of the TRIAL profiles: each requirement in the TRIAL arc, and most in the production arc as well."""

from __future__ import annotations

from tests.support.certificates import (
    AIA,
    BC,
    CDP,
    CLIENT,
    EKU,
    KU,
    POLICIES,
    QC,
    SAN,
    SKI,
    Change,
    access,
    alternative,
    criticality,
    crl_point,
    dns_names,
    giving,
    issued,
    named_bits,
    policies,
    purposes,
    putting,
    rsa_key,
    setting,
    statements,
    uri,
    without,
)
from tests.support.der import integer, sequence, tlv
from tests.support.rule_vectors import pair
from tests.vectors import Vector

TLS, SEAL, AUTHENTICATION = "g4-tls", "g4-seal", "g4-authentication"
LEGAL = ("1.3.6.1.5.5.7.11.2", ["0.4.0.194121.1.2"])

# requirement → profile, and what violates it
BOTH: dict[str, tuple[str, Change]] = {
    "subject.attributes": (TLS, giving("OU", "ICT")),
    "subject.required": (TLS, giving("organizationIdentifier")),
    "subject.once": (TLS, giving("CN", "TRIAL een", "TRIAL twee")),
    "subject.common_name_length": (AUTHENTICATION, giving("CN", "TRIA")),
    "subject.organization_length": (TLS, giving("O", "T")),
    "subject.organization_identifier": (TLS, giving("organizationIdentifier", "VATNL-123456782B01")),
    "san.count": (TLS, alternative(uri("https://voorbeeld.nl/"))),
    "san.only_dns": (TLS, alternative(tlv(0x82, b"a.nl"), uri("https://voorbeeld.nl/"))),
    "san.two_labels": (TLS, putting(SAN, dns_names("server"))),
    "san.no_wildcard": (TLS, putting(SAN, dns_names("*.voorbeeld.nl"))),
    "san.no_onion": (TLS, putting(SAN, dns_names("abcdef.onion"))),
    "san.absent": (AUTHENTICATION, putting(SAN, dns_names("a.nl"))),
    "usage.key_usage": (TLS, putting(KU, named_bits("digitalSignature"), critical=True)),
    "usage.key_usage_critical": (TLS, criticality(KU, False)),
    "usage.extended_key_usage": (TLS, putting(EKU, purposes(CLIENT))),
    "usage.extended_key_usage_not_critical": (TLS, criticality(EKU, True)),
    "qc_statements.semantics": (TLS, without(QC)),
    "qc_statements.seal": (SEAL, putting(QC, statements(LEGAL))),
    "basic_constraints.present": (TLS, without(BC)),
    "authority_information_access.ca_issuers": (TLS, putting(AIA, access(ocsp=["http://ocsp.voorbeeld.nl"]))),
    "crl_distribution_points.one_http": (TLS, putting(CDP, sequence(crl_point("ldap://voorbeeld.nl/cn=crl")))),
    "subject_key_identifier.method_1": (TLS, putting(SKI, tlv(0x04, b"\x01" * 20))),
    "key.exponent": (TLS, setting("key", rsa_key(3072, exponent=3))),
    "serial.octets": (TLS, setting("serial", integer(1 << 100))),
}

VECTORS: list[Vector] = [
    *(pair(f"trial.{slug}", f"trial:{profile}", change) for slug, (profile, change) in BOTH.items()),
    *(pair(f"g4.{slug}", profile, change) for slug, (profile, change) in BOTH.items()),
    pair("trial.policies.required", f"trial:{TLS}", putting(POLICIES, policies("2.16.528.1.1003.1.2.41.15.35.11"))),
    pair("g4.policies.required", TLS, putting(POLICIES, policies("2.16.528.1.1003.1.2.44.15.35.11"))),
    pair("trial.subject.serial_number", f"trial:{TLS}", giving("serialNumber", "0000000700025BE00000")),
    pair("trial.subject.prefix", f"trial:{TLS}", giving("O", "Gemeente Voorbeeld")),
    pair("trial.key.size", f"trial:{TLS}", setting("key", rsa_key(2048))),
    pair("trial.validity.usual", f"trial:{TLS}", issued(2026, 6, days=398), meets=[issued(2026, 6, days=397)]),
]
