"""An end entity of PKIoverheid without its policy: which rules were not asked is said, and it passes for no system."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pkitools.checking.environment import EnvironmentContext, check_environment
from pkitools.environment import Environment
from pkitools.findings import Certainty, Outcome, Report, Severity, Status, Verdict
from pkitools.messages import outcome_message
from pkitools.systems import Stance, Topic, get_system
from pkitools.x509 import read_certificate, signed_parts
from tests.checking import test_mutants as lab
from tests.support.chains import MOMENT
from tests.support.der import oid
from tests.support.mutation import grown

PROFILE = "environment.policy.profile"
POLICIES = "2.5.29.32"


def without_policy() -> bytes:
    body = grown(signed_parts(lab.good().der).signed)
    held = body.parts[-1].parts[0]
    held.parts = [part for part in held.parts if part.parts[0].encoded() != oid(POLICIES)]
    return lab.signed(body.encoded())


def judged(der: bytes, systems: tuple[str, ...], **more: object) -> Report:
    return lab.check(
        der,
        moment=MOMENT,
        environment=Environment.PREPRODUCTION,
        systems=systems,
        intermediates=lab.between(),
        trust=lab.trust(),
        revocation=lab.NO_REVOCATION,
        **more,  # type: ignore[arg-type]  # arguments of check by name
    ).report


def the(report: Report) -> Outcome:
    return next(each for each in report.outcomes if each.rule.code == PROFILE)


def test_it_passes_for_no_system_that_asks_a_profile() -> None:
    report = judged(without_policy(), ("digikoppeling",))
    assert report.verdict is Verdict.INDETERMINATE, report.codes()
    told = the(report)
    assert (told.status, told.reason) == (Status.NOT_CHECKED, "no_policy")
    for language in ("nl", "en"):
        assert "g4" in outcome_message(told, language).message
    assert judged(lab.good().der, ("digikoppeling",)).verdict is Verdict.PASSED


def test_without_a_system_it_is_a_warning_told_once() -> None:
    report = judged(without_policy(), ())
    told = the(report)
    assert (told.status, told.rule.severity) == (Status.VIOLATED, Severity.WARNING)
    assert "trial" in told.params["rules"]
    assert "por.policy.present" not in report.codes()


def test_a_profile_that_is_named_gives_no_policy_to_what_has_none() -> None:
    """A system that asks a profile takes the certificate by its policy, whatever it was said to be."""
    assert the(judged(without_policy(), ("digikoppeling",), profile="g4-tls")).status is Status.NOT_CHECKED


@pytest.mark.parametrize(
    ("severity", "status"), [(Severity.ERROR, Status.VIOLATED), (Severity.WARNING, Status.NOT_CHECKED)]
)
def test_a_firm_statement_about_the_policy_fails_it(severity: Severity, status: Status) -> None:
    said = next(each for each in get_system("digikoppeling").statements if each.topic is Topic.POLICY)
    statement = replace(said, answer=Stance.YES, severity=severity, certainty=Certainty.STANDARD)
    context = EnvironmentContext(
        read_certificate(without_policy()),
        Environment.PREPRODUCTION,
        anchored=True,
        of_pkioverheid=True,
        asked=(statement,),
    )
    told = next(each for each in check_environment(context, raise_crashes=True) if each.rule.code == PROFILE)
    assert told.status is status


@pytest.mark.parametrize("known", [{"of_pkioverheid": False}, {"of_pkioverheid": True, "self_signed": True}])
def test_elsewhere_it_says_nothing(known: dict[str, bool]) -> None:
    context = EnvironmentContext(read_certificate(without_policy()), Environment.PREPRODUCTION, anchored=True, **known)
    told = next(each for each in check_environment(context, raise_crashes=True) if each.rule.code == PROFILE)
    assert told.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("system", "wanted"), [("digid-machtigen", "G1"), ("", "G4")])
def test_of_the_roots_that_would_do_those_are_named_that_the_system_takes(system: str, wanted: str) -> None:
    said = get_system(system).statements_at(Environment.PRODUCTION, MOMENT, Topic.HIERARCHY) if system else ()
    asked = tuple(each for each in said if each.answer is Stance.YES)
    told = EnvironmentContext(
        read_certificate(without_policy()), Environment.PRODUCTION, anchored=True, asked=asked
    ).operands["wanted"]
    assert wanted in told
    assert ("G4" in told) is (wanted == "G4")
