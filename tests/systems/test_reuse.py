"""Reuse: same certificate, same key, same name across environments and systems are named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools.environment import Environment
from pkitools.findings import Certainty, Report, Severity, Status, Verdict
from pkitools.systems import Use, check_reuse, get_system
from pkitools.x509.model import CertificateFacts
from tests.support.cases import in_one_test
from tests.support.leaves import leaf, rsa

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
PREPRODUCTION, PRODUCTION = Environment.PREPRODUCTION, Environment.PRODUCTION
ONE = leaf("one.example.nl")
TWO = leaf("two.example.nl", public_key=rsa(thumbprint="22" * 32))


def judge(*uses: tuple[CertificateFacts, str | None, Environment]) -> Report:
    named = [Use(f, get_system(s) if s else None, e, f"{f.subject.common_name}.pem") for f, s, e in uses]
    return Report("test", check_reuse(named, moment=MOMENT))


def test_one_use_has_nothing_to_compare() -> None:
    for report in (judge(), judge((ONE, "digid", PRODUCTION)), judge(*[(ONE, "digid", PRODUCTION)] * 2)):
        assert {o.status for o in report.outcomes} == {Status.NOT_APPLICABLE}
        assert len(report.outcomes) == 8


def test_separate_certificates_with_separate_keys_are_well() -> None:
    report = judge((ONE, "digid-machtigen", PREPRODUCTION), (TWO, "digid-machtigen", PRODUCTION))
    assert report.codes() == frozenset()
    assert report.verdict is Verdict.PASSED


def test_digid_machtigen_refuses_one_certificate_for_both() -> None:
    report = judge((ONE, "digid-machtigen", PREPRODUCTION), (ONE, "digid-machtigen", PRODUCTION))
    assert report.verdict is Verdict.FAILED
    assert report.codes() == {"system.reuse.separate_certificate"}, "one fault, told once"
    assert report.findings[0].params["certificates"] == "one.example.nl.pem"
    assert report.findings[0].rule.source.document.key == "digid-machtigen-manual"


def test_digid_only_warns_because_a_third_party_asks_it() -> None:
    report = judge((ONE, "digid", PREPRODUCTION), (ONE, "digid", PRODUCTION))
    outcome = next(o for o in report.outcomes if o.rule.code == "system.reuse.separate_certificate")
    assert (outcome.rule.severity, outcome.rule.certainty) == (Severity.WARNING, Certainty.THIRD_PARTY)
    assert report.verdict is Verdict.PASSED


def test_environments_of_different_systems_are_compared_too() -> None:
    report = judge((ONE, "digid", PREPRODUCTION), (ONE, "digikoppeling", PRODUCTION))
    assert report.codes() == {"system.reuse.certificate_across_environments"}
    assert report.findings[0].params["systems"] == "DigiD, Digikoppeling"


def test_a_key_shared_by_two_certificates_is_named_once_and_not_as_a_name() -> None:
    renewed = leaf("one.example.nl", issuer="Another CA")
    report = judge((ONE, None, PREPRODUCTION), (renewed, None, PRODUCTION))
    assert report.codes() == {"system.reuse.key_across_environments"}
    assert report.findings[0].params["certificates"] == "one.example.nl.pem"  # both bear that label


def test_a_name_shared_by_two_keys_is_a_notice() -> None:
    same_name = leaf("one.example.nl", issuer="Another CA", public_key=rsa(thumbprint="33" * 32))
    report = judge((ONE, None, PREPRODUCTION), (same_name, None, PRODUCTION))
    assert report.codes() == {"system.reuse.name_across_environments"}


def test_one_environment_compares_no_environments() -> None:
    report = judge((ONE, "digid", PRODUCTION), (TWO, "digid", PRODUCTION))
    across = [o.status for o in report.outcomes if "across" in o.rule.code or "separate" in o.rule.code]
    assert across == [Status.NOT_APPLICABLE] * 5


def test_a_certificate_for_two_systems_is_named_with_both() -> None:
    report = judge((ONE, "digid", PRODUCTION), (ONE, "fsc", PRODUCTION), (TWO, "kvk", PRODUCTION))
    (finding,) = report.findings
    assert finding.rule.code == "system.reuse.shared_between_systems"
    assert finding.params["systems"] == "DigiD, FSC"


def test_a_use_without_label_is_shown_by_its_common_name() -> None:
    assert Use(ONE, None, PRODUCTION).shown == "one.example.nl"
    assert Use(leaf(subject=TWO.subject, sha256="ab"), None, PRODUCTION).shown == "two.example.nl"


OTHER = leaf("other.example.nl", oin="00000001006033404000", public_key=rsa(thumbprint="33" * 32))
TEST = leaf("test.example.nl", oin="00000099123456789000", public_key=rsa(thumbprint="44" * 32))
NONE = leaf("none.example.nl", oin="", public_key=rsa(thumbprint="55" * 32))


@in_one_test
@pytest.mark.parametrize(
    ("there", "here", "status"),
    [
        ([ONE], [OTHER], Status.VIOLATED),
        ([ONE, OTHER], [OTHER], Status.VIOLATED),
        ([ONE, OTHER], [OTHER, TWO], Status.MET),
        ([ONE], [TWO], Status.MET),
        ([TEST], [ONE], Status.NOT_APPLICABLE),
        ([NONE], [ONE], Status.NOT_APPLICABLE),
    ],
)
def test_the_organisations_of_both_environments_are_compared(
    there: list[CertificateFacts], here: list[CertificateFacts], status: Status
) -> None:
    report = judge(*((f, None, PREPRODUCTION) for f in there), *((f, None, PRODUCTION) for f in here))
    (found,) = [o for o in report.outcomes if o.rule.code == "system.reuse.oin_across_environments"]
    assert found.status is status
    if status is Status.VIOLATED:
        assert found.rule.severity is Severity.NOTICE
        assert "00000003273229750000" in found.params["preproduction"]
        assert "00000001006033404000" in found.params["production"]
