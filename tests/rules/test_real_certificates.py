"""Real certificates, inside their time: nothing that a rule calls an error, and what is odd about them is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.findings import Severity, Status, Verdict
from pkitools.rules import detect_profile, lint
from pkitools.x509 import CertificateFacts, read_certificate
from tests.support.cases import in_one_test
from tests.support.shared import shared

G1_LAB = "PrivateG1_lab.api.mijniconnect.nl_20251009"
G1_KVK = "PrivateG1_api.kvk.nl_20210408"
G1_DIGID = "PrivateG1_saml-sign.pp1.digid.nl_20201104"
G1_NO_OIN = "PrivateG1_api-test-sign.coronatester.nl_20230908"
EV = "EV_acc-waardepapieren.hoorn.nl_20210622"
G3 = "G3_eh01.staging.iwelcome.nl_20190521"


SINCE_2021 = datetime(2021, 1, 1, tzinfo=UTC)


def chain(name: str) -> list[CertificateFacts]:
    data = shared(f"samples/certificates/{name}.chain.pem").read_bytes()
    return [read_certificate(der) for der in read_source(data, name).certificates]


@in_one_test
@pytest.mark.parametrize("name", [G1_LAB, G1_KVK, G1_DIGID, G1_NO_OIN, EV, G3])
def test_nothing_worse_than_a_notice_inside_their_time_but_a_missing_oin(name: str) -> None:
    facts, *above = chain(name)
    for certificate in (facts, *above):
        report = lint(
            certificate, moment=facts.not_before + timedelta(days=30), path=(facts, *above), raise_crashes=True
        )
        assert report.verdict is Verdict.PASSED
        assert {f.rule.code for f in report.findings if f.rule.severity >= Severity.WARNING} <= {"x509.oin.missing"}
        assert not report.not_checked


@pytest.mark.parametrize(("name", "profile"), [(G1_LAB, "g1-server"), (G1_DIGID, "g1-server"), (EV, None), (G3, None)])
def test_their_profiles(name: str, profile: str | None) -> None:
    found = detect_profile(chain(name)[0])
    assert (found.name if found else None) == profile


def test_the_ou_of_2020_was_allowed_then() -> None:
    facts = chain(G1_DIGID)[0]
    report = lint(facts, moment=facts.not_before)
    assert "por.subject.organizational_unit" in report.codes(Status.NOT_APPLICABLE)


def test_no_oin_is_a_failure_only_where_one_is_asked() -> None:
    facts = chain(G1_NO_OIN)[0]
    assert lint(facts, moment=facts.not_before).verdict is Verdict.PASSED
    asked = lint(facts, moment=facts.not_before, system="digikoppeling", environment=Environment.PRODUCTION)
    assert "digikoppeling.pki001.oin" in asked.codes()
    assert asked.verdict is Verdict.FAILED


@pytest.mark.parametrize("name", [EV, G3])
def test_digikoppeling_asks_the_private_root_since_2021(name: str) -> None:
    facts = chain(name)[0]
    for day, status in ((datetime(2020, 12, 31, tzinfo=UTC), Status.NOT_APPLICABLE), (SINCE_2021, Status.VIOLATED)):
        report = lint(facts, moment=day, system="digikoppeling", environment=Environment.PRODUCTION)
        assert "digikoppeling.pki005.private_root" in report.codes(status)


def test_the_oin_in_the_upn_agrees_with_the_subject() -> None:
    facts = chain(G1_LAB)[0]
    report = lint(facts, moment=facts.not_before)
    assert "oin_stelsel.place.alternative_name_agrees" in report.codes(Status.MET)


def test_a_certificate_of_g1_is_told_to_move() -> None:
    facts = chain(G1_LAB)[0]
    assert "advice.hierarchy.ends" in lint(facts, moment=datetime(2025, 12, 1, tzinfo=UTC)).codes()
    before = lint(facts, moment=datetime(2025, 11, 30, tzinfo=UTC))
    assert "advice.hierarchy.ends" in before.codes(Status.NOT_APPLICABLE)
