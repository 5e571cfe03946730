"""Our G4 certificates beside those of the official TRIAL generator, field by field; intended differences are listed."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pkitools.x509 import CertificateFacts
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.extensions import EXTENDED_KEY_USAGES, OIDS, key_identifier
from pkitools_test_pki.g4_trial.trial_yaml import Enrolment
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource
from pkitools_test_pki.pki import PKI, build
from tests.test_pki.conftest import MOMENT

RECORD: dict[str, Any] = tomllib.loads(Path(__file__).with_name("g4_trial_profiles.toml").read_text(encoding="utf-8"))
DIFFERENCES = {(who, row["field"]): row["reason"] for row in RECORD["difference"] for who in row["who"]}
OID_NAMES = {oid: name for name, oid in OIDS.items()}
PURPOSES = {oid: name for name, oid in EXTENDED_KEY_USAGES.items()}
VALUES = {
    "C": "NL",
    "O": "TRIAL Gemeente Voorbeeld, Zorg",
    "SN": "Jansen",
    "GN": "Jan",
    "CN": "TRIAL Voorbeeld",
    "organizationIdentifier": "NTRNL-99999991",
    "serialNumber": "00000099999999910000",
    "title": "Arts",
}
NOW = "now"


@pytest.fixture(scope="module")
def g4(rsa_keys: KeySource) -> PKI:
    return build("g4-tls", "g4-other", "g4-eutl", moment=MOMENT, keys=rsa_keys)


def recorded(row: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what is on record, one entry for each field of :func:`found`."""
    common = RECORD[kind] | RECORD["all"] | row
    present = {
        "basic_constraints": True,
        "authority_key_identifier": True,
        "authority_information_access": kind == "end_entity" or "policies" in row,
        "certificate_policies": "policies" in row,
        "extended_key_usage": "extended_key_usage" in row,
        "qc_statements": "qc" in row,
        "crl_distribution_points": kind == "end_entity" or "policies" in row,
        "subject_key_identifier": True,
        "key_usage": True,
        "subject_alternative_name": row.get("san") == "dns",
    }
    return {
        "version": 3,
        "subject": [name.rstrip("?") for name in row["subject"]],
        "string_types": True,
        "extensions": [name for name in common["extensions"] if present[name]],
        "critical": set(common["critical"]),
        "basic_constraints": (kind == "authority", row.get("path_length")),
        "key_usage": set(common["key_usage"]),
        "extended_key_usage": row.get("extended_key_usage", []),
        "policies": row.get("policies", []),
        "qc": row.get("qc", []),
        "key": common["key"],
        "signature": common["signature"],
        "public_key": common["public_key"],
        "serial_number": True,
        "not_before": common["not_before"],
        "not_after": common["not_after"],
        "authority_key_identifier": True,
        "subject_key_identifier": True,
        "addresses": True,
    }


def found(issued: IssuedCertificate, key: str, issuer: Authority, not_before: str, not_after: str) -> dict[str, Any]:
    """Return what a certificate of ours has."""
    facts, above = issued.facts, issuer.certificate.facts
    signature, public, limits = facts.signature_algorithm, facts.public_key, facts.basic_constraints
    assert limits is not None
    own_key = key_identifier(issued.load().public_key()).hex()  # type: ignore[arg-type]  # RSA
    return {
        "version": facts.version,
        "subject": [attribute.name for attribute in facts.subject],
        "string_types": all(a.string_type == string_type(a.name) for a in facts.subject),
        "extensions": [OID_NAMES[extension.oid] for extension in facts.extensions],
        "critical": {OID_NAMES[extension.oid] for extension in facts.extensions if extension.critical},
        "basic_constraints": (limits.ca, limits.path_length),
        "key_usage": set(facts.key_usage or ()),
        "extended_key_usage": [PURPOSES[oid] for oid in facts.extended_key_usage or ()],
        "policies": [policy.oid for policy in facts.certificate_policies or () if not policy.cps_uris],
        "qc": statements(facts),
        "key": key,
        "signature": {
            "name": "rsassa-pss" if signature.oid == "1.2.840.113549.1.1.10" else signature.name,
            "hash": signature.hash,
            "mask": signature.mgf_hash,
            "salt": signature.salt_length,
            "trailer": signature.trailer_field,
        },
        "public_key": {"algorithm": public.algorithm, "exponent": public.exponent},
        "serial_number": 0 < facts.serial_number < 2**159,
        "not_before": not_before,
        "not_after": not_after,
        "authority_key_identifier": facts.authority_key_identifier == above.subject_key_identifier,
        "subject_key_identifier": facts.subject_key_identifier == own_key,
        "addresses": addresses(facts) == wanted_addresses(issued, issuer),
    }


