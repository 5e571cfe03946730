"""What is said of the use of a certificate counts: what serves the TSP passes for no use, and no rule is left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations_with_replacement, product
from typing import Any, Final

import pytest

from pkitools.checking import Expectation, Revocation, check
from pkitools.checking.environment import EnvironmentContext, check_environment
from pkitools.environment import Environment
from pkitools.findings import Binds, Report, Severity, Status, Verdict
from pkitools.profiles import profiles
from pkitools.revocation import RevocationPolicy
from pkitools.rules import detect_profile, lint
from pkitools.rules.books import ENTRIES
from pkitools.rules.context import RuleContext
from pkitools.systems import Stance, Topic, systems
from pkitools.trust import TrustStore
from pkitools.x509 import CertificateFacts
from pkitools.x509.oids import (
    ANY_EXTENDED_KEY_USAGE,
    CLIENT_AUTH,
    EXTENDED_KEY_USAGES,
    OCSP_SIGNING,
    PRECERTIFICATE_POISON,
    SERVER_AUTH,
    TIME_STAMPING,
)
from pkitools_test_pki import der
from pkitools_test_pki.extensions import dns_name, extension
from pkitools_test_pki.issued import IssuedCertificate
from tests.support.broken import laboratory
from tests.support.cases import in_one_test
from tests.support.certificates import EKU, KU, issued, made, named_bits, putting, without
from tests.support.chains import MOMENT
from tests.support.der import NULL, sequence
from tests.support.der import oid as object_id

pytestmark = pytest.mark.slow

HOST: Final = "koppeling.voorbeeld.test"
OIN: Final = "00000099999999910000"
PROFILE: Final = "environment.policy.profile"
NOT_LOOKED = Revocation(policy=RevocationPolicy.OFF)


def judged(found: IssuedCertificate, **asked: Any) -> Report:
    return check(
        found.der,
        moment=MOMENT,
        environment=Environment.PREPRODUCTION,
        intermediates=[above.der for above in found.path[1:-1]],
        trust=TrustStore.from_der([found.path[-1].der], "test PKI"),
        revocation=NOT_LOOKED,
        raise_crashes=True,
        **asked,
    ).report


@cache
def held(holder: str) -> IssuedCertificate:
    lab = laboratory(MOMENT)
    match holder:
        case "authority":
            return lab.authority(key=lab.key).certificate
        case "ocsp":
            return lab.leaf(extended_key_usage=[OCSP_SIGNING])
        case "ocsp, and mail":
            return lab.leaf(extended_key_usage=[OCSP_SIGNING, "1.3.6.1.5.5.7.3.4"])
        case "time stamps":
            return lab.leaf(extended_key_usage=[TIME_STAMPING])
    return lab.leaf()


OF_THE_TSP: Final = ("authority", "ocsp", "ocsp, and mail", "time stamps")
USES: Final[dict[str, Callable[[IssuedCertificate], dict[str, Any]]]] = {
    "host": lambda _: {"host": HOST},
    "profile": lambda _: {"profile": "g4-tls"},
    "system": lambda _: {"systems": "digikoppeling"},
    "OIN": lambda _: {"expected": Expectation(oin=OIN)},
    "organization": lambda found: {"expected": Expectation(organization=found.facts.subject.organization)},
    "key": lambda found: {"expected": Expectation(key=found.facts.public_key)},
}


# --- the holder ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("holder", OF_THE_TSP)
def test_what_serves_the_tsp_is_told_by_itself_and_an_error_for_each_use(holder: str) -> None:
    found = held(holder)
    assert weighs(judged(found)) is Severity.NOTICE
    asked = {use: judged(found, **given(found)) for use, given in USES.items()}
    assert not [use for use, report in asked.items() if report.verdict is not Verdict.FAILED]
    assert not [use for use, report in asked.items() if weighs(report) is not Severity.ERROR]


def weighs(report: Report) -> Severity:
    """The worst that is said of whose certificate it is."""
    return max(each.rule.severity for each in report.findings if each.rule.code.startswith("environment.holder."))


def test_what_an_organisation_connects_with_passes_for_each() -> None:
    found = held("organisation")
    failed = [use for use, asked in USES.items() if judged(found, **asked(found)).verdict is Verdict.FAILED]
    assert not [use for use in failed if use not in {"OIN", "host"}]  # those are of another number, and name


@pytest.mark.parametrize("made_for", ["OIN", "dNSName"])
def test_an_authority_that_is_made_to_connect_fails_by_itself(made_for: str) -> None:
    lab = laboratory(MOMENT)
    name = extension("subject_alternative_name", der.sequence(dns_name(HOST)))
    more: dict[str, Any] = {"subject": lab.subject()} if made_for == "OIN" else {"extensions": [name]}
    report = judged(lab.authority(key=lab.key, **more).certificate)
    assert report.verdict is Verdict.FAILED
    assert weighs(report) is Severity.ERROR


MAIL: Final = "1.3.6.1.5.5.7.3.4"
PURPOSES: Final = (CLIENT_AUTH, SERVER_AUTH, OCSP_SIGNING, TIME_STAMPING, ANY_EXTENDED_KEY_USAGE, MAIL)


@pytest.mark.slow
def test_a_host_is_asked_of_tls_servers_only() -> None:
    lab = laboratory(MOMENT)
    for one, other in product(PURPOSES, PURPOSES):
        found = lab.leaf(extended_key_usage=list(dict.fromkeys([one, other])))
        name = next(each.value for each in found.facts.subject_alternative_name or () if each.kind == "dns")
        refused = "path.extended_key_usage.purpose" in judged(found, host=name).codes()
        assert refused is {one, other}.isdisjoint({SERVER_AUTH, ANY_EXTENDED_KEY_USAGE}), (one, other)
    assert "path.extended_key_usage.purpose" not in judged(lab.leaf(extended_key_usage=[]), host=HOST).codes()


# --- the policy ------------------------------------------------------------------------------------------------------

ARC: Final = "2.16.528.1.1003.1"
NO_PROFILE: Final = ("", ".2.99.1", ".2.5.1", ".2.5.6", ".2.41.15.1.1.1", ".2.41.99.99", ".2.41.16.11.8", ".2.44.99.99")


@pytest.mark.parametrize("rest", NO_PROFILE)
def test_a_policy_without_a_profile_passes_for_no_system_that_asks_one(rest: str) -> None:
    lab = laboratory(MOMENT)
    found = lab.leaf(policies=[ARC + rest])
    assert detect_profile(found.facts) is None
    for system in systems():
        report = judged(found, systems=system)
        asks = any(
            each.topic in {Topic.POLICY, Topic.HIERARCHY} and each.answer is Stance.YES
            for each in system.statements_at(Environment.PREPRODUCTION, MOMENT)
        )
        assert not asks or report.verdict is not Verdict.PASSED, system.name
    assert PROFILE in judged(found).codes(), "which rules were not asked is told"
    assert PROFILE not in judged(found, profile="g4-tls").codes()


@in_one_test
@pytest.mark.parametrize("rest", NO_PROFILE)
def test_the_name_of_a_uzi_server_makes_it_one_whatever_policy_stands_beside_it(rest: str) -> None:
    profile = detect_profile(laboratory(MOMENT).uzi_leaf(policies=[ARC + rest]).facts)
    assert profile is not None
    assert profile.name == "uzi-server"


# --- days ------------------------------------------------------------------------------------------------------------

DATED = [e for e in ENTRIES if e.rule.in_force is not None and e.rule.in_force.binds is Binds.ISSUER]


@in_one_test
@pytest.mark.parametrize("entry", DATED, ids=lambda e: e.rule.code)
def test_no_earlier_day_than_its_issuers_puts_a_rule_out_of_force(entry: Any) -> None:
    issuer = made("ca", issued(2026, 6, days=4000))

    def binds(year: int, issuer: CertificateFacts | None) -> bool:
        facts = made("g4-tls", issued(year, 6, days=400))
        at = RuleContext(facts, kind="end_entity", profile=None, moment=MOMENT, issuer=issuer)
        return bool(entry.rule.in_force.holds(issued=at.issued, moment=at.moment))

    assert {binds(year, issuer) for year in range(1990, 2026)} == {binds(2026, issuer)}
    no_issuer = "without an issuer at hand its own day is all there is"
    assert binds(1990, None) is (entry.rule.in_force.since is None), no_issuer


@in_one_test
@pytest.mark.parametrize("days", [365, 1095, 1096, 1097, 1126, 1127, 1128, 1826, 3000])
def test_more_than_three_years_warns_for_the_source_counts_no_days(days: int) -> None:
    found = lint(made("g4-tls", issued(2026, 6, days=days)), moment=MOMENT)
    (told,) = [each for each in found.outcomes if each.rule.code == "por.g4.validity"]
    assert told.status is (Status.MET if days <= 1096 else Status.VIOLATED)
    assert told.rule.severity is Severity.WARNING


def test_only_what_begins_before_its_issuer_is_told_to() -> None:
    issuer = made("ca", issued(2026, 6, 2, days=4000))
    for day in range(1, 4):
        facts = made("g4-tls", issued(2026, 6, day))
        told = "advice.validity.before_issuer" in lint(facts, moment=MOMENT, path=(facts, issuer)).codes()
        assert told is (day < 2)


# --- the key's use ---------------------------------------------------------------------------------------------------

SIGNING: Final = "rfc8446.key_usage.digital_signature"
BITS: Final = ("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "cRLSign")
ASKS_TLS = [
    system
    for system in systems()
    if any(
        each.topic in {Topic.CLIENT_AUTH, Topic.SERVER_AUTH} and each.answer is Stance.YES for each in system.statements
    )
]


@pytest.mark.parametrize("one", BITS)
def test_tls_is_asked_of_a_key_that_may_sign(one: str) -> None:
    assert ASKS_TLS
    for other in BITS:
        usage = putting(KU, named_bits(*dict.fromkeys([one, other])), critical=True)
        wanted = "digitalSignature" not in {one, other}
        for profile in ("g1-server", "g4-tls", "g4-authentication", "uzi-server"):
            assert (SIGNING in lint(made(profile, usage), moment=MOMENT).codes()) is wanted, (profile, other)
        odd = made("self-signed", usage)
        assert SIGNING not in lint(odd, moment=MOMENT).codes()
        for system in ASKS_TLS:
            assert (SIGNING in lint(odd, moment=MOMENT, system=system).codes()) is wanted, (system.name, other)


CONNECTS: Final = "rfc5280.extended_key_usage.connects"
SIGNED_TOO: Final = frozenset({"digid", "digid-machtigen"})  # messages, and a certificate of its own may do that
EITHER_SIDE: Final = frozenset({"digikoppeling", "fsc"})  # who takes part may be the server alone
DOCUMENTS: Final = frozenset({"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.12"})


def may_be_for(system: str) -> frozenset[str]:
    """By RFC 5280 4.2.1.12 a certificate is for the purposes alone that it names: who connects is a client."""
    signs = DOCUMENTS if system in SIGNED_TOO else frozenset()
    serves = {SERVER_AUTH} if system in EITHER_SIDE else set()
    return frozenset({CLIENT_AUTH, ANY_EXTENDED_KEY_USAGE, *serves, *signs})


def test_a_system_that_is_connected_to_asks_a_purpose_that_its_side_of_tls_takes() -> None:
    assert {each.name for each in ASKS_TLS} >= SIGNED_TOO | EITHER_SIDE | {"brp", "kvk", "uzi"}
    for purposes in combinations_with_replacement(EXTENDED_KEY_USAGES, 2):
        odd = made("self-signed", putting(EKU, sequence(*map(object_id, dict.fromkeys(purposes)))))
        assert CONNECTS not in lint(odd, moment=MOMENT).codes()
        for system in ASKS_TLS:
            told = [each for each in lint(odd, moment=MOMENT, system=system).findings if each.rule.code == CONNECTS]
            refused = may_be_for(system.name).isdisjoint(purposes)
            assert [each.rule.severity for each in told] == ([Severity.ERROR] if refused else []), (system, purposes)


def test_what_is_for_another_purpose_fails_for_a_system_that_is_connected_to() -> None:
    kinds = {each.usage.extended_key_usage for each in profiles()} | {(SERVER_AUTH,), (MAIL,)}
    for purposes in kinds:
        found = laboratory(MOMENT).leaf(extended_key_usage=list(purposes))
        for system in ASKS_TLS:
            report, fits = judged(found, systems=[system.name]), not may_be_for(system.name).isdisjoint(purposes)
            assert (CONNECTS in report.codes()) is not fits, (system.name, purposes)
            assert fits or report.verdict is Verdict.FAILED, (system.name, purposes)


def test_of_the_profile_that_was_asked_the_policy_is_held_to() -> None:
    """What shares its policy with another is told apart by its content, which is for other rules."""
    last = {each.name: each.policies.production[-1] for each in profiles()}
    for own, asked in product(last, repeat=2):
        context = EnvironmentContext(
            made(own), Environment.PREPRODUCTION, anchored=True, profile=next(p for p in profiles() if p.name == asked)
        )
        (found,) = [each for each in check_environment(context) if each.rule.code == "environment.policy.as_asked"]
        assert (found.status is Status.VIOLATED) is (last[own] != last[asked]), (own, asked)


def test_without_key_usage_every_use_is_free() -> None:
    assert SIGNING not in lint(made("g1-server", without(KU)), moment=MOMENT).codes()
    assert SIGNING not in lint(made("g4-confidentiality", without(EKU)), moment=MOMENT).codes()


@pytest.mark.parametrize("critical", [True, False])
def test_only_a_critical_poison_makes_a_precertificate(critical: bool) -> None:
    report = lint(made("g1-server", putting(PRECERTIFICATE_POISON, NULL, critical=critical)), moment=MOMENT)
    told = {each.rule.code: each.rule.severity for each in report.findings if each.rule.code.startswith("rfc6962.")}
    last, weighs = ("poison", Severity.ERROR) if critical else ("poison_critical", Severity.WARNING)
    assert told == {f"rfc6962.precertificate.{last}": weighs}
