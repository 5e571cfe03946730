"""What ``lint`` is asked and answers: selection, crashes, roles, profiles, issuers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import MET, Answer, Certainty, Severity, Status, Verdict
from pkitools.profiles import Profile, profiles
from pkitools.rules import detect_profile, find_issuer, lint, plan, role_of
from pkitools.rules.books import ENTRIES
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import RuleBook, Scope
from pkitools.x509 import CertificateFacts
from tests.support.cases import in_one_test
from tests.support.certificates import (
    AKI,
    BC,
    KU,
    MOMENT,
    POLICIES,
    SKI,
    TRUE,
    Parts,
    giving,
    good,
    issued,
    made,
    named_bits,
    policies,
    putting,
    setting,
    without,
)
from tests.support.der import sequence, tlv

GOOD = (
    "g1-server",
    *(name for p in profiles() if p.generation == "G4" for name in (p.name, f"trial:{p.name}")),
    "ca",
    "self-signed",
)


@in_one_test
@pytest.mark.parametrize("profile", [name for name in GOOD if name != "trial:uzi-server"])
def test_the_good_certificate_of_a_profile_has_nothing_worse_than_a_notice(profile: str) -> None:
    report = lint(made(profile), moment=MOMENT, raise_crashes=True)
    assert report.verdict is Verdict.PASSED
    assert report.worst is None or report.worst <= Severity.NOTICE


@pytest.mark.parametrize("profile", ["g1-server", "g4-tls", "ca"])
def test_every_rule_has_its_outcome_once(profile: str) -> None:
    report = lint(made(profile), moment=MOMENT)
    codes = [outcome.rule.code for outcome in report.outcomes]
    assert len(codes) == len(set(codes))
    assert {entry.rule.code for entry in ENTRIES} <= set(codes)


def test_codes_are_declared_once() -> None:
    codes = [entry.rule.code for entry in ENTRIES]
    assert len(codes) == len(set(codes))


def test_the_same_rule_for_production_is_inferred_and_a_warning() -> None:
    rules = {entry.rule.code: entry.rule for entry in ENTRIES}
    of_g4 = {code: rule for code, rule in rules.items() if code.startswith("g4.")}
    assert of_g4
    for code, rule in of_g4.items():
        assert (rule.severity, rule.certainty) == (Severity.WARNING, Certainty.INFERRED)
        assert rules[code.replace("g4.", "trial.")].severity is Severity.ERROR


def test_rules_of_a_system_are_asked_only_for_it() -> None:
    facts = made("g1-server", giving("serialNumber"))
    assert lint(facts, moment=MOMENT).verdict is Verdict.PASSED
    assert "digikoppeling.pki001.oin" in lint(facts, moment=MOMENT, system="digikoppeling").codes()
    assert "st_saml.certificate.oin" in lint(facts, moment=MOMENT, system="digid").codes()
    assert "digikoppeling.pki001.oin" not in lint(facts, moment=MOMENT, system="digid").codes()


def test_preproduction_may_do_without_pkioverheid() -> None:
    facts = made("self-signed")
    for system in ("digikoppeling", "digid-machtigen"):
        asked = {"moment": MOMENT, "system": system}
        assert lint(facts, **asked, environment=Environment.PREPRODUCTION).verdict is Verdict.PASSED
        assert lint(facts, **asked, environment=Environment.PRODUCTION).verdict is Verdict.FAILED


def test_a_test_oin_fails_in_production() -> None:
    facts = made("trial:g4-tls")
    assert "oin.test.production" in lint(facts, moment=MOMENT, environment=Environment.PRODUCTION).codes()


# --- crashes ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_a_crash(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    book = RuleBook("crash", cite("pkitools"))

    @book.rule("now", Severity.ERROR)
    def crash(_at: RuleContext) -> Answer:
        raise ZeroDivisionError("on purpose")

    @book.rule("after", Severity.ERROR)
    def after(_at: RuleContext) -> Answer:
        return MET

    monkeypatch.setattr(plan, "ENTRIES", (*book.entries, *ENTRIES))
    plan.plan_of.cache_clear()
    yield "crash.now"
    plan.plan_of.cache_clear()


def test_a_rule_that_crashes_is_not_checked_and_silences_no_other(
    with_a_crash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PKITOOLS_DEBUG", "1")  # the library reads no environment: what it is not handed, it does not do
    report = lint(made("g1-server"), moment=MOMENT)
    (outcome,) = [o for o in report.outcomes if o.rule.code == with_a_crash]
    assert (outcome.status, outcome.reason) == (Status.NOT_CHECKED, "crashed")
    assert outcome.params["detail"] == "ZeroDivisionError: on purpose"
    assert "crash.after" in report.codes(Status.MET)
    assert report.verdict is Verdict.INDETERMINATE


def test_a_crash_raises_when_asked(with_a_crash: str) -> None:
    assert with_a_crash
    with pytest.raises(ZeroDivisionError):
        lint(made("g1-server"), moment=MOMENT, raise_crashes=True)


# --- what a certificate is -------------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize(
    "profile", ["g1-server", "g4-tls", "trial:g4-tls", "g4-seal", "g4-confidentiality", "uzi-server"]
)
def test_the_profile_is_known_by_the_policy(profile: str) -> None:
    found = detect_profile(made(profile))
    assert found is not None
    assert found.name == profile.removeprefix("trial:")


def test_of_profiles_that_share_a_policy_the_holder_tells_which() -> None:
    for arc in ("41", "44"):
        for profile in ("uzi-server", "g4-tls"):
            found = detect_profile(made(profile, putting(POLICIES, policies(f"2.16.528.1.1003.1.2.{arc}.15.35.11"))))
            assert found is not None
            assert found.name == profile


def test_no_profile_without_a_known_policy() -> None:
    assert detect_profile(made("self-signed")) is None
    assert detect_profile(made("g1-server", putting(POLICIES, policies("2.16.528.1.1003.1.2.5.6")))) is None


def test_the_profile_can_be_chosen() -> None:
    facts = made("g4-tls")
    assert "trial.san.absent" not in lint(facts, moment=MOMENT).codes()
    assert "g4.san.absent" in lint(facts, moment=MOMENT, profile="g4-authentication").codes()
    assert lint(facts, moment=MOMENT, profile=profiles()[0]).codes() == lint(facts, moment=MOMENT).codes()
    with pytest.raises(InvalidValueError):
        lint(facts, moment=MOMENT, profile="g5")


def as_root(parts: Parts) -> None:
    parts.issuer = list(parts.subject)


def test_the_role_is_what_the_certificate_says() -> None:
    assert role_of(made("g1-server")) == "end_entity"
    assert role_of(made("ca")) == "intermediate"
    assert role_of(made("ca", as_root)) == "trust_anchor"
    hand_made = made("self-signed", putting(BC, sequence(TRUE), critical=True))
    assert role_of(hand_made) == "end_entity"
    assert lint(hand_made, moment=MOMENT).verdict is Verdict.PASSED


def test_a_leaf_that_is_a_ca_is_refused_when_judged_as_a_leaf() -> None:
    facts = made("g1-server", putting(BC, sequence(TRUE), critical=True))
    assert "rfc5280.basic_constraints.end_entity" in lint(facts, moment=MOMENT, role="end_entity").codes()


def test_the_scope_of_a_rule_shows_in_its_declaration() -> None:
    def many_names(profile: Profile) -> bool:
        return profile.san.maximum == 100

    scope = Scope(kinds=("end_entity",), families=("g4",), says=many_names, systems=("fsc",))
    assert scope.names == ("end_entity", "g4", "g4-tls", "fsc")
    assert scope.includes("end_entity", {many_names}, "g4", "fsc")
    assert not scope.includes("ca", {many_names}, "g4", "fsc")
    assert not scope.includes("end_entity", (), "g4", "fsc")
    assert not scope.includes("end_entity", {many_names}, "trial", "fsc")
    assert not scope.includes("end_entity", {many_names}, "g4", None)


# --- issuer and others -----------------------------------------------------------------------------------------------


def issuer(identifier: bytes) -> CertificateFacts:
    """The issuer of the good G4 certificate, with this subjectKeyIdentifier."""
    return made("ca", setting("subject", good("g4-tls").issuer), putting(SKI, tlv(0x04, identifier)))


def test_without_an_issuer_what_compares_with_it_is_not_checked() -> None:
    report = lint(made("g4-tls"), moment=MOMENT)
    assert {o.reason for o in report.not_checked} == {"no_issuer"}
    assert report.verdict is Verdict.PASSED


def test_the_issuer_is_taken_from_the_path_wherever_it_stands() -> None:
    facts, above = made("g4-tls"), issuer(b"\x08" * 20)
    for path in ((facts, above), (above,)):
        assert "rfc5280.authority_key_identifier.matches_issuer" in lint(facts, moment=MOMENT, path=path).codes()
    assert lint(facts, moment=MOMENT, path=(facts,)).not_checked


def test_of_two_issuers_of_one_name_the_key_decides() -> None:
    facts, other, right = made("g4-tls"), issuer(b"\x08" * 20), issuer(b"\x07" * 20)
    assert find_issuer(facts, [other, right]) is right
    assert find_issuer(facts, [other]) is other
    assert find_issuer(facts, [facts, made("ca")]) is None
    assert find_issuer(made("g4-tls", without(AKI)), [other, right]) is other


def test_time_counts_from_the_moment_given() -> None:
    facts = made("g1-server")
    early, late = facts.not_after - timedelta(days=200), facts.not_after - timedelta(days=20)
    assert "advice.validity.order_now" not in lint(facts, moment=early).codes()
    assert "advice.validity.order_now" in lint(facts, moment=late).codes()


def test_ou_was_fine_until_february_2022() -> None:
    for year, month, code_expected in ((2022, 1, False), (2022, 2, True)):
        facts = made("g1-server", giving("OU", "ICT"), issued(year, month))
        found = "por.subject.organizational_unit" in lint(facts, moment=facts.not_before).codes()
        assert found is code_expected


def test_key_usage_of_a_ca_is_not_that_of_a_profile() -> None:
    report = lint(made("ca", putting(KU, named_bits("keyCertSign"), critical=True)), moment=MOMENT)
    assert report.verdict is Verdict.PASSED