def string_type(name: str) -> str:
    types = RECORD["all"]["string_types"]
    return str(types.get(name, types["other"]))


def statements(facts: CertificateFacts) -> list[list[str]]:
    """Return each with the OIDs inside; the address of the disclosure statement is one's own."""
    return [[row.oid, *(v for v in row.values if not v.startswith("http"))] for row in facts.qc_statements or ()]


def addresses(facts: CertificateFacts) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return facts.ca_issuers_uris, facts.crl_uris, facts.ocsp_uris


def wanted_addresses(
    issued: IssuedCertificate, issuer: Authority
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    if issued.issuer is None:
        return (), (), ()
    base, name = "http://127.0.0.1:8080", issuer.file_name
    return (f"{base}/cert/{name}.cer",), (f"{base}/crl/{name}.crl",), ()


def compare(who: str, record: dict[str, Any], ours: dict[str, Any]) -> None:
    differing = {field for field in record if record[field] != ours[field]}
    listed = {field for name, field in DIFFERENCES if name == who}
    shown = {field: (record[field], ours[field]) for field in differing ^ listed}
    assert differing == listed, f"(g4-trial, ours): {shown}"


@pytest.mark.parametrize("name", RECORD["authorities"])
def test_an_authority_is_what_g4_trial_makes(g4: PKI, name: str) -> None:
    authority = g4[name]
    facts, spec = authority.certificate.facts, authority.spec
    issuer = g4[spec.issuer or name]
    not_before = NOW if facts.not_before == MOMENT else facts.not_before.isoformat()
    not_after = "2039-05-20" if facts.not_after == datetime(2039, 5, 20, tzinfo=UTC) else facts.not_after.isoformat()
    if facts.not_after == issuer.ends - timedelta(days=1, seconds=1):
        not_after = "issuer - 1 day - 1 second"
    record = recorded(RECORD["authorities"][name], "authority")
    compare(name, record, found(authority.certificate, spec.generation.key, issuer, not_before, not_after))


@pytest.mark.slow
@pytest.mark.parametrize("trial_profile", RECORD["end_entities"])
def test_an_enrolment_gives_the_certificate_g4_trial_makes(g4: PKI, rsa_keys: KeySource, trial_profile: str) -> None:
    row = RECORD["end_entities"][trial_profile]
    subject = {name.rstrip("?"): VALUES[name.rstrip("?")] for name in row["subject"]}
    if trial_profile.endswith("Section513"):
        subject["serialNumber"] = "PASNL-NWE45KN71"
    names = ("koppeling.voorbeeld.test",) if row.get("san") == "dns" else ()
    enrolment = Enrolment(trial_profile, subject, names)
    template = enrolment.template
    issued = g4.issue(template, key=rsa_keys("rsa:3072"), **enrolment.wishes())
    facts = issued.facts
    lasts = facts.not_after - facts.not_before
    not_after = "397 days - 1 second" if lasts == timedelta(days=397, seconds=-1) else str(lasts)
    not_before = NOW if facts.not_before == MOMENT else "-"
    ours = found(issued, template.key, g4[template.issuer], not_before, not_after)
    compare(trial_profile, recorded(row, "end_entity"), ours)
    assert {a.name: a.value for a in facts.subject} == subject
    assert template.required == {name for name in row["subject"] if not name.endswith("?")}


def test_every_difference_has_a_reason_and_someone_it_is_about() -> None:
    known = {*RECORD["authorities"], *RECORD["end_entities"]}
    assert all(who in known and reason for (who, _), reason in DIFFERENCES.items())


def test_every_g4_authority_and_profile_is_compared(g4: PKI) -> None:
    from pkitools_test_pki.g4_trial.trial_yaml import Enrolment as Read
    from pkitools_test_pki.shapes import templates

    # the other two roots have the profile of the first
    assert {authority.name for authority in g4} - RECORD["authorities"].keys() == {"g4-other-root", "g4-eutl-root"}
    compared = {Read(name, {}).template.name for name in RECORD["end_entities"]}
    assert compared == {row.name for row in templates().values() if row.issuer in {a.name for a in g4}}
