"""What metadata states of itself is never passed in silence: another entity ID than the one given, none, or its end."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from pkitools.findings import Report, Severity, Status
from tests.support.cases import in_one_test
from tests.support.leaves import KVK_OIN, RSIN_OIN
from tests.vectors.file_check import MOMENT, metadata

OWN, ANOTHER = (f"urn:nl-eid-gdi:1.0:DV:{oin}:entities:9000" for oin in (KVK_OIN, RSIN_OIN))
DIFFERS, STATED, EXPIRED = "file.entity_id.differs", "file.entity_id.stated", "file.metadata.expired"


def violated(report: Report) -> dict[str, Severity]:
    return {o.rule.code: o.rule.severity for o in report.outcomes if o.status is Status.VIOLATED}


@in_one_test
@pytest.mark.parametrize(("given", "stated"), [*product((None, OWN, ANOTHER), repeat=2)])
@pytest.mark.parametrize("system", [(), "digid-machtigen", "eherkenning"])
def test_given_and_stated_are_held_against_each_other(given: str | None, stated: str | None, system: str) -> None:
    attributes = "" if stated is None else f'entityID="{stated}"'
    found = violated(metadata(attributes, entity_id=given, systems=system)())
    assert (DIFFERS in found) == (given is not None and stated is not None and given != stated)
    assert found.get(DIFFERS, Severity.ERROR) is Severity.ERROR


@pytest.mark.parametrize("attributes", ["", 'entityID=""', "entityID=' '", 'xentityID="a"'])
def test_metadata_without_an_entity_id_is_told_and_fails_where_one_is_asked(attributes: str) -> None:
    assert violated(metadata(attributes, systems="digid-machtigen")())[STATED] is Severity.ERROR
    assert violated(metadata(attributes)())[STATED] is Severity.WARNING
    assert violated(metadata(attributes, systems="digid-machtigen", entity_id=OWN)())[STATED] is Severity.WARNING


@in_one_test
@pytest.mark.parametrize("until", ["gisteren", "", "2020-13-45T00:00:00Z", "2020-01-01", "2020-01-01 00:00:00Z", "P1D"])
def test_a_time_that_is_none_is_told(until: str) -> None:
    found = violated(metadata(f'entityID="{OWN}" validUntil="{until}"')())
    assert found["file.metadata.until"] is Severity.ERROR


@in_one_test
@pytest.mark.parametrize("seconds", [-(10**8), -1, 0, 1, 10**8])
def test_metadata_past_its_time_is_told(seconds: int) -> None:
    until = (MOMENT + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = violated(metadata(f'entityID="{OWN}" validUntil="{until}"')())
    assert found.get(EXPIRED) is (Severity.ERROR if seconds <= 0 else None)
