"""Vectors of PKIoverheid's Programme of Requirements, TRIAL profiles and UZI."""

from __future__ import annotations

from tests.support.certificates import (
    CLIENT,
    EKU,
    KU,
    POLICIES,
    SAN,
    Parts,
    alternative,
    criticality,
    dns_names,
    ec_key,
    giving,
    issued,
    made,
    named_bits,
    policies,
    pss,
    purposes,
    putting,
    rsa_key,
    setting,
    without,
)
from tests.support.der import integer, tlv
from tests.support.rule_vectors import pair
from tests.vectors import Vector

G1, TLS, CA = "g1-server", "g4-tls", "ca"
IP_ADDRESS = alternative(tlv(0x82, b"api.voorbeeld.nl"), tlv(0x87, b"\x0a\x00\x00\x01"))


def earlier(parts: Parts) -> None:
    parts.serial = integer(1 << 100)


SUBJECT = [
    pair("por.subject.country", G1, giving("C")),
    pair("por.subject.common_name", G1, giving("CN")),
    pair("por.subject.organization", G1, giving("O")),
    pair("por.subject.organization_identifier", G1, giving("organizationIdentifier")),
    pair("por.subject.discouraged", G1, giving("L", "Voorbeeld")),
    pair("por.subject.organizational_unit", G1, giving("OU", "ICT")),
    pair("por.subject.other_attributes", G1, giving("title", "Systeem")),
    pair("por.subject.serial_number_of_twenty", G1, giving("serialNumber", "12345678901234567890")),
    pair("por.serial.random", G1, setting("serial", integer(1234))),
]

LEGACY = [
    pair("por.g1.signature", G1, setting("algorithm", pss())),
    pair("por.g1.key_usage", G1, putting(KU, named_bits("digitalSignature"), critical=True)),
    pair("por.g1.key_usage_critical", G1, criticality(KU, False)),
    pair("por.g1.extended_key_usage", G1, putting(EKU, purposes(CLIENT))),
    pair("por.g1.policy", G1, putting(POLICIES, policies("2.16.528.1.1003.1.2.5.6")), profile="g1-server"),
    pair("por.g1.practice_statement", G1, putting(POLICIES, policies("2.16.528.1.1003.1.2.8.6"))),
    pair("por.g1.common_name_in_san", G1, putting(SAN, dns_names("ander.voorbeeld.nl"))),
    pair("por.g1.validity", G1, issued(2026, 6, days=732), meets=[issued(2025, 6, days=1096)]),
    pair("por.g1.latest_end", G1, issued(2026, 6, days=1000)),
]

KEYS = [
    pair("por.key.rsa", TLS, setting("key", ec_key())),
    pair("por.key.size_2048", G1, setting("key", rsa_key(2047))),
    pair("por.key.size_g4", TLS, setting("key", rsa_key(2048))),
    pair("por.key.size_g1", G1, meets=[setting("key", rsa_key(4096))]),
    pair("por.key.size_ca", CA, setting("key", rsa_key(3072))),
    pair(
        "por.key.renewed",
        G1,
        others=lambda: made(G1, earlier),
        meets_with={"others": lambda: made(G1, earlier, setting("key", rsa_key(4096)))},
    ),
]

G4 = [
    pair("por.g4.validity", TLS, issued(2026, 6, days=1097), meets=[issued(2026, 6, days=1096)]),
    pair("por.g4.signature", TLS, setting("algorithm", pss(salt=32))),
    pair("por.g4.san_no_address", TLS, IP_ADDRESS),
    pair("por.g4.san_no_localhost", TLS, putting(SAN, dns_names("api.voorbeeld.nl", "localhost"))),
    pair("por.policy.present", TLS, without(POLICIES), path=lambda: made("ca")),
    pair("por.issuer.policies", "trial:g4-tls", path=lambda: made("ca"), meets_base=TLS),
    pair(
        "por.issuer.purposes",
        "g4-authenticity",
        path=lambda: made("ca"),
        meets_base=TLS,
    ),
]

UZI = [
    pair("uzi.key.size", "uzi-server", setting("key", rsa_key(3072))),
    pair("uzi.san.one_dns_name", "uzi-server", putting(SAN, dns_names("a.nl", "b.nl")), profile="uzi-server"),
    pair("uzi.san.common_name", "uzi-server", giving("CN", "ander.voorbeeld.nl")),
    pair("uzi.san.uzi_name", "uzi-server", putting(SAN, dns_names("api.voorbeeld.nl")), profile="uzi-server"),
]

VECTORS: list[Vector] = [*SUBJECT, *LEGACY, *KEYS, *G4, *UZI]
