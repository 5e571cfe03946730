"""What is expected of a certificate: values of every kind, names in every spelling, and what a TSP may change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pkitools.checking import Expectation, read_expectation
from pkitools.checking.organizations import Likeness, likeness
from pkitools.checking.received import check_received
from pkitools.errors import InputError, InvalidValueError, PkitoolsError, SecretError
from pkitools.findings import Report, Severity
from pkitools.oin import OIN
from pkitools.requests import read_request
from pkitools.requests.keys import to_pem
from pkitools.x509 import oin_from_certificate
from tests.support.cases import in_one_test
from tests.support.certificates import Change, alternative, giving, made, setting, without
from tests.support.der import UTF8, sequence, tlv
from tests.support.leaves import leaf
from tests.support.requests import dns, extension, pooled_key, request, subject

SAME, SPELLING, DIFFERENT = Likeness.SAME, Likeness.SPELLING, Likeness.DIFFERENT
HOST = "api.voorbeeld.nl"
OIN_TEXT = "00000003273229750000"
ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@in_one_test
@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Gemeente Voorbeeld", "Gemeente Voorbeeld", SAME),
        ("Gemeente Voorbeeld", " Gemeente Voorbeeld ", SAME),
        ("Gemeente Voorbeeld", "GEMEENTE VOORBEELD", SPELLING),
        ("Gemeente  Voorbeeld", "Gemeente Voorbeeld", SPELLING),
        ("Gemeente Súdwest-Fryslân", "gemeente Sudwest Fryslan", SPELLING),
        ("Coöperatie Voorbeeld U.A.", "Voorbeeld", SPELLING),
        ("Voorbeeld B.V.", "Voorbeeld BV", SPELLING),
        ("Voorbeeld B. V.", "Voorbeeld", SPELLING),
        ("Voorbeeld Besloten Vennootschap", "voorbeeld b.v.", SPELLING),
        ("Stichting Zorg, Welzijn en Wonen", "Zorg Welzijn & Wonen", SPELLING),
        ("TRIAL Gemeente Voorbeeld", "Gemeente Voorbeeld", SPELLING),
        ("Jansen & Zn.", "Jansen en Zn", SPELLING),
        ("Voorbeeld B.V.", "Voorbeeld N.V.", DIFFERENT),
        ("Stichting Voorbeeld", "Vereniging Voorbeeld", DIFFERENT),
        ("Gemeente Utrecht", "Provincie Utrecht", DIFFERENT),
        ("Gemeente Voorbeeld", "Voorbeeld", DIFFERENT),
        ("Gemeente Voorbeeld", "", DIFFERENT),
        ("Stichting", "Vereniging", DIFFERENT),
        ("B.V.", "N.V.", DIFFERENT),
        ("ABC", "AB C", DIFFERENT),
    ],
)
def test_names_of_organisations(one: str, other: str, alike: Likeness) -> None:
    assert likeness(one, other) is alike
    assert likeness(other, one) is alike


def received(expected: Expectation, *changes: Change) -> Report:
    facts = made("g4-tls", setting("key", pooled_key().public.spki), *changes)
    return Report("r", check_received(facts, oin_from_certificate(facts).oin, expected, raise_crashes=True))


def against(*changes: Change, names: Sequence[str] = (HOST,), more: Sequence[bytes] = (), **values: Any) -> Report:
    rdns = subject(**{"CN": HOST, **values})
    return received(Expectation(request=request(rdns, *([dns(*names)] if names else []), *more)), *changes)


def weights(report: Report) -> dict[str, Severity]:
    return {finding.rule.code.removeprefix("received."): finding.rule.severity for finding in report.findings}


def test_the_certificate_that_was_asked_for_gives_no_finding() -> None:
    expected = Expectation(
        oin=OIN_TEXT,
        organization="Gemeente Voorbeeld",
        key=pooled_key(),
        request=request(subject(CN=HOST), dns(HOST)),
    )
    assert weights(received(expected)) == {}
    assert not received(expected).not_checked
    assert received(Expectation()).codes("met") == set()  # nothing expected, nothing said


KEY_USAGE = extension("2.5.29.15", b"\x03\x02\x06\x40")
PURPOSE = extension("2.5.29.37", sequence(b"\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"))
EMAIL = tlv(0x81, b"a@voorbeeld.nl")


@in_one_test
@pytest.mark.parametrize(
    ("report", "weight"),
    [
        # ERROR: OIN, CN, a missing DNS name, another organisation
        (lambda: against(serialNumber="00000001001516814000"), {"request.oin": ERROR}),
        (lambda: against(giving("serialNumber")), {"request.oin": ERROR}),
        (lambda: against(CN="www.voorbeeld.nl"), {"request.common_name": ERROR}),
        (lambda: against(giving("CN")), {"request.common_name": ERROR}),
        (lambda: against(names=(HOST, "b.nl", "c.nl")), {"request.dns_missing": ERROR}),
        (lambda: against(without("2.5.29.17")), {"request.dns_missing": ERROR}),
        (lambda: against(O="Gemeente Elders"), {"request.organization": ERROR}),
        (lambda: against(giving("O")), {"request.organization": ERROR}),
        (lambda: against(giving("O", "Gemeente Voorbeeld", "Bedrijf X")), {"request.organization": ERROR}),
        # NOTICE: what a TSP drops or adds of itself
        (lambda: against(O="gemeente voorbeeld"), {"request.organization_spelling": NOTICE}),
        (lambda: against(L="Den Haag", ST="Zuid-Holland", OU="ICT"), {"request.dropped": NOTICE}),
        (lambda: against(organizationIdentifier=None), {"request.organization_identifier": NOTICE}),
        # WARNING: anything else
        (lambda: against(giving("L", "Delft"), L="Den Haag"), {"request.subject": WARNING}),
        (lambda: against(giving("L", "Delft")), {"request.subject": WARNING}),
        (lambda: against(C="BE"), {"request.subject": WARNING}),
        (lambda: against(organizationIdentifier="NTRNL-99999990"), {"request.subject": WARNING}),
        (lambda: against(giving("organizationIdentifier")), {"request.subject": WARNING}),
        (lambda: against(serialNumber=None), {"request.subject": WARNING}),
        (lambda: against(CN=None), {"request.subject": WARNING}),
        (lambda: against(O=None), {"request.subject": WARNING}),
        (lambda: against(names=()), {"request.names": WARNING}),
        (lambda: against(alternative(tlv(0x82, HOST.encode()), EMAIL)), {"request.names": WARNING}),
        (lambda: against(more=[KEY_USAGE]), {"request.key_usage": WARNING}),
        (lambda: against(more=[PURPOSE]), {"request.key_usage": WARNING}),
        # no difference at all
        (lambda: against(CN=HOST.upper()), {}),
        (lambda: against(names=(HOST.upper(),)), {}),
        (lambda: against(names=(HOST + ".",)), {}),
        (lambda: against(giving("O", "Gemeente Voorbeeld", tag=UTF8)), {}),
    ],
)
def test_what_the_tsp_changed_weighs_what_it_should(report: Any, weight: dict[str, Severity]) -> None:
    assert weights(report()) == weight


def test_every_missing_name_and_every_dropped_attribute_is_named() -> None:
    missing = against(names=(HOST, "b.nl", "c.nl"))
    assert [finding.params["value"] for finding in missing.findings] == ["b.nl", "c.nl"]
    dropped = against(L="Den Haag", ST="Zuid-Holland", OU="ICT")
    assert {finding.params["attribute"] for finding in dropped.findings} == {"L", "ST", "OU"}


def test_another_key_than_that_of_the_request() -> None:
    other = request(subject(CN=HOST), dns(HOST), key=pooled_key("ec:p-256"))
    assert weights(received(Expectation(request=other))) == {"request.key": ERROR}


def test_the_oin_where_there_is_none_or_more_than_one() -> None:
    expected = Expectation(oin=OIN_TEXT)
    assert weights(received(expected, giving("serialNumber"))) == {"oin.match": ERROR}
    assert weights(received(expected, giving("serialNumber", OIN_TEXT, "00000001001516814000"))) == {"oin.match": ERROR}


# -- the values -------------------------------------------------------------------------------------------------------


def test_a_key_is_taken_in_every_form() -> None:
    key = pooled_key()
    public = key.native.public_key()
    for given in (key, key.public, key.native, public):
        expectation = Expectation(key=given)
        assert expectation.public_key is not None
        assert expectation.public_key.spki_sha256 == key.public.spki_sha256


def test_a_request_is_taken_in_every_form(tmp_path: Path) -> None:
    der = request()
    path = tmp_path / "a.csr"
    path.write_bytes(to_pem("CERTIFICATE REQUEST", der))
    for given in (der, path, path.read_text(), read_request(der)):
        assert Expectation(request=given).facts == read_request(der)
    assert Expectation(oin=OIN.parse(OIN_TEXT)).number == OIN_TEXT


@in_one_test
@pytest.mark.parametrize(
    "wrong",
    [
        {"oin": "0000000327322975000"},
        {"oin": 3273229750000},
        {"organization": ""},
        {"organization": "  "},
        {"organization": 3},
        {"key": "key.pem"},
        {"key": b"-----BEGIN PRIVATE KEY-----"},
        {"key": object()},
        {"request": 3},
    ],
)
def test_a_wrong_value_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        Expectation(**wrong)


def test_a_certificate_is_no_key_and_no_request() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from tests.support.chains import good_chain

    certificate = x509.load_der_x509_certificate(good_chain().leaf.der)
    with pytest.raises(InvalidValueError):
        Expectation(key=certificate)  # type: ignore[arg-type]  # that is the test
    with pytest.raises(InputError):
        Expectation(request=certificate.public_bytes(Encoding.PEM))


def test_the_same_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.key").write_bytes(pooled_key().pem(None))
    (tmp_path / "a.csr").write_bytes(to_pem("CERTIFICATE REQUEST", request()))
    told = tmp_path / "expected.toml"
    told.write_text(f'oin = "{OIN_TEXT}"\norganization = "Gemeente Voorbeeld"\nkey = "a.key"\ncsr = "a.csr"\n')
    expected = read_expectation(told)
    assert expected.number == OIN_TEXT
    assert expected.organization == "Gemeente Voorbeeld"
    assert expected.public_key == pooled_key().public
    assert expected.facts is not None
    told.write_text(f'oin = "{OIN_TEXT}"')
    assert read_expectation(str(told)) == Expectation(oin=OIN_TEXT)


@in_one_test
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("oin = 3273229750000", "checking.error.expectation_text"),
        ('oin = ""', "checking.error.expectation_text"),
        ('oin = "123"', "oin.syntax.length"),
        ('entity_id = "x"', "checking.error.expectation_field"),
        ("oin = ", "toml.error.not_toml"),
        ("\xff", "toml.error.not_toml"),
        ("# nothing", "checking.error.expectation_nothing"),
        ('[oin]\nvalue = "x"', "checking.error.expectation_text"),
        ('key = "absent.key"', "files.error.missing"),
        ('csr = "absent.csr"', "files.error.missing"),
        ('csr = "two.csr"', "checking.error.several_requests"),
        ('csr = "a.key"', "sources.error.only_key"),
        ('key = "two.csr"', "requests.error.no_key"),
        (f"{'a.' * 10_000}b = 1", "files.error.too_large"),
    ],
)
def test_what_is_wrong_in_the_file_is_told(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.key").write_bytes(pooled_key().pem(None))
    (tmp_path / "two.csr").write_bytes(to_pem("CERTIFICATE REQUEST", request()) * 2)
    told = tmp_path / "expected.toml"
    told.write_text(text)
    with pytest.raises(PkitoolsError) as refused:
        read_expectation(told)
    assert refused.value.code == code, str(refused.value)


def test_an_encrypted_key_in_the_file_needs_a_passphrase(tmp_path: Path) -> None:
    (tmp_path / "a.key").write_bytes(pooled_key().pem(b"geheim"))
    told = tmp_path / "expected.toml"
    told.write_text('key = "a.key"')
    with pytest.raises(SecretError):
        read_expectation(told)


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("TRIAL My TSP - G4 PKIo Priv G-TLS SYS - 2025", set()),
        ("KPN PKIoverheid Private Services CA - G1", {"received.request.common_name"}),
    ],
)
def test_what_trial_puts_before_a_name_is_no_other_name(issuer: str, said: set[str]) -> None:
    facts = leaf("TRIAL a.voorbeeld.nl", issuer=issuer, certificate_policies=())
    for asked in ("a.voorbeeld.nl", "TRIAL a.voorbeeld.nl"):
        wanted = Expectation(request=request(subject(CN=asked)))
        codes = {o.rule.code for o in check_received(facts, None, wanted, raise_crashes=True) if o.status == "violated"}
        assert ("received.request.common_name" in codes) is (bool(said) and not asked.startswith("TRIAL"))
    other = Expectation(request=request(subject(CN="b.voorbeeld.nl")))
    assert "received.request.common_name" in {
        o.rule.code for o in check_received(facts, None, other, raise_crashes=True) if o.status == "violated"
    }
