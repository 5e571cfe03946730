"""The answers a correct tool gives about real certificates, at moments inside and outside their validity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pkitools.checking import CheckResult, Revocation, check, end_entity_first
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.findings import Verdict
from pkitools.revocation import RevocationPolicy
from tests.support.cases import in_one_test
from tests.support.shared import shared

NO_REVOCATION = Revocation(policy=RevocationPolicy.OFF)  # these certificates' CRLs are gone: the rest is judged


@dataclass(frozen=True)
class Sample:
    name: str
    oin: str | None
    hierarchy: str
    inside: datetime
    after: datetime


SAMPLES = [
    Sample(
        "PrivateG1_lab.api.mijniconnect.nl_20251009",
        "00000003273229750000",
        "g1-private",
        datetime(2026, 11, 22, tzinfo=UTC),
        datetime(2028, 10, 8, tzinfo=UTC),
    ),
    Sample(
        "PrivateG1_api.kvk.nl_20210408",
        "00000001006033404000",
        "g1-private",
        datetime(2022, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 22, tzinfo=UTC),
    ),
    Sample(
        "PrivateG1_saml-sign.pp1.digid.nl_20201104",
        "00000004166909913000",
        "g1-private",
        datetime(2022, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 22, tzinfo=UTC),
    ),
    Sample(
        "PrivateG1_api-test-sign.coronatester.nl_20230908",
        None,
        "g1-private",
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 22, tzinfo=UTC),
    ),
    Sample(
        "EV_acc-waardepapieren.hoorn.nl_20210622",
        "00000001001516814000",
        "ev",
        datetime(2021, 9, 1, tzinfo=UTC),
        datetime(2026, 11, 22, tzinfo=UTC),
    ),
    Sample(
        "G3_eh01.staging.iwelcome.nl_20190521",
        "00000003520354760000",
        "g3",
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 22, tzinfo=UTC),
    ),
]


def judged(sample: Sample, moment: datetime, *systems: str, chain: bool = True) -> CheckResult:
    suffix = ".chain.pem" if chain else ".pem"
    path = shared("samples/certificates") / (sample.name + suffix)
    leaf, *rest = end_entity_first(read_source(path.read_bytes(), path.name).certificates)
    return check(
        leaf,
        moment=moment,
        environment=Environment.PRODUCTION,
        systems=systems,
        intermediates=rest,
        revocation=NO_REVOCATION,
    )


@in_one_test
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_inside_its_validity_the_certificate_passes_with_its_oin_and_hierarchy(sample: Sample) -> None:
    result = judged(sample, sample.inside)
    assert result.report.verdict is Verdict.PASSED, result.report.codes()
    assert (str(result.oin) if result.oin else None) == sample.oin
    assert result.hierarchy is not None
    assert result.hierarchy.name == sample.hierarchy
    assert ("x509.oin.missing" in result.report.codes()) is (sample.oin is None)


@in_one_test
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_after_its_validity_it_fails_as_expired_and_nothing_hides_that(sample: Sample) -> None:
    result = judged(sample, sample.after)
    assert result.report.verdict is Verdict.FAILED
    assert result.path is None
    first = result.report.findings[0].rule.code
    assert first == "path.validity.expired", result.report.codes()


@in_one_test
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_revocation_that_could_not_be_asked_is_never_valid(sample: Sample) -> None:
    path = shared("samples/certificates") / (sample.name + ".chain.pem")
    leaf, *rest = end_entity_first(read_source(path.read_bytes(), path.name).certificates)
    result = check(leaf, moment=sample.inside, environment=Environment.PRODUCTION, intermediates=rest)
    assert result.report.verdict is Verdict.INDETERMINATE, result.report.codes()


@pytest.mark.parametrize("sample", SAMPLES[:4], ids=lambda s: s.name)
def test_a_private_g1_certificate_needs_no_chain_file(sample: Sample) -> None:
    assert judged(sample, sample.inside, chain=False).path is not None


@pytest.mark.parametrize("sample", [SAMPLES[4], SAMPLES[5]], ids=lambda s: s.name)
def test_g3_and_ev_are_refused_where_private_g1_or_g4_is_asked_and_the_report_names_what_is(sample: Sample) -> None:
    result = judged(sample, sample.inside, "digikoppeling")
    assert result.report.verdict is Verdict.FAILED
    found = next(o for o in result.report.findings if o.rule.code == "system.hierarchy.accepted")
    assert "Private G1" in found.params["accepted"]


def test_without_an_oin_a_valid_certificate_is_of_no_use_where_an_oin_is_asked() -> None:
    result = judged(SAMPLES[3], SAMPLES[3].inside, "digikoppeling")
    assert result.report.verdict is Verdict.FAILED
    assert "system.oin.required" in result.report.codes()
