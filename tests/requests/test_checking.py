"""Reading and judging requests of any shape."""

from __future__ import annotations

from itertools import product

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InputError, LimitError
from pkitools.findings import Certainty, Severity, Status
from pkitools.profiles import TSP, Profile, get_profile, get_tsp, profiles, tsps
from pkitools.requests import check_request, generate_key, read_request, request_document
from pkitools.requests.rules import ENTRIES, RULES
from tests.support.cases import in_one_test
from tests.support.der import integer, oid, sequence, tlv
from tests.support.requests import attribute, dns, pooled_key, request, san, subject

TLS = get_profile("g4-tls")
ECDSA_SHA256 = oid("1.2.840.10045.4.3.2")
ALL = [(profile, tsp) for profile in (None, *profiles()) for tsp in (None, *tsps())]


def test_the_facts_of_a_request() -> None:
    facts = read_request(request())
    assert facts.version == 1
    assert facts.subject.text.startswith("C=NL, O=Gemeente Voorbeeld, CN=api.example.nl")
    assert facts.public_key.label == "RSA 3072"
    assert facts.dns_names == ("api.example.nl",)
    assert facts.signature_algorithm.salt_length == 64
    assert facts.problems == ()
    assert read_request(request(subject())).subject_alternative_name is None
    document = request_document(facts)
    assert document["sha256"] == facts.sha256


