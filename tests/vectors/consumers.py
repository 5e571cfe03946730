"""Vectors of the OIN-Stelsel in certificates, Digikoppeling and ST-SAML."""

from __future__ import annotations

from pkitools.environment import Environment
from pkitools.trust import embedded_certificates
from pkitools.x509 import read_certificate
from tests.support.certificates import (
    CDP,
    EKU,
    KU,
    KVK_OIN,
    POLICIES,
    SERVER,
    SHA1_RSA,
    TEST_OIN,
    Change,
    alternative,
    crl_point,
    ec_key,
    giving,
    issued,
    issued_by,
    named_bits,
    policies,
    purposes,
    putting,
    rsa_key,
    setting,
    without,
)
from tests.support.der import UTF8, oid, sequence, tlv
from tests.support.rule_vectors import pair
from tests.vectors import Vector

G1 = "g1-server"
KPN = next(
    read_certificate(ca.der)
    for ca in embedded_certificates()
    if ca.common_name == "KPN PKIoverheid Private Services CA - G1"
)
G3 = putting(POLICIES, policies("2.16.528.1.1003.1.2.5.6"))
NO_OIN = giving("serialNumber", "27322975")


def upn(value: str) -> Change:
    return alternative(tlv(0xA0, oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xA0, tlv(UTF8, value.encode()))))


OIN = [
    pair("oin_stelsel.place.common_name", G1, giving("CN", f"dienst {KVK_OIN}")),
    pair("oin_stelsel.place.organization", G1, giving("O", f"Voorbeeld ({KVK_OIN})")),
    pair(
        "oin_stelsel.place.organizational_unit",
        G1,
        giving("OU", f"OIN:{KVK_OIN}"),
        meets=[giving("OU", "Afdeling")],
    ),
    pair(
        "oin_stelsel.place.alternative_name_agrees",
        G1,
        upn("00000001006033404000@2.16.528.1.1003.1.3.8.1.2"),
        meets=[upn(f"{KVK_OIN}@2.16.528.1.1003.1.3.8.1.2")],
    ),
    pair(
        "oin_stelsel.test_number.production_certificate",
        G1,
        giving("serialNumber", TEST_OIN),
        issued_by(KPN),
        meets=[issued_by(KPN)],
        path=lambda: KPN,
    ),
    pair("oin_stelsel.real_number.trial_certificate", "trial:g4-tls", giving("serialNumber", KVK_OIN)),
]

DIGIKOPPELING = [
    pair(f"digikoppeling.{slug}", profile, *changes, system="digikoppeling", environment=Environment.PRODUCTION)
    for slug, profile, changes in (
        ("pki001.oin", G1, [NO_OIN]),
        ("pki002.in_time", G1, [issued(2025, 6)]),
        ("pki003.crl", G1, [without(CDP)]),
        ("pki004.crl_reachable", G1, [putting(CDP, sequence(crl_point("ldap:///cn=crl")))]),
        ("pki005.private_root", G1, [G3]),
        ("certificate.type", G1, [G3]),
        ("tls002.both_sides", G1, [putting(EKU, purposes(SERVER))]),
        ("tlsciph001.key", G1, [setting("key", rsa_key(1024))]),
        ("sign001.sha2", G1, [setting("algorithm", SHA1_RSA)]),
    )
]

ST_SAML = [
    pair(f"st_saml.certificate.{slug}", G1, *changes, system="digid", environment=Environment.PRODUCTION)
    for slug, changes in (
        ("pkioverheid", [without(POLICIES)]),
        ("oin", [NO_OIN]),
        ("rsa", [setting("key", ec_key())]),
        ("key_size", [setting("key", rsa_key(1024))]),
        ("may_sign", [putting(KU, named_bits("keyEncipherment"), critical=True)]),
        ("may_connect", [putting(EKU, purposes(SERVER))]),
        ("may_decrypt", [putting(KU, named_bits("digitalSignature"), critical=True)]),
    )
]

VECTORS: list[Vector] = [*OIN, *DIGIKOPPELING, *ST_SAML]
