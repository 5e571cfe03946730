"""The authorities and certificates next to the real ones: extension by extension, with every intended difference."""

from __future__ import annotations

import base64
import re

import pytest

from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_test_pki import der
from pkitools_test_pki.pki import PKI
from tests.support.shared import shared
from tests.test_pki.conftest import MOMENT

URLS = {"2.5.29.31", "1.3.6.1.5.5.7.1.1"}
KEYS = {"2.5.29.14", "2.5.29.35"}
POLICIES = "2.5.29.32"

ANCHORS = {
    "g4-tls-root": "Staat-der-Nederlanden-G4-Root-Priv-G-TLS-2024",
    "g4-tls-domain": "Staat-der-Nederlanden-G4-Intm-Priv-G-TLS-SYS-2024",
    "g4-tls-tsp": "KPN-G4-PKIo-Priv-G-TLS-SYS-2025",
    "uzi-server-tsp": "UZI-Server-G4-PKIo-Priv-G-TLS-SYS-2025",
    "g1-private-root": "Staat-der-Nederlanden-Private-Root-CA-G1",
    "g1-private-domain": "Staat-der-Nederlanden-Private-Services-CA-G1",
    "g1-private-tsp": "DigiCert-QuoVadis-PKIoverheid-Private-Services-CA-2023",
    "g3-root": "Staat-der-Nederlanden-Root-CA-G3",
}
INTENDED = {
    # one authority key usage for a whole generation: DigiCert's G1 CA alone may also sign data
    ("g1-private-tsp", "2.5.29.15"),
    # the CPS address goes with the last policy, the real one has it in the middle
    ("g1-private-tsp", POLICIES),
    ("g1-private-tsp", "order"),
    ("g1-private-domain", "order"),
    ("g1-private-root", "order"),
    ("g3-root", "order"),
}


def certificate(path: str) -> CertificateFacts:
    text = shared(path).read_text()
    body = re.search("-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.S)
    assert body
    return read_certificate(base64.b64decode(body[1]))


def trial(real: bytes) -> bytes:
    """Return a value with the production arc 44 replaced by the TRIAL arc 41."""
    return real.replace(der.oid("2.16.528.1.1003.1.2.44")[2:], der.oid("2.16.528.1.1003.1.2.41")[2:])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "anchor"), ANCHORS.items())
def test_an_authority_has_the_extensions_of_the_real_one(pki: PKI, name: str, anchor: str) -> None:
    real, ours = certificate(f"anchors/{anchor}.pem"), pki[name].certificate.facts
    theirs = {e.oid: e for e in real.extensions}
    mine = {e.oid: e for e in ours.extensions}
    assert mine.keys() == theirs.keys()
    if (name, "order") not in INTENDED:
        assert [*mine] == [*theirs]
    for oid, extension in mine.items():
        assert extension.critical == theirs[oid].critical, oid
        if oid not in URLS | KEYS and (name, oid) not in INTENDED:
            assert extension.value == trial(theirs[oid].value), oid
    assert [a.name for a in ours.subject] == [a.name for a in real.subject]
    assert [a.string_type for a in ours.subject] == [a.string_type for a in real.subject]
    assert ours.public_key.algorithm == "EC", "these were made with EC keys: what follows from that is not compared"


@pytest.mark.parametrize(
    ("profile", "sample", "missing", "added"),
    [
        # a user notice of QuoVadis, and a CPS of its own: only the presence of policies is compared
        ("g1-server", "PrivateG1_api.kvk.nl_20210408.pem", set(), set()),
        # certificate transparency: no log takes test certificates
        ("g3-server", "G3_eh01.staging.iwelcome.nl_20190521.pem", {"1.3.6.1.4.1.11129.2.4.2"}, set()),
    ],
)
def test_an_end_entity_has_the_extensions_of_real_ones(
    pki: PKI, profile: str, sample: str, missing: set[str], added: set[str]
) -> None:
    real, ours = certificate(f"samples/certificates/{sample}"), pki.issue(profile).facts
    theirs = {e.oid: e.critical for e in real.extensions if e.oid not in missing}
    assert {e.oid: e.critical for e in ours.extensions if e.oid not in added} == theirs
    assert ours.key_usage == real.key_usage
    assert set(ours.extended_key_usage or ()) == set(real.extended_key_usage or ())
    assert {p.oid for p in ours.certificate_policies or ()} == {p.oid for p in real.certificate_policies or ()}
    assert bool(ours.ocsp_uris) == bool(real.ocsp_uris)
    assert bool(ours.ca_issuers_uris) == bool(real.ca_issuers_uris)


