"""What the test PKI issues is what our own checks ask: nothing to remark in preproduction, refused in production."""

from __future__ import annotations

import pytest

from pkitools.checking import CheckResult, Revocation, check
from pkitools.environment import Environment
from pkitools.findings import Severity, Status, Verdict
from pkitools.revocation import RevocationPolicy
from pkitools.trust import TrustStore
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, fresh_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.shapes import shape_names, templates
from tests.test_pki.conftest import MOMENT

PROFILES = tuple(templates())


@pytest.fixture(scope="module")
def everything(rsa_keys: KeySource) -> PKI:
    return build(*shape_names(), moment=MOMENT, keys=rsa_keys)


def judged(pki: PKI, profile: str, environment: Environment) -> CheckResult:
    # the keys of the tests are small where the profile asks 4096 bits
    key = fresh_keys("rsa:4096") if templates()[profile].key == "rsa:4096" else None
    issued = pki.issue(profile, key=key)
    return checked(issued, environment, tuple(pki.crls().values()))


def checked(issued: IssuedCertificate, environment: Environment, lists: tuple[bytes, ...]) -> CheckResult:
    return check(
        issued.der,
        moment=MOMENT,
        environment=environment,
        intermediates=[above.der for above in issued.path[1:-1]],
        trust=TrustStore.from_der([issued.path[-1].der], "test PKI"),
        revocation=Revocation(policy=RevocationPolicy.REQUIRE, crls=lists),
        cross_check=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_is_worse_than_a_notice(everything: PKI, profile: str) -> None:
    report = judged(everything, profile, Environment.PREPRODUCTION).report
    worse = [o for o in report.outcomes if o.status is Status.VIOLATED and o.rule.severity >= Severity.WARNING]
    assert [(o.rule.code, o.evidence) for o in worse] == []
    assert report.verdict is Verdict.PASSED
    notices = [o.rule.code for o in report.findings if o.rule.severity is Severity.NOTICE]
    assert len(notices) <= 2, notices


@pytest.mark.slow
def test_nothing_is_remarked_of_the_authorities_and_who_answers_for_them(everything: PKI) -> None:
    served = [authority.certificate for authority in everything]
    served += [authority.ocsp_responder() for authority in everything if authority.spec.level != "root"]
    lists = tuple(everything.crls().values())
    for issued in served:
        report = checked(issued, Environment.PREPRODUCTION, lists).report
        assert report.verdict is Verdict.PASSED, (issued, report.findings)
        told = {o.rule.code for o in report.findings if o.rule.severity > Severity.INFO}
        assert told == {f"environment.holder.{'authority' if issued.facts.is_ca else 'ocsp_responder'}"}, issued


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_production_refuses_it_by_rule_and_its_names_tell_why(everything: PKI, profile: str) -> None:
    result = judged(everything, profile, Environment.PRODUCTION)
    refused = {o.rule.code for o in result.report.outcomes if o.status is Status.VIOLATED}
    assert "environment.production.no_test" in refused
    assert result.report.verdict is Verdict.FAILED
    assert (result.facts.issuer.common_name or "").startswith("TRIAL ")
    subject = [attribute.value for attribute in result.facts.subject if attribute.name in {"O", "CN"}]
    assert any(value.startswith("TRIAL ") for value in subject)
