"""Reading one certificate into facts, against cryptography and asn1crypto on the same certificates."""

from __future__ import annotations

from functools import partial

from asn1crypto import x509 as asn1
from cryptography import x509

from benchmarks._timing import interleaved, rows
from pkitools.containers import read_source
from pkitools.trust import embedded_certificates
from pkitools.x509 import oin_from_certificate, read_certificate
from tests.support.shared import SHARED

SAMPLE = SHARED / "samples" / "certificates" / "PrivateG1_lab.api.mijniconnect.nl_20251009.pem"
YARDSTICK = "cryptography: load, all extensions, subject"


def load(der: bytes) -> None:
    certificate = x509.load_der_x509_certificate(der)
    list(certificate.extensions)
    list(certificate.subject)


def load_all(der: bytes) -> None:
    certificate = x509.load_der_x509_certificate(der)
    list(certificate.extensions)
    list(certificate.subject)
    list(certificate.issuer)
    certificate.public_key()


def load_asn1crypto(der: bytes) -> None:
    certificate = asn1.Certificate.load(der)
    _ = certificate.subject.native
    for extension in certificate["tbs_certificate"]["extensions"]:
        _ = extension["extn_value"].parsed.native


def certificates() -> dict[str, bytes]:
    """Return a G1 end-entity certificate (where the samples are at hand) and a G4 authority."""
    found = {}
    if SAMPLE.exists():
        found["G1 end entity"] = read_source(SAMPLE.read_bytes(), SAMPLE.name).certificates[0]
    g4 = next(held for held in embedded_certificates() if held.common_name.startswith("KPN - G4"))
    return {**found, "G4 authority": g4.der}


def run() -> list[tuple[str, str]]:
    """Return the time of ``read_certificate`` and its ratio to what cryptography needs for as much."""
    table: list[tuple[str, str]] = []
    for label, der in certificates().items():
        facts = read_certificate(der)
        measured = interleaved(
            {
                YARDSTICK: partial(load, der),
                "cryptography: the same, issuer and public key": partial(load_all, der),
                "read_certificate: every fact": partial(read_certificate, der),
                "oin_from_certificate": partial(oin_from_certificate, facts),
                "asn1crypto: subject and extensions": partial(load_asn1crypto, der),
            },
            rounds=101,
        )
        table += [(f"{label}: {name}", result) for name, result in rows(measured, YARDSTICK)]
    return table
