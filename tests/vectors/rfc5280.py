"""Vectors of RFC 5280."""

from __future__ import annotations

from datetime import timedelta

from tests.support.certificates import (
    AIA,
    AKI,
    ANY,
    BC,
    CDP,
    EKU,
    IAN,
    IAP,
    KU,
    NC,
    PC,
    PM,
    POLICIES,
    RSA,
    SAN,
    SHA1_RSA,
    SKI,
    TRUE,
    Parts,
    adding,
    alternative,
    criticality,
    crl_point,
    dns_names,
    ec_key,
    edwards_key,
    giving,
    issued,
    made,
    named_bits,
    policies,
    pss_key,
    purposes,
    putting,
    rsa_key,
    setting,
    uri,
    without,
)
from tests.support.der import PRINTABLE, UTF8, extension, integer, oid, sequence, tlv
from tests.support.rule_vectors import pair
from tests.vectors import Vector

G1, CA = "g1-server", "ca"
BMP = 0x1E


def ends_before_it_begins(parts: Parts) -> None:
    parts.not_after = parts.not_before - timedelta(days=1)


DECODING = [
    pair("rfc5280.signature.inner_equals_outer", G1, setting("outer_algorithm", SHA1_RSA)),
    pair("rfc5280.serial.positive", G1, setting("serial", integer(0))),
    pair("rfc5280.serial.length", G1, setting("serial", integer(1 << 160))),
    pair("rfc5280.serial.encoding", G1, setting("serial", tlv(0x02, b"\x00\x00" + b"\x01" * 9))),
    pair(
        "rfc5280.validity.form",
        G1,
        setting("validity", sequence(tlv(0x17, b"2606010000Z"), tlv(0x17, b"270601000000+0200"))),
    ),
    pair("rfc5280.version.known", G1, setting("version", b"\xa0\x03\x02\x01\x05")),
    pair("rfc5280.version.v3_with_extensions", G1, setting("version", b"\xa0\x03\x02\x01\x01")),
    pair("rfc5280.extensions.duplicate", G1, setting("extra_extensions", [extension(KU, named_bits("keyAgreement"))])),
    pair("rfc5280.extensions.decodable", G1, putting(EKU, b"\x30\x03\x06")),
    pair(
        "rfc5280.extensions.der",
        G1,
        without(SKI),
        setting("extra_extensions", [extension(SKI, tlv(0x04, b"\x01" * 20), b"\x01\x01\x00")]),
    ),
    pair("rfc5280.general_names.decodable", G1, alternative(tlv(0x82, b"a.nl"), tlv(0xA0, b"\x30\x00"))),
    pair("rfc5280.names.decodable", G1, setting("subject_der", sequence(sequence(b"\x05\x00")))),
    pair("rfc5280.names.value_type", G1, giving("CN", "api.voorbeeld.nl", tag=0x24)),
    pair("rfc5280.names.string_octets", G1, adding("2.5.4.3", UTF8, b"\xff\xfe")),
    pair("rfc5280.public_key.decodable", G1, setting("key", sequence(RSA, tlv(0x03, b"\x00\x30\x02")))),
    pair("rfc5280.public_key.odd_modulus", G1, setting("key", rsa_key(3072, even=True))),
    pair("rfc5280.signature.decodable", "g4-tls", setting("algorithm", sequence(oid("1.2.840.113549.1.1.10")))),
]

