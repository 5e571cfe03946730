"""Vectors of the rules about the OIN in a certificate."""

from __future__ import annotations

from collections.abc import Callable

from pkitools.findings import Report
from pkitools.x509 import oin_from_certificate, read_certificate
from tests.support.der import (
    PRINTABLE,
    UTF8,
    Attribute,
    alternative_names,
    certificate,
    name,
    other_name,
    serial_attribute,
)
from tests.vectors import Vector

KVK_OIN = "00000003273229750000"
UZI = "2.16.528.1.1003.1.3.5.5.2-1-123456789-S-90000380-00.000-00000000"
UZI_OIN = "00000009900003800000"


def report(*attributes: Attribute, uzi: str = "") -> Callable[[], Report]:
    def make() -> Report:
        extensions = (alternative_names(other_name("2.5.5.5", uzi)),) if uzi else ()
        facts = read_certificate(certificate(name(*attributes), *extensions))
        return Report("vector", oin_from_certificate(facts).outcomes)

    return make


def organization(value: str) -> Attribute:
    return "2.5.4.97", UTF8, value.encode()


GOOD = report(serial_attribute(KVK_OIN))

VECTORS = [
    Vector("x509.oin.missing", report(), GOOD),
    Vector(
        "x509.oin.ambiguous",
        report(serial_attribute(KVK_OIN), serial_attribute("00000001006033404000")),
        GOOD,
    ),
    Vector("x509.oin.encoding", report(serial_attribute(KVK_OIN, UTF8)), report(serial_attribute(KVK_OIN, PRINTABLE))),
    Vector("x509.oin.spaces", report(serial_attribute(KVK_OIN + " ")), GOOD),
    Vector("x509.oin.not_an_oin", report(serial_attribute("27322975")), GOOD),
    Vector("x509.oin.invalid", report(serial_attribute("00000001123456789000")), GOOD),
    Vector(
        "x509.oin.uzi_conflict",
        report(serial_attribute(KVK_OIN), uzi=UZI),
        report(serial_attribute(UZI_OIN), uzi=UZI),
    ),
    Vector(
        "x509.oin.organization_identifier",
        report(serial_attribute(KVK_OIN), organization("NTRNL-12345678")),
        report(serial_attribute(KVK_OIN), organization("NTRNL-27322975")),
    ),
]
