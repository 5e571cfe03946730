"""What stands in the data is reached by rules: nothing that is added is recognised and then judged by none."""

from __future__ import annotations

from typing import Any

import pytest

from pkitools.documents import Source
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
from pkitools.systems.model import READ_ONLY, Topic
from pkitools.systems.reuse import Use, check_reuse
from pkitools.trust import hierarchies
from pkitools.x509 import oin_from_certificate
from tests.support.cases import in_one_test
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


@in_one_test
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


ENTITY_IDS = ("urn:etoegang:DV:{oin}:entities:0001", "urn:nl-eid-gdi:1.0:DV:{oin}:entities:0001")
BY_TOPIC = {
    Topic.HIERARCHY: {"hierarchy.accepted", "hierarchy.discouraged"},
    Topic.SELF_SIGNED: {"self_signed.not_allowed"},
    Topic.OIN: {"oin.required"},
    Topic.ENTITY_ID: {"entity_id.scheme", "oin.equals_entity_id"},  # the role where the statement has roles
    Topic.KVK_NUMBER: {"oin.kvk_based"},
    Topic.OIN_DIGITS: {"oin.digits_only"},
    Topic.URA: {"ura.in_san"},
    Topic.CLIENT_AUTH: {"eku.client_auth"},
    Topic.SERVER_AUTH: {"eku.server_auth"},
    Topic.SIGNING: {"key_usage.signing"},
    Topic.KEY_SIZE: {"key.rsa_size"},
    Topic.POLICY: {"policy.expected"},
    Topic.FQDN: {"san.fqdn"},
    Topic.NO_WILDCARD: {"san.no_wildcard"},
    Topic.SINGLE_DOMAIN: {"san.single_domain"},
    Topic.ORGANIZATION_NAME: {"subject.organization"},
    Topic.SEPARATE_CERTIFICATE: {"reuse.separate_certificate"},
    Topic.UNIQUE_NAME: {"reuse.unique_name"},
    Topic.MAXIMUM: {"reuse.maximum"},
}
"""The rules that look for a statement of each topic that weighs; of a hierarchy one, as it refuses or advises."""


def of_statements(system: System, environment: Environment) -> dict[tuple[str, Source], set[Status]]:
    """What became of the rules that a system's statements ask, over every hierarchy, self-signed, and two uses."""
    leaf = made("g4-tls")
    oin = oin_from_certificate(leaf).oin
    assert oin is not None
    ways: list[dict[str, Any]] = [{"hierarchy": hierarchy} for hierarchy in hierarchies()]
    ways += [{"root_sha256": "00" * 32}, {"self_signed": True}]
    found = [
        outcome
        for way in ways
        for form in ENTITY_IDS
        for outcome in evaluate(
            system,
            environment,
            leaf,
            moment=MOMENT,
            oin=oin,
            entity_id=form.format(oin=oin),
            raise_crashes=True,
            **way,
        )
    ]
    uses = [Use(facts, system, where) for where in Environment for facts in (leaf, made("g1-server"))]
    found += check_reuse(uses, moment=MOMENT)
    became: dict[tuple[str, Source], set[Status]] = {}
    for outcome in found:
        became.setdefault((outcome.rule.code.removeprefix("system."), outcome.rule.source), set()).add(outcome.status)
    return became


@in_one_test
@pytest.mark.parametrize("system", systems(), ids=lambda system: system.name)
@pytest.mark.parametrize("environment", Environment)
def test_every_statement_that_weighs_is_looked_at(system: System, environment: Environment) -> None:
    became = of_statements(system, environment)
    looked = {key for key, statuses in became.items() if statuses & {Status.MET, Status.VIOLATED}}
    for statement in system.statements_at(environment, MOMENT):
        if not statement.weighs:
            continue
        wanted = {(code, statement.source) for code in BY_TOPIC[statement.topic]}
        if statement.topic in {Topic.HIERARCHY, Topic.SELF_SIGNED}:  # it refuses: somebody has to be refused
            assert any(Status.VIOLATED in became.get(key, ()) for key in wanted), statement.text
        else:
            assert wanted <= looked, (statement.topic, wanted - looked)
        if statement.roles:
            assert ("entity_id.role", statement.source) in looked


@in_one_test
@pytest.mark.parametrize("system", systems(), ids=lambda system: system.name)
@pytest.mark.parametrize("environment", Environment)
def test_what_a_system_does_not_ask_is_not_looked_at(system: System, environment: Environment) -> None:
    asked = {s.topic for where in Environment for s in system.statements_at(where, MOMENT) if s.weighs}
    here = {s.topic for s in system.statements_at(environment, MOMENT) if s.weighs}
    became = of_statements(system, environment)
    for topic, codes in BY_TOPIC.items():
        if topic in {Topic.HIERARCHY, Topic.SELF_SIGNED}:
            continue  # asked of every system, whether it says something or not
        may = asked if topic in {Topic.SEPARATE_CERTIFICATE, Topic.UNIQUE_NAME, Topic.MAXIMUM} else here
        told = {code for (code, _), statuses in became.items() if statuses & {Status.MET, Status.VIOLATED}}
        assert topic in may or not codes & told, topic


def test_every_topic_has_its_rules() -> None:
    assert BY_TOPIC.keys() == set(Topic) - READ_ONLY


def test_no_rule_is_for_a_system_that_is_not_there() -> None:
    named = {name for entry in ENTRIES for name in entry.scope.systems}
    assert named <= {system.name for system in systems()}


@in_one_test
@pytest.mark.parametrize("row", prefix_table().prefixes.values(), ids=lambda row: row.register)
def test_every_prefix_is_reached(row: Prefix) -> None:
    report = check_oin(f"{row.prefix}123456789000", environment=Environment.PRODUCTION)
    wanted = _BY_STATUS[row.status].format(register=row.register)
    assert wanted in looked_at(report)
    assert row.status == "assigned" or wanted in report.codes()