SUBJECT = [
    pair("rfc5280.subject.common_name_length", G1, giving("CN", "a" * 65), meets=[giving("CN", "a" * 64)]),
    pair("rfc5280.subject.organization_length", G1, giving("O", "a" * 65), meets=[giving("O", "é" * 64)]),
    pair("rfc5280.subject.organizational_unit_length", G1, giving("OU", "a" * 65), meets=[giving("OU", "a" * 64)]),
    pair("rfc5280.subject.locality_length", G1, giving("L", "a" * 129), meets=[giving("L", "a" * 128)]),
    pair("rfc5280.subject.state_length", G1, giving("ST", "a" * 129), meets=[giving("ST", "a" * 128)]),
    pair("rfc5280.subject.serial_number_length", G1, giving("serialNumber", "1" * 65)),
    pair("rfc5280.issuer.not_empty", G1, setting("issuer", [])),
    pair("rfc5280.subject.not_empty_on_ca", CA, setting("subject", [])),
    pair(
        "rfc5280.subject.empty_needs_critical_san",
        G1,
        setting("subject", []),
        meets=[setting("subject", []), criticality(SAN, True)],
    ),
    pair("rfc5280.subject.country", G1, giving("C", "Nederland")),
    pair("rfc5280.names.string_type", G1, giving("C", "NL", tag=UTF8)),
    pair("rfc5280.names.directory_string", G1, adding("2.5.4.10", BMP, "Voorbeeld".encode("utf-16-be"))),
    pair("rfc5280.names.printable_string", G1, giving("O", "R&D", tag=PRINTABLE)),
    pair("rfc5280.names.value_not_empty", G1, giving("L", "")),
]

FIELDS = [
    pair("rfc5280.validity.order", G1, ends_before_it_begins),
    pair(
        "rfc5280.validity.encoding",
        G1,
        setting("validity", sequence(tlv(0x18, b"20260601000000Z"), tlv(0x18, b"20270601000000Z"))),
        meets=[issued(2026, 6, days=30 * 365)],
    ),
    pair("rfc5280.unique_identifiers.absent", G1, setting("unique_identifier", tlv(0x81, b"\x00\x01"))),
    pair(
        "rfc5280.public_key.rsa_parameters",
        G1,
        setting(
            "key",
            sequence(sequence(oid("1.2.840.113549.1.1.1")), tlv(0x03, b"\x00" + sequence(integer(77), integer(3)))),
        ),
    ),
    pair(
        "rfc5280.public_key.named_curve",
        "self-signed",
        setting("key", ec_key(sequence(integer(1)))),
        meets=[setting("key", ec_key())],
    ),
]

CRITICALITY = [
    pair("rfc5280.basic_constraints.critical", CA, criticality(BC, False)),
    pair("rfc5280.key_usage.critical", G1, criticality(KU, False)),
    *(
        pair(f"rfc5280.{slug}.critical", CA, putting(dotted, value), meets=[putting(dotted, value, critical=True)])
        for slug, dotted, value in (
            ("name_constraints", NC, sequence(tlv(0xA0, sequence(tlv(0x82, b"voorbeeld.nl"))))),
            ("policy_mappings", PM, sequence(sequence(oid("1.2.3"), oid("1.2.4")))),
            ("policy_constraints", PC, sequence(tlv(0x80, b"\x00"))),
            ("inhibit_any_policy", IAP, integer(0)),
        )
    ),
    pair("rfc5280.key_usage.trailing_zero_bits", G1, putting(KU, b"\x03\x02\x04\xa0", critical=True)),
    pair("rfc5280.authority_key_identifier.not_critical", G1, criticality(AKI, True)),
    pair("rfc5280.subject_key_identifier.not_critical", G1, criticality(SKI, True)),
    pair("rfc5280.authority_information_access.not_critical", G1, criticality(AIA, True)),
    pair("rfc5280.crl_distribution_points.not_critical", G1, criticality(CDP, True)),
    pair(
        "rfc5280.issuer_alternative_name.not_critical",
        G1,
        putting(IAN, dns_names("tsp.nl"), critical=True),
        meets=[putting(IAN, dns_names("tsp.nl"))],
    ),
    pair(
        "rfc5280.extensions.unknown_critical",
        G1,
        putting("1.2.3.4.5", b"\x05\x00", critical=True),
        meets=[putting("1.2.3.4.5", b"\x05\x00")],
    ),
]

