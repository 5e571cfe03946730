"""What stands in the data is reached by rules: nothing that is added is recognised and then judged by none."""

from __future__ import annotations

import pytest

from pkitools.environment import Environment
from pkitools.findings import Report, Status
from pkitools.oin import check_oin, prefix_table
from pkitools.oin.prefixes import Prefix
from pkitools.profiles import Profile, profiles
from pkitools.profiles.conformance import Particulars, Requirement, departures
from pkitools.requests import check_request
from pkitools.rules import detect_profile, lint
from pkitools.rules.books import ENTRIES
from pkitools.systems import System, evaluate, systems
from tests.support.certificates import MOMENT, made
from tests.support.requests import request

_BY_STATUS = {
    "assigned": "oin.{register}.form",
    "proposed": "oin.prefix.proposed",
    "unassigned": "oin.prefix.assigned",
    "test": "oin.test.production",
}


def looked_at(report: Report) -> set[str]:
    return {*report.codes(Status.MET), *report.codes(Status.VIOLATED)}


@pytest.mark.parametrize("profile", profiles(), ids=lambda profile: profile.name)
def test_every_profile_is_reached(profile: Profile) -> None:
    facts = made(profile.name)
    assert detect_profile(facts) == profile
    of_profile = {
        entry.rule.code for entry in ENTRIES if entry.scope.says is not None and profile.name in entry.rule.applies_to
    }
    assert len(of_profile & looked_at(lint(facts, moment=MOMENT))) >= 5
    without_profile = looked_at(check_request(request(), None))
    assert len(looked_at(check_request(request(), profile)) - without_profile) >= 5


def test_every_requirement_is_looked_at() -> None:
    for requirement in Requirement:
        assert departures(requirement, None, Particulars()) in {None, ()}
        for profile in profiles():
            departures(requirement, profile, Particulars())


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.name)
@pytest.mark.parametrize("environment", Environment)
def test_every_system_is_reached(system: System, environment: Environment) -> None:
    outcomes = evaluate(system, environment, made("g4-tls"), moment=MOMENT)
    assert len(looked_at(Report(system.name, outcomes))) >= 3


def test_no_rule_is_for_a_system_that_is_not_there() -> None:
    named = {name for entry in ENTRIES for name in entry.scope.systems}
    assert named <= {system.name for system in systems()}


@pytest.mark.parametrize("row", prefix_table().prefixes.values(), ids=lambda row: row.register)
def test_every_prefix_is_reached(row: Prefix) -> None:
    report = check_oin(f"{row.prefix}123456789000", environment=Environment.PRODUCTION)
    wanted = _BY_STATUS[row.status].format(register=row.register)
    assert wanted in looked_at(report)
    assert row.status == "assigned" or wanted in report.codes()
