"""Vectors of ETSI EN 319 412."""

from __future__ import annotations

from tests.support.certificates import (
    AIA,
    CDP,
    EKU,
    KU,
    QC,
    access,
    criticality,
    giving,
    named_bits,
    putting,
    statements,
    without,
)
from tests.support.rule_vectors import pair
from tests.vectors import Vector

TLS, SEAL = "g4-tls", "g4-seal"
COMPLIANCE, SSCD, PDS, TYPE = (f"0.4.0.1862.1.{n}" for n in (1, 4, 5, 6))
GOOD = {
    COMPLIANCE: [],
    SSCD: [],
    TYPE: ["0.4.0.1862.1.6.2"],
    PDS: ["https://pds.voorbeeld.nl/en"],
    "1.3.6.1.5.5.7.11.2": ["0.4.0.194121.1.2"],
}


def seal_with(language: str = "en", **changed: list[str] | None) -> bytes:
    """The statements of a seal; a key of COMPLIANCE, SSCD, PDS, TYPE with other values, ``None`` leaves it out."""
    rows = {**GOOD, **{globals()[name]: values for name, values in changed.items()}}
    kept = ((dotted, values) for dotted, values in rows.items() if values is not None)
    return statements(*kept, language=language)


VECTORS: list[Vector] = [
    pair("etsi.semantics.needs_identifier", TLS, giving("organizationIdentifier")),
    pair("etsi.semantics.identifier_form", TLS, giving("organizationIdentifier", "27322975")),
    pair("etsi.semantics.identifier_country", TLS, giving("organizationIdentifier", "NTRBE-27322975")),
    pair("etsi.ca_issuers.present", TLS, putting(AIA, access(ocsp=["http://ocsp.voorbeeld.nl"]))),
    pair("etsi.revocation.present", TLS, without(CDP, AIA)),
    pair("etsi.crl_distribution_points.not_critical", TLS, criticality(CDP, True)),
    pair("etsi.extended_key_usage.not_critical", TLS, criticality(EKU, True)),
    pair("etsi.key_usage.commitment", SEAL, putting(KU, named_bits("digitalSignature"), critical=True)),
    pair(
        "etsi.key_usage.commitment_only",
        SEAL,
        putting(KU, named_bits("digitalSignature", "nonRepudiation"), critical=True),
    ),
    pair("etsi.legal_person.subject", TLS, giving("CN")),
    pair("etsi.legal_person.subject_once", TLS, giving("O", "Een", "Twee")),
    pair("etsi.legal_person.identifier_differs", TLS, giving("organizationIdentifier", "gemeente voorbeeld")),
    pair("etsi.qc_statements.not_critical", TLS, criticality(QC, True)),
    pair("etsi.qc_statements.compliance", SEAL, putting(QC, seal_with(COMPLIANCE=None))),
    pair("etsi.qc_statements.device", SEAL, putting(QC, seal_with(SSCD=None))),
    pair("etsi.qc_statements.type_seal", SEAL, putting(QC, seal_with(TYPE=["0.4.0.1862.1.6.1"]))),
    pair(
        "etsi.qc_statements.disclosure",
        SEAL,
        putting(QC, seal_with(PDS=["https://pds.voorbeeld.nl/nl"], language="nl")),
    ),
    pair("etsi.qc_statements.disclosure_https", SEAL, putting(QC, seal_with(PDS=["http://pds.voorbeeld.nl/en"]))),
]