@in_one_test
@pytest.mark.parametrize(
    "data",
    [b"", b"\x30\x00", b"hello", sequence(sequence(), sequence(), tlv(0x03, b"\0")), b"\x30\x84\xff\xff\xff\xff"],
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_request(data, "x.csr")
    assert caught.value.code == "requests.error.not_a_request"
    assert "x.csr" in str(caught.value)


def test_a_request_too_large_is_refused() -> None:
    with pytest.raises(LimitError):
        read_request(b"\x30" * 300_000)


@given(st.integers(0, 10_000), st.integers(1, 255), st.sampled_from(ALL))
@example(position=664, change=1, against=ALL[0])  # NULL of the hash of RSASSA-PSS becomes an OCTET STRING
def test_a_changed_octet_gives_our_own_error_or_a_report_that_does_not_pass(
    position: int, change: int, against: object
) -> None:
    der = bytearray(request())
    der[position % len(der)] ^= change
    profile, tsp = against  # type: ignore[misc]  # one of ALL
    try:
        report = check_request(bytes(der), profile, tsp=tsp, raise_crashes=True)
    except InputError:
        return
    # a key or a scheme that is not known any more cannot be verified, and is not called a wrong signature
    assert report.verdict in {"failed", "indeterminate"}
    assert "csr.signature.valid" in report.codes() | report.codes("not_checked")


@given(st.binary(max_size=200))
def test_rubbish_gives_our_own_error(data: bytes) -> None:
    with pytest.raises(InputError):
        read_request(data)


@in_one_test
@pytest.mark.parametrize(("profile", "tsp"), ALL, ids=lambda v: v.name if v else "none")
def test_every_rule_is_accounted_for_whatever_is_asked(profile: object, tsp: object) -> None:
    report = check_request(
        request(),
        profile,  # type: ignore[arg-type]  # one of ALL
        tsp=tsp,  # type: ignore[arg-type]  # one of ALL
        key=pooled_key().public,
        environment=Environment.PRODUCTION,
        raise_crashes=True,
    )
    own = {o.rule.code for o in report.outcomes if o.rule.code.startswith("csr.")}
    assert own == {rule.code for rule in RULES}
    assert not report.not_checked
    for outcome in report.findings:
        if outcome.rule.certainty in {Certainty.INFERRED, Certainty.THIRD_PARTY}:
            assert outcome.rule.severity < Severity.ERROR


def test_a_request_right_for_g4_passes_without_findings() -> None:
    report = check_request(request(), TLS, environment=Environment.PRODUCTION, raise_crashes=True)
    assert report.verdict == "passed"
    assert report.worst in {None, Severity.INFO}


def test_a_test_oin_fails_in_production() -> None:
    der = request(subject(serialNumber="00000099123456789000"), dns("api.example.nl"))
    assert "oin.test.production" in check_request(der, TLS, environment=Environment.PRODUCTION).codes()
    assert check_request(der, TLS, environment=Environment.PREPRODUCTION).verdict == "passed"


def test_an_unknown_tsp_gives_no_more_than_notices() -> None:
    for name in ("cleverbase", "digidentity"):
        report = check_request(request(), TLS, tsp=get_tsp(name))
        found = {o.rule.code for o in report.findings if o.rule.code.startswith("csr.")}
        assert found - {"csr.organization.trade_register"} == {"csr.tsp.known", "csr.tsp.signature", "csr.tsp.oin"}
        assert report.worst is Severity.NOTICE


def test_the_source_of_a_finding_is_that_of_the_profile() -> None:
    der = request(subject(L="Den Haag"), dns("api.example.nl"), key=pooled_key("rsa:4096"), scheme="pkcs1")
    report = check_request(der, get_profile("g1-server"), tsp=get_tsp("digicert"))
    found = {o.rule.code: o.rule for o in report.findings}
    assert found["csr.subject.discouraged"].source.key == "digikoppeling-certificates"
    uzi = check_request(request(subject(OU="x")), get_profile("uzi-server"))
    rule = next(o.rule for o in uzi.findings if o.rule.code == "csr.subject.not_allowed")
    assert (rule.certainty, rule.severity) == (Certainty.THIRD_PARTY, Severity.WARNING)
    assert rule.source.key == "nuts-uzi-mirror"


def test_what_a_tsp_asks_is_not_discouraged() -> None:
    der = request(subject(L="Den Haag", ST="Zuid-Holland"), dns("api.example.nl"), key=pooled_key("rsa:4096"))
    report = check_request(der, get_profile("g1-server"), tsp=get_tsp("kpn"))
    assert not report.codes() & {"csr.subject.discouraged", "csr.tsp.subject"}


def test_an_attribute_the_profile_forbids_is_not_asked_for_a_tsp() -> None:
    report = check_request(request(), TLS, tsp=get_tsp("kpn"))
    assert "csr.tsp.subject" not in report.codes()


def test_the_uzi_number_is_no_wrong_oin() -> None:
    der = request(subject(serialNumber="900003800", organizationIdentifier=None), key=pooled_key("rsa:4096"))
    report = check_request(der, get_profile("uzi-server"))
    assert report.codes(Status.NOT_APPLICABLE) >= {"csr.oin.missing", "csr.oin.invalid"}


def test_an_ip_address_may_be_in_a_g1_certificate() -> None:
    names = san(tlv(0x82, b"api.example.nl"), tlv(0x87, b"\x0a\x00\x00\x01"))
    report = check_request(request(subject(), names, key=pooled_key("rsa:4096")), get_profile("g1-server"))
    assert "csr.san.kind" in report.codes(Status.MET)


@in_one_test
@pytest.mark.parametrize("name", ["10.0.0.1", "x.onion", "caf\xe9.nl", "a_b.nl", "a.nl."])
def test_names_no_certificate_has_fail_without_a_profile_too(name: str) -> None:
    report = check_request(request(subject(), dns(name)), raise_crashes=True)
    assert "csr.san.name" in report.codes()


def test_values_that_act_are_shown_and_do_not_act() -> None:
    from pkitools.reports import report_text

    der = request([*subject(O=None), attribute("O", "\x1b[31mRood\u202e")], dns("api.example.nl"))
    text = report_text(check_request(der, TLS), "nl")
    assert "csr.subject.text" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_key_beyond_all_bounds_is_not_computed_with() -> None:
    from tests.support.der import NULL, RSA, SHA256_WITH_RSA, name

    spki = sequence(sequence(oid(RSA), NULL), tlv(0x03, b"\0", sequence(integer((1 << 20_000) - 1), integer(65537))))
    body = sequence(integer(0), name(*subject()), spki, tlv(0xA0))
    der = sequence(body, sequence(oid(SHA256_WITH_RSA), NULL), tlv(0x03, b"\0" * 2501))
    report = check_request(der, TLS, raise_crashes=True)
    assert "csr.signature.valid" in report.codes("not_checked")
    assert report.verdict != "passed"


def signed_request(key: object, hash_algorithm: hashes.HashAlgorithm | None) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a.example.nl")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    made = builder.sign(key, hash_algorithm)  # type: ignore[arg-type]  # keys of three kinds
    return made.public_bytes(Encoding.DER)


def outcome_of_signature(der: bytes) -> str:
    [outcome] = [o for o in check_request(der).outcomes if o.rule.code == "csr.signature.valid"]
    return str(outcome.status)


def test_a_signature_by_any_scheme_that_can_be_verified_is_judged_by_who_made_it() -> None:
    """That SHA-1 and DSA are too weak is what another rule says: it does not make a right signature a wrong one."""
    native = generate_key("ec:p-256").native
    for key, scheme in (
        (dsa.generate_private_key(1024), hashes.SHA256()),
        (ed25519.Ed25519PrivateKey.generate(), None),
        (native, hashes.SHA384()),
    ):
        der = signed_request(key, scheme)
        assert outcome_of_signature(der) == "met"
        assert outcome_of_signature(der.replace(b"a.example.nl", b"b.example.nl")) == "violated"


def test_a_signature_of_an_unknown_scheme_is_not_called_wrong() -> None:
    der = signed_request(generate_key("ec:p-256").native, hashes.SHA256())
    assert outcome_of_signature(der.replace(ECDSA_SHA256, ECDSA_SHA256[:-1] + b"\x55")) == "not_checked"


def test_a_rule_that_crashes_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_context: object) -> None:
        raise ZeroDivisionError("oops")

    entries = [(RULES[0], broken), *ENTRIES[1:]]
    monkeypatch.setattr("pkitools.requests.checking.ENTRIES", entries)
    report = check_request(request(), TLS)
    crashed, *others = report.outcomes
    assert (crashed.rule, crashed.status) == (RULES[0], Status.NOT_CHECKED)
    assert (crashed.reason, crashed.params["detail"]) == ("crashed", "ZeroDivisionError: oops")
    assert {o.rule.code for o in others} >= {rule.code for rule in RULES[1:]}
    with pytest.raises(ZeroDivisionError):
        check_request(request(), TLS, raise_crashes=True)