# profile → keyUsage, extendedKeyUsage, policies, qcStatements of github.com/pkioverheid/g4-trial (profiles/)
G4_TRIAL = {
    "g4-tls": (
        {"digitalSignature", "keyEncipherment"},
        ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
        ["0.4.0.2042.1.1", "2.16.528.1.1003.1.2.41.15.35.11"],
        ["1.3.6.1.5.5.7.11.2"],
    ),
    "g4-authentication": (
        {"digitalSignature"},
        ["1.3.6.1.5.5.7.3.2"],
        ["0.4.0.2042.1.1", "2.16.528.1.1003.1.2.41.16.25.8"],
        ["1.3.6.1.5.5.7.11.2"],
    ),
    "g4-authenticity": (
        {"digitalSignature"},
        ["1.3.6.1.4.1.311.10.3.12", "1.3.6.1.5.5.7.3.36"],
        ["0.4.0.2042.1.1", "2.16.528.1.1003.1.2.41.16.25.4"],
        ["1.3.6.1.5.5.7.11.2"],
    ),
    "g4-confidentiality": (
        {"keyEncipherment", "dataEncipherment"},
        ["1.3.6.1.4.1.311.10.3.4"],
        ["0.4.0.2042.1.1", "2.16.528.1.1003.1.2.41.16.25.7"],
        ["1.3.6.1.5.5.7.11.2"],
    ),
    "g4-seal": (
        {"nonRepudiation"},
        ["1.3.6.1.4.1.311.10.3.12", "1.3.6.1.5.5.7.3.36"],
        ["0.4.0.2042.1.2", "0.4.0.194112.1.3", "2.16.528.1.1003.1.2.41.14.25.5"],
        ["0.4.0.1862.1.1", "0.4.0.1862.1.4", "0.4.0.1862.1.6", "0.4.0.1862.1.5", "1.3.6.1.5.5.7.11.2"],
    ),
    "g4-person-individual": (
        {"digitalSignature"},
        ["1.3.6.1.5.5.7.3.2"],
        ["0.4.0.2042.1.1", "0.4.0.2042.1.2", "2.16.528.1.1003.1.2.41.16.11.8"],
        [],
    ),
    "g4-person-sponsor": (
        {"digitalSignature"},
        ["1.3.6.1.5.5.7.3.2"],
        ["0.4.0.2042.1.1", "0.4.0.2042.1.2", "2.16.528.1.1003.1.2.41.16.13.8"],
        ["1.3.6.1.5.5.7.11.2"],
    ),
    "g4-signature-individual": (
        {"nonRepudiation"},
        ["1.3.6.1.4.1.311.10.3.12", "1.3.6.1.5.5.7.3.36"],
        ["0.4.0.2042.1.2", "0.4.0.194112.1.2", "2.16.528.1.1003.1.2.41.14.11.5"],
        ["0.4.0.1862.1.1", "0.4.0.1862.1.4", "0.4.0.1862.1.6", "0.4.0.1862.1.5"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("profile", G4_TRIAL)
def test_a_g4_certificate_is_what_the_official_trial_generator_makes(pki: PKI, profile: str) -> None:
    key_usage, purposes, policies, statements = G4_TRIAL[profile]
    facts = pki.issue(profile, moment=MOMENT).facts
    assert facts.key_usage == key_usage
    assert list(facts.extended_key_usage or ()) == purposes
    assert [p.oid for p in facts.certificate_policies or ()] == policies
    assert [s.oid for s in facts.qc_statements or ()] == statements
    assert facts.basic_constraints is not None
    assert not facts.is_ca
    assert len(facts.crl_uris) == len(facts.ca_issuers_uris) == 1
    assert not facts.ocsp_uris
    assert facts.serial_number.bit_length() == 159
    assert {e.oid for e in facts.extensions if e.critical} == {"2.5.29.15", "2.5.29.19"}
    assert (facts.not_after - facts.not_before).total_seconds() == 397 * 86400 - 1
    assert (facts.subject_alternative_name is not None) == (profile == "g4-tls")
