"""A case states only its deviation, and nothing else changes by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InvalidValueError
from pkitools.x509.model import CertificateFacts, Extension
from pkitools_test_pki import der, extensions
from pkitools_test_pki.algorithms import ECDSA_SHA256, RSA_SHA1
from pkitools_test_pki.keys import KeySource, elliptic_keys, fresh_keys
from pkitools_test_pki.names import Attribute
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.self_signed import self_signed
from pkitools_test_pki.shapes import AuthoritySpec, authority_spec
from tests.support.cases import in_one_test
from tests.test_pki.conftest import MOMENT

PKI_G4 = build("g4-tls", "g4-other", moment=MOMENT, keys=elliptic_keys)
KEY = elliptic_keys("rsa:3072")


def issue(profile: str = "g4-tls", **deviation: Any) -> CertificateFacts:
    return PKI_G4.issue(profile, **{"key": KEY, **deviation}).facts


def dns(facts: CertificateFacts) -> list[str]:
    return [name.value for name in facts.subject_alternative_name or () if name.kind == "dns"]


def test_a_certificate_without_any_wish_is_a_complete_one() -> None:
    facts = issue()
    assert facts.subject.text == (
        "C=NL, O=TRIAL Gemeente Voorbeeld, CN=TRIAL koppeling.voorbeeld.test,"
        " organizationIdentifier=NTRNL-99999991, serialNumber=00000099999999910000"
    )
    assert dns(facts) == ["koppeling.voorbeeld.test"]
    assert (facts.not_before, facts.problems) == (MOMENT, ())


BASE = issue()
SKI = "2.5.29.14"
SECOND = der.sequence(*2 * [der.generalized_time(MOMENT)])  # a validity of one second, in the long form

# deviation → the facts that may differ, and what the deviating one is then
DEVIATIONS: list[tuple[dict[str, Any], str, Callable[[CertificateFacts], object], object]] = [
    ({"organization": "Café, B.V."}, "subject", lambda f: f.subject.organization, "TRIAL Café, B.V."),
    ({"organization": "TRIAL X"}, "subject", lambda f: f.subject.organization, "TRIAL X"),
    ({"common_name": "x"}, "subject", lambda f: f.subject.common_name, "TRIAL x"),
    ({"oin": "00000001002308836000"}, "subject", lambda f: f.subject.first("2.5.4.5"), "00000001002308836000"),
    ({"oin": ""}, "subject", lambda f: f.subject.first("2.5.4.5"), None),
    ({"organization_identifier": ""}, "subject", lambda f: f.subject.first("2.5.4.97"), None),
    ({"country": "BE"}, "subject", lambda f: f.subject.first("2.5.4.6"), "BE"),
    ({"locality": "Den Haag"}, "", lambda f: f.subject.first("2.5.4.7"), None),
    ({"subject": [Attribute("OU", "x")]}, "subject", lambda f: f.subject.text, "OU=x"),
    ({"subject": b"\x30\x00"}, "subject", lambda f: f.subject.text, ""),
    ({"dns": ["a.b", "c.d"]}, "san", dns, ["a.b", "c.d"]),
    ({"dns": []}, "san", dns, []),
    ({"dns": ["*.example.nl"]}, "san", dns, ["*.example.nl"]),
    ({"ip": ["::1"]}, "san", lambda f: [n.kind for n in f.subject_alternative_name or ()], ["dns", "ip"]),
    ({"email": ["a@b"]}, "san", lambda f: [n.kind for n in f.subject_alternative_name or ()], ["dns", "email"]),
    ({"days": 1}, "not_after", lambda f: f.not_after, MOMENT + timedelta(days=1, seconds=-1)),
    ({"not_after": MOMENT}, "not_after", lambda f: f.not_after, MOMENT),
    ({"not_after": MOMENT.replace(year=2060)}, "not_after", lambda f: f.not_after.year, 2060),
    ({"key_usage": ["keyAgreement"]}, "key_usage", lambda f: f.key_usage, frozenset({"keyAgreement"})),
    ({"key_usage": []}, "key_usage", lambda f: f.key_usage, None),
    ({"extended_key_usage": ["serverAuth"]}, "eku", lambda f: f.extended_key_usage, ("1.3.6.1.5.5.7.3.1",)),
    ({"extended_key_usage": ["1.2.3"]}, "eku", lambda f: f.extended_key_usage, ("1.2.3",)),
    ({"extended_key_usage": []}, "eku", lambda f: f.extended_key_usage, None),
    ({"policies": ["1.2.3"]}, "policies", lambda f: [p.oid for p in f.certificate_policies or ()], ["1.2.3"]),
    ({"policies": []}, "policies", lambda f: f.certificate_policies, None),
    ({"ca": True, "path_length": 3}, "bc", lambda f: f.basic_constraints and f.basic_constraints.path_length, 3),
    ({"ocsp": True}, "aia", lambda f: len(f.ocsp_uris), 1),
    ({"ocsp_urls": ["http://a", "http://b"]}, "aia", lambda f: f.ocsp_uris, ("http://a", "http://b")),
    ({"ca_issuer_urls": ["http://a"]}, "aia", lambda f: f.ca_issuers_uris, ("http://a",)),
    ({"ca_issuer_urls": []}, "aia", lambda f: f.extension("1.3.6.1.5.5.7.1.1"), None),
    ({"crl_urls": ["http://a", "http://b"]}, "crl", lambda f: f.crl_uris, ("http://a", "http://b")),
    ({"crl_urls": []}, "crl", lambda f: f.crl_distribution_points, None),
    ({"without": ["qc_statements"]}, "qc", lambda f: f.qc_statements, None),
    ({"without": [SKI]}, "ski", lambda f: f.subject_key_identifier, None),
    ({"serial_number": 1}, "serial", lambda f: f.serial_number, 1),
    ({"serial_number": -(2**70)}, "serial", lambda f: f.serial_number, -(2**70)),
    ({"serial_number": 0}, "serial", lambda f: f.serial_number, 0),
    ({"issuer_name": BASE.subject.der}, "issuer", lambda f: f.issuer.der, BASE.subject.der),
    ({"signature": ECDSA_SHA256}, "signature", lambda f: f.signature_algorithm.name, "ecdsa-with-SHA256"),
    ({"raw": {"version": b""}}, "version", lambda f: f.version, 1),
    ({"raw": {"validity": SECOND}}, "not_after", lambda f: f.not_after, MOMENT),
]  # fmt: skip


def parts(facts: CertificateFacts) -> dict[str, object]:
    extension = {e.oid: e for e in facts.extensions}
    oids = {
        "san": "2.5.29.17", "key_usage": "2.5.29.15", "eku": "2.5.29.37", "policies": "2.5.29.32", "bc": "2.5.29.19",
        "aia": "1.3.6.1.5.5.7.1.1", "crl": "2.5.29.31", "qc": "1.3.6.1.5.5.7.1.3", "ski": SKI, "aki": "2.5.29.35",
    }  # fmt: skip
    return {
        "subject": facts.subject, "issuer": facts.issuer, "not_before": facts.not_before, "not_after": facts.not_after,
        "version": facts.version, "signature": facts.signature_algorithm, "key": facts.public_key,
        "others": [oid for oid in extension if oid not in oids.values()],
        **{name: extension.get(oid) for name, oid in oids.items()},
    }  # fmt: skip


NAMES = [f"{number}-{'-'.join(deviation)}" for number, (deviation, *_) in enumerate(DEVIATIONS)]


@in_one_test
@pytest.mark.parametrize(("deviation", "part", "read", "value"), DEVIATIONS, ids=NAMES)
def test_a_deviation_changes_what_it_says_and_nothing_else(
    deviation: dict[str, Any], part: str, read: Callable[[CertificateFacts], object], value: object
) -> None:
    same = {} if part == "san" or "dns" in deviation else {"dns": ["koppeling.voorbeeld.test"]}
    if part == "san":
        same = {"common_name": "koppeling.voorbeeld.test"}
    facts = issue(**{**same, **deviation})
    assert read(facts) == value
    before, after = parts(BASE), parts(facts)
    assert {name for name in before if before[name] != after[name]} <= {part}


def test_two_oins_in_one_subject() -> None:
    twice = [Attribute("serialNumber", "00000099999999910000"), Attribute("serialNumber", "00000001002308836000")]
    assert len(issue(subject=twice).subject_serial_numbers) == 2
    assert len(issue(subject=[twice]).subject.rdns) == 1


def test_an_extension_is_replaced_added_or_doubled() -> None:
    replaced = issue(extensions=[extensions.extension("key_usage", b"\x03\x01\x00", critical=False)])
    assert [e.oid for e in replaced.extensions] == [e.oid for e in BASE.extensions]
    assert replaced.extension("2.5.29.15") == Extension("2.5.29.15", False, b"\x03\x01\x00")
    unknown = Extension("1.2.3.4", True, b"\x05\x00")
    assert issue(extensions=[unknown]).extensions[-1] == unknown
    doubled = PKI_G4.issue(key=KEY, duplicate=[extensions.extension("key_usage", extensions.key_usage(["cRLSign"]))])
    assert doubled.der.count(der.oid("2.5.29.15")) == 2


def test_a_certificate_signed_with_another_key_is_not_its_issuers() -> None:
    issued = PKI_G4.issue(key=KEY, signing_key=fresh_keys("ec:P-384"))
    with pytest.raises(InvalidSignature):
        issued.load().verify_directly_issued_by(PKI_G4["g4-tls-tsp"].certificate.load())


def test_a_public_key_alone_is_enough() -> None:
    issued = PKI_G4.issue(public_key=KEY.public_key())
    assert issued.key is None
    assert issued.facts.public_key == BASE.public_key
    with pytest.raises(InvalidValueError, match="not in the test PKI"):
        _ = issued.key_pem


def test_a_moment_moves_only_the_validity() -> None:
    later = MOMENT + timedelta(days=30)
    assert issue(moment=later).not_before == later
    assert issue(not_before=later).not_after == later + timedelta(days=397, seconds=-1)


def test_any_authority_can_issue_any_profile() -> None:
    facts = PKI_G4["g4-tls-root"].issue("g4-authentication", key=KEY).facts
    assert facts.issuer.common_name == "TRIAL PKIoverheid - G4 Root Priv G-TLS - 2024"
    with pytest.raises(InvalidValueError, match="by itself"):
        PKI_G4["g4-tls-root"].issue(key=KEY)


def test_a_bad_authority_can_be_made_and_issues_in_its_own_name() -> None:
    domain = PKI_G4["g4-tls-domain"]
    spec: AuthoritySpec = authority_spec("g4-tls-tsp")
    name = [Attribute("C", "NL"), Attribute("CN", "TRIAL look-alike")]
    bad = domain.create_subordinate(
        spec, subject=name, ca=False, path_length=None, key_usage=["digitalSignature"], not_after=MOMENT
    )
    facts = bad.certificate.facts
    assert (facts.is_ca, facts.key_usage, facts.not_after) == (False, frozenset({"digitalSignature"}), MOMENT)
    leaf = bad.issue(key=KEY, not_after=MOMENT + timedelta(days=9)).facts
    assert leaf.issuer.der == facts.subject.der
    assert leaf.not_after > facts.not_after


@pytest.mark.slow
def test_old_signatures_can_be_made(rsa_pki: PKI) -> None:
    facts = rsa_pki.issue("g1-server", signature=RSA_SHA1).facts
    assert facts.signature_algorithm.name == "sha1WithRSAEncryption"


@pytest.mark.slow
def test_real_generations_sign_as_in_reality(rsa_pki: PKI) -> None:
    g4, g1 = rsa_pki.issue("g4-tls").facts, rsa_pki.issue("g1-server").facts
    assert (g4.signature_algorithm.name, g4.signature_algorithm.salt_length) == ("RSASSA-PSS", 64)
    assert g4.signature_algorithm.hash == g4.signature_algorithm.mgf_hash == "sha512"
    assert g1.signature_algorithm.name == "sha256WithRSAEncryption"
    assert (g4.public_key.label, g1.public_key.label) == ("RSA 3072", "RSA 3072")


def test_an_ocsp_responder_is_valid_for_who_read_the_clock_before_it_was_made(pki: PKI) -> None:
    responder = pki["g4-tls-tsp"].ocsp_responder(moment=MOMENT)
    assert responder.facts.not_before == MOMENT - timedelta(hours=1)


def test_an_ocsp_responder_is_marked_as_one() -> None:
    facts = PKI_G4["g4-tls-tsp"].ocsp_responder().facts
    assert facts.extended_key_usage == ("1.3.6.1.5.5.7.3.9",)
    assert facts.extension("1.3.6.1.5.5.7.48.1.5") == Extension("1.3.6.1.5.5.7.48.1.5", False, b"\x05\x00")
    assert facts.issuer.der == PKI_G4["g4-tls-tsp"].subject


def test_a_self_signed_certificate_stands_alone(rsa_keys: KeySource) -> None:
    issued = self_signed(moment=MOMENT, keys=rsa_keys, organization="Gemeente X", dns=["x.nl"])
    facts = issued.facts
    assert issued.path == (issued,)
    assert facts.is_self_issued
    assert facts.authority_key_identifier == facts.subject_key_identifier
    assert not (facts.crl_uris)
    assert not (facts.ca_issuers_uris)
    assert not (facts.ocsp_uris)
    assert not (facts.certificate_policies)
    issued.load().verify_directly_issued_by(issued.load())
    assert facts.subject.organization == "TRIAL Gemeente X"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.text(max_size=80))
def test_any_subject_survives_byte_for_byte(organization: str, host: str) -> None:
    facts = issue(organization=f"TRIAL {organization}")
    assert facts.subject.organization == f"TRIAL {organization}"
    encoded = host.encode("utf-8", "ignore").decode()
    assert PKI_G4.issue(key=KEY, dns=[encoded]).der.count(der.context(2, encoded.encode(), constructed=False))


def test_a_certificate_can_be_written_as_files(tmp_path, rsa_pki: PKI) -> None:  # type: ignore[no-untyped-def]  # pytest's
    issued = rsa_pki.issue()
    paths = issued.write(tmp_path / "koppeling")
    assert [p.name for p in paths] == ["koppeling.key", "koppeling.pem", "koppeling.chain.pem"]
    assert (tmp_path / "koppeling.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "koppeling.chain.pem").read_bytes().count(b"BEGIN") == 3
    assert b"PRIVATE" not in (tmp_path / "koppeling.chain.pem").read_bytes()