EXTENSIONS = [
    pair("rfc5280.basic_constraints.end_entity", G1, putting(BC, sequence(TRUE), critical=True), role="end_entity"),
    pair("rfc5280.basic_constraints.present_on_ca", CA, without(BC), role="intermediate"),
    pair(
        "rfc5280.basic_constraints.path_length",
        G1,
        putting(BC, sequence(integer(0)), critical=True),
        meets_base=CA,
    ),
    pair("rfc5280.key_usage.present_on_ca", CA, without(KU)),
    pair("rfc5280.key_usage.cert_sign_on_ca", CA, putting(KU, named_bits("cRLSign"), critical=True)),
    pair(
        "rfc5280.key_usage.cert_sign_needs_ca",
        G1,
        putting(KU, named_bits("keyCertSign"), critical=True),
        meets_base=CA,
    ),
    pair("rfc5280.key_usage.not_empty", G1, putting(KU, b"\x03\x01\x00", critical=True)),
    pair("rfc5280.key_usage.suits_key", G1, putting(KU, named_bits("keyAgreement"), critical=True)),
    *(
        pair(
            f"rfc5280.key_usage.suits_{kind}_key",
            "self-signed",
            setting("key", key),
            *changes,
            meets=[setting("key", key), putting(KU, named_bits("digitalSignature"), critical=True), *changes],
        )
        for kind, key, changes in (
            ("pss", pss_key(), ()),
            ("ec", ec_key(), ()),
            ("early_ec", ec_key(), (issued(2020, 8, 31),)),
            ("edwards", edwards_key(), ()),
        )
    ),
    pair("rfc5280.subject_key_identifier.present_on_ca", CA, without(SKI)),
    pair("rfc5280.subject_key_identifier.present", G1, without(SKI)),
    pair("rfc5280.authority_key_identifier.present", G1, without(AKI)),
    pair(
        "rfc5280.authority_key_identifier.matches_issuer",
        G1,
        putting(AKI, sequence(tlv(0x80, b"\x08" * 20))),
        path=lambda: made("ca"),
    ),
    pair(
        "rfc5280.extended_key_usage.connects",
        G1,
        putting(EKU, sequence(oid("1.3.6.1.5.5.7.3.3"))),
        system="digikoppeling",
    ),
    pair("rfc5280.extended_key_usage.not_empty", G1, putting(EKU, sequence())),
    pair(
        "rfc5280.extended_key_usage.any_not_critical",
        G1,
        putting(EKU, purposes(ANY), critical=True),
        meets=[putting(EKU, purposes(ANY))],
    ),
    pair("rfc5280.extended_key_usage.consistent", G1, putting(KU, named_bits("dataEncipherment"), critical=True)),
    pair("rfc5280.subject_alternative_name.not_empty", G1, alternative()),
    pair("rfc5280.subject_alternative_name.not_critical", G1, criticality(SAN, True)),
    pair("rfc5280.subject_alternative_name.dns_syntax", G1, putting(SAN, dns_names("a.nl", "-a.nl", "a b"))),
    pair("rfc5280.subject_alternative_name.dns_length", G1, putting(SAN, dns_names("a" * 64 + ".nl"))),
    pair(
        "rfc5280.subject_alternative_name.uri_syntax",
        G1,
        alternative(uri("/relative")),
        meets=[alternative(uri("urn:oin:00000003273229750000"))],
    ),
    pair(
        "rfc5280.subject_alternative_name.email_syntax",
        G1,
        alternative(tlv(0x81, b"Beheer <beheer@voorbeeld.nl>")),
        meets=[alternative(tlv(0x81, b"beheer@voorbeeld.nl"))],
    ),
    pair("rfc5280.certificate_policies.not_empty", G1, putting(POLICIES, sequence()), profile="g1-server"),
    pair("rfc5280.certificate_policies.duplicates", G1, putting(POLICIES, policies("1.2.3", "1.2.3"))),
    pair(
        "rfc5280.certificate_policies.user_notice_length",
        G1,
        putting(POLICIES, policies("1.2.3", notice="a" * 201)),
        meets=[putting(POLICIES, policies("1.2.3", notice="a" * 200))],
    ),
    pair("rfc5280.crl_distribution_points.named", G1, putting(CDP, sequence(sequence(tlv(0x81, b"\x06\x40"))))),
    pair("rfc5280.crl_distribution_points.not_empty", G1, putting(CDP, sequence())),
    pair("rfc5280.crl_distribution_points.uri_syntax", G1, putting(CDP, sequence(crl_point("crl.nl/a.crl")))),
    pair("rfc5280.name_constraints.only_on_ca", G1, putting(NC, sequence(), critical=True)),
]

VECTORS: list[Vector] = [*DECODING, *SUBJECT, *FIELDS, *CRITICALITY, *EXTENSIONS]
