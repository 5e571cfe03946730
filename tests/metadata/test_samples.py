"""Real metadata gives what a person finds by reading it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools.findings import Verdict
from pkitools.metadata import MetadataCheck, check_metadata, compare_metadata
from pkitools.metadata.signatures import SignatureStatus
from tests.support.shared import shared

DIGID = "samples/metadata/digid-metadata_pp1_2023.xml"
BROKER = "samples/metadata/eherkenning-metadata_iwelcome_2020.xml"
AS_SIGNED = (
    b"urn:etoegang:DV:00000001002220647000:entities:9000",
    b"urn:etoegang:HM:00000003520354760000:entities:1135",
)


def judged(data: bytes, system: str, environment: str, when: datetime) -> MetadataCheck:
    return check_metadata(data, system=system, environment=environment, moment=when, raise_crashes=True)


@pytest.mark.parametrize(("year", "verdict"), [(2024, Verdict.PASSED), (2027, Verdict.FAILED)])
def test_digid_in_preproduction(year: int, verdict: Verdict) -> None:
    """Signed well by the certificate in it, that of an identity provider, and that certificate ended in 2026."""
    found = judged(shared(DIGID).read_bytes(), "digid", "preproduction", datetime(year, 11, 1, tzinfo=UTC))
    assert found.read.verified.status is SignatureStatus.GOOD
    assert found.report.codes() == {"metadata.document.provider"}
    assert found.verdict is verdict
    expired = [report for report in found.reports if "path.validity.expired" in report.codes()]
    assert bool(expired) is (verdict is Verdict.FAILED)


def test_a_broker_whose_entity_id_was_changed_after_signing() -> None:
    data = shared(BROKER).read_bytes()
    when = datetime(2020, 11, 1, tzinfo=UTC)
    found = judged(data, "eherkenning", "production", when)
    assert found.read.verified.status is SignatureStatus.BAD
    assert found.report.codes() == {
        "metadata.signature.valid",
        "metadata.document.role",
        "metadata.keys.encryption",
        "metadata.keys.use_absent",
        "metadata.rollover.order",
        "metadata.rollover.most",
    }
    assert found.certificates is not None
    assert all("system.oin.equals_entity_id" in each.report.codes() for each in found.certificates.results)
    restored = judged(data.replace(*AS_SIGNED), "eherkenning", "production", when)
    assert restored.read.verified.status is SignatureStatus.GOOD
    assert "metadata.signature.valid" not in restored.report.codes()
    assert restored.certificates is not None
    codes = {code for each in restored.certificates.results for code in each.report.codes()}
    assert not {code for code in codes if code.startswith(("system.entity_id.", "system.oin."))}


def test_what_changed_in_it_is_the_entity_id_and_the_signature() -> None:
    data = shared(BROKER).read_bytes()
    found = compare_metadata(data.replace(*AS_SIGNED), data)
    assert [change.code for change in found.changes] == [
        "metadata.change.entity.changed",
        "metadata.change.signature.bad",
    ]
