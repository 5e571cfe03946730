"""A self-signed certificate before every system: preproduction of DigiD Machtigen takes it, production never does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.checking import CheckResult, check
from pkitools.checking.self_made import as_self_made
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import Certainty, Outcome, Rule, Severity, Status, Verdict
from pkitools.messages import Language
from pkitools.reports import outcome_message, report_text
from pkitools.rulebook import all_rules
from pkitools.rules.books import ENTRIES
from pkitools.systems import evaluate, get_system, systems
from pkitools.x509 import read_certificate
from tests.support import chains, der
from tests.support.cases import in_one_test

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = [system.name for system in systems()]


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(subject_serial_number: str = "") -> bytes:
    common_name = der.tlv(0x31, der.sequence(der.oid("2.5.4.3"), der.tlv(0x0C, b"dv.example.nl")))
    number = der.tlv(0x31, der.sequence(der.oid("2.5.4.5"), der.tlv(0x13, subject_serial_number.encode())))
    extensions = {
        chains.KU: (True, b"\x03\x02\x05\xa0"),
        chains.SAN: (False, chains.dns("dv.example.nl")),
        chains.EKU: (False, chains.purposes(chains.SERVER, chains.CLIENT)),
        chains.SKI: (False, der.tlv(0x04, chains.identifier(key()))),
    }
    subject = der.sequence(*([number] if subject_serial_number else []), common_name)
    return chains.issue("dv.example.nl", own_key=key(), subject=subject, extensions=extensions).der


def judged(der: bytes, environment: Environment, *names: str) -> CheckResult:
    return check(der, moment=MOMENT, environment=environment, systems=names)


@pytest.mark.parametrize("number", ["", "00000003273229750000"], ids=["without_oin", "with_oin"])
def test_preproduction_of_digid_machtigen_takes_it_and_says_that_production_will_not(number: str) -> None:
    report = judged(certificate(number), Environment.PREPRODUCTION, "digid-machtigen").report
    assert report.verdict is Verdict.PASSED, report.codes()
    assert "system.self_signed.preproduction_only" in report.codes()
    missing = [o.rule.severity for o in report.findings if o.rule.code == "system.oin.required"]
    assert missing == ([] if number else [Severity.WARNING])


@in_one_test
@pytest.mark.parametrize("system", NAMES)
def test_production_never_takes_it(system: str) -> None:
    report = judged(certificate("00000003273229750000"), Environment.PRODUCTION, system).report
    assert report.verdict is Verdict.FAILED
    assert report.findings[0].rule.code == "environment.self_signed.not_allowed"


def test_production_of_digid_machtigen_also_asks_the_oin() -> None:
    report = judged(certificate(), Environment.PRODUCTION, "digid-machtigen").report
    assert {"system.oin.required", "environment.self_signed.not_allowed"} <= report.codes()


def test_preproduction_of_digid_asks_the_oin_all_the_same() -> None:
    report = judged(certificate(), Environment.PREPRODUCTION, "digid").report
    assert report.verdict is Verdict.FAILED
    assert "system.oin.required" in report.codes()


def test_without_a_system_it_cannot_be_said() -> None:
    assert (
        judged(certificate("00000003273229750000"), Environment.PREPRODUCTION).report.verdict is Verdict.INDETERMINATE
    )


def test_an_altered_one_is_no_longer_signed_by_its_own_key() -> None:
    good = certificate("00000003273229750000")
    for place in (40, len(good) // 2, len(good) - 5):
        bad = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        try:
            report = judged(bad, Environment.PREPRODUCTION, "digid-machtigen").report
        except InputError:
            continue  # no longer a certificate
        assert report.verdict is Verdict.FAILED


# -- what its maker can do --------------------------------------------------------------------------------------------

ORDERED = re.compile(r"\b(?:[Bb]estel|TSP|CSR|aanvraag|[Oo]rder|request form)", re.UNICODE)
ABOUT_PRODUCTION = {"system.self_signed.preproduction_only", "digikoppeling.pki005.private_root"}


def spoilt(*left_out: str, host: str = "dv.example.nl", purposes: bytes | None = None, **more: bytes) -> bytes:
    extensions = {
        chains.KU: (True, b"\x03\x02\x05\xa0"),
        chains.SAN: (False, chains.dns(host)),
        chains.EKU: (False, purposes or chains.purposes(chains.SERVER, chains.CLIENT)),
        chains.SKI: (False, der.tlv(0x04, chains.identifier(key()))),
    }
    kept = {oid: value for oid, value in extensions.items() if oid not in left_out}
    return chains.issue(host, own_key=key(), extensions=kept, **more).der


SPOILT = {
    "no purpose": lambda: spoilt(chains.EKU),
    "no client": lambda: spoilt(purposes=chains.purposes(chains.SERVER)),
    "any purpose": lambda: spoilt(purposes=chains.purposes("2.5.29.37.0")),
    "no usage": lambda: spoilt(chains.KU),
    "no names": lambda: spoilt(chains.SAN),
    "wildcard": lambda: spoilt(host="*.example.nl"),
    "no key identifier": lambda: spoilt(chains.SKI),
    "number that is no OIN": lambda: certificate("12345678"),
    "wrong OIN": lambda: certificate("00000003000000000001"),
}


@in_one_test
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("fault", SPOILT)
def test_what_is_self_made_is_to_be_made_anew_and_not_ordered(fault: str, language: Language) -> None:
    report = judged(SPOILT[fault](), Environment.PREPRODUCTION, "digid-machtigen").report
    told = {o.rule.code: outcome_message(o, language).remedy for o in report.findings}
    assert not {code: text for code, text in told.items() if ORDERED.search(text)}.keys() - ABOUT_PRODUCTION
    assert any("maak het opnieuw" in text or "make it anew" in text for text in told.values())


def advised(text: str) -> set[str]:
    """What a report as text says to do: first, and under each finding."""
    rows = (row.split(maxsplit=1) for row in text.splitlines())
    return {row[1] for row in rows if len(row) == 2 and row[0] in {"→", "Nu", "Now"}}


@in_one_test
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("fault", SPOILT)
def test_the_text_of_a_report_gives_the_same_advice_as_its_data(fault: str, language: Language) -> None:
    report = judged(SPOILT[fault](), Environment.PREPRODUCTION, "digid-machtigen").report
    seen = advised(report_text(report, language))
    about_production = {outcome_message(o, language).remedy for o in report.findings if o.rule.code in ABOUT_PRODUCTION}
    assert not {text for text in seen - about_production if ORDERED.search(text)}
    assert any("maak het opnieuw" in text or "make it anew" in text for text in seen)


def test_what_is_not_allowed_self_signed_has_to_be_ordered() -> None:
    for environment, system in ((Environment.PRODUCTION, "digid-machtigen"), (Environment.PREPRODUCTION, "digid")):
        report = judged(certificate(), environment, system).report
        assert any(o.certificate for o in report.findings)
        assert not [o for o in report.findings if o.certificate and o.certificate.make_anew]


ANOTHER_KIND = {
    "advice.hierarchy.ends": "of a certificate of PKIoverheid",
    "digikoppeling.certificate.type": "its policy is one of PKIoverheid",
    "digikoppeling.pki005.private_root": "the same",
    "st_saml.certificate.pkioverheid": "the same",
}
NOT_ITS_CONTENT = {
    "system": {
        "entity_id": "what was registered",
        "hierarchy": "of a CA",
        "oin.equals_entity_id": "either may be the wrong one",
        "policy": "of PKIoverheid",
        "registration": "what was registered",
        "reuse": "what else a certificate or a key is used for",
        "self_signed": "whether it may be self-made at all",
    },
    "x509": {},
}


def answered(rule: Rule) -> bool:
    """Whether a violation of the rule by a self-made certificate is answered with making it anew."""
    (found,) = as_self_made([Outcome(rule, Status.VIOLATED)], "00" * 32)
    return bool(found.certificate and found.certificate.make_anew)


def test_every_rule_about_an_end_entity_is_answered_but_what_asks_for_another_kind() -> None:
    asked = [entry.rule for entry in ENTRIES if not entry.scope.kinds or "end_entity" in entry.scope.kinds]
    assert {rule.code for rule in asked if not answered(rule)} == ANOTHER_KIND.keys()


@pytest.mark.parametrize("namespace", NOT_ITS_CONTENT)
def test_every_rule_of_a_system_and_of_the_oin_is_answered_but_what_is_not_about_its_content(namespace: str) -> None:
    apart = tuple(f"{namespace}.{topic}" for topic in NOT_ITS_CONTENT[namespace])
    of_it = [rule for rule in all_rules() if rule.code.startswith(f"{namespace}.")]
    assert of_it
    for rule in of_it:
        assert answered(rule) is not rule.code.startswith(apart), rule.code


def test_nothing_of_a_file_an_issuer_or_a_list_is_answered_so() -> None:
    of_one_certificate = {entry.rule.code for entry in ENTRIES}
    elsewhere = {rule.code for rule in all_rules() if answered(rule)} - of_one_certificate
    assert {code for code in elsewhere if not code.startswith(("system.", "x509."))} == {
        "path.key.strength",
        "path.signature.algorithm",
        "path.validity.expired",
    }


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_expired_one_is_made_anew(language: Language) -> None:
    later = datetime(2060, 1, 1, tzinfo=UTC)
    report = check(
        certificate("00000003273229750000"),
        moment=later,
        environment=Environment.PREPRODUCTION,
        systems=("digid-machtigen",),
    ).report
    (expired,) = [o for o in report.findings if o.rule.code == "path.validity.expired"]
    assert not ORDERED.search(outcome_message(expired, language).remedy)


def test_without_a_purpose_nothing_in_the_report_says_that_the_system_refuses_it() -> None:
    report = judged(spoilt(chains.EKU), Environment.PREPRODUCTION, "digid-machtigen").report
    assert report.verdict is Verdict.PASSED
    assert "system.eku.client_auth" in report.codes("met")
    assert "clientAuth" not in report_text(report, "nl")


@pytest.mark.parametrize(("language", "told"), [("nl", "Volgens een derde partij"), ("en", "A third party says")])
def test_what_only_a_third_party_says_is_told_as_its_word(language: Language, told: str) -> None:
    """A certificate that passes is not told that it is not allowed."""
    number = "00000003273229750000"
    report = judged(certificate(number), Environment.PREPRODUCTION, "digid").report
    (found,) = [o for o in report.findings if o.rule.code == "system.self_signed.not_allowed"]
    assert report.verdict is Verdict.PASSED
    assert found.rule.certainty is Certainty.THIRD_PARTY
    text = outcome_message(found, language)
    assert text.title.startswith(told)
    assert told.lower() in text.message.lower()
    facts = read_certificate(certificate(number))
    refused = evaluate(get_system("digid"), Environment.PRODUCTION, facts, moment=MOMENT, self_signed=True)
    (firm,) = [o for o in refused if o.rule.code == found.rule.code]
    assert not outcome_message(firm, language).title.startswith(told)