def test_microsofts_way_of_asking_for_names_is_read() -> None:
    from tests.support.der import oid

    asked = sequence(oid("1.3.6.1.4.1.311.2.1.14"), tlv(0x31, sequence(dns("api.example.nl"))))
    assert read_request(request(subject(), attributes=[asked])).dns_names == ("api.example.nl",)


def test_a_multi_valued_name_hides_no_oin() -> None:
    from tests.support.requests import OIN

    two = [attribute("CN", "api.example.nl"), attribute("serialNumber", OIN)]
    der = request([*subject(CN=None, serialNumber=None), two], dns("api.example.nl"))  # type: ignore[list-item]  # a multi-valued RDN
    assert "csr.oin.missing" in check_request(der, TLS).codes(Status.MET)


@in_one_test
@pytest.mark.parametrize(("tsp", "profile"), list(product(tsps(), profiles())), ids=lambda each: each.name)
def test_what_a_tsp_asks_is_named_together_and_met_by_it(tsp: TSP, profile: Profile) -> None:
    """Of a request with nothing in it all that is lacking is one finding; with that in it there is none."""
    empty = check_request(request([]), profile, tsp=tsp)
    (told, *more) = [o for o in empty.findings if o.rule.code == "csr.tsp.subject"] or [None]
    assert not more
    names = [] if told is None else str(told.params["attribute"]).split(", ")
    whole = check_request(request([attribute(name, "Utrecht") for name in names]), profile, tsp=tsp)
    assert "csr.tsp.subject" not in whole.codes()
    discouraged = {o.params["attribute"] for o in whole.findings if o.rule.code == "csr.subject.discouraged"}
    assert discouraged.isdisjoint(names)
