"""What a rule is said to weigh is what it weighs: an explanation never contradicts a run."""

from __future__ import annotations

import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from types import FunctionType

import pytest

from pkitools.checking import delivery
from pkitools.environment import Environment
from pkitools.findings import Rule, Severity, Status, Violated
from pkitools.findings.asking import founded
from pkitools.messages import LANGUAGES
from pkitools.metadata.consumers import Topic as MetadataTopic
from pkitools.metadata.consumers import consumers
from pkitools.profiles import profiles, tsps
from pkitools.requests import check_request
from pkitools.rulebook import all_rules, weights
from pkitools.systems import Stance, Topic, systems
from pkitools.systems import rules as system_rules
from pkitools.systems.evaluation import _OF_STATEMENTS
from tests.support.requests import dns, request, small_key, subject

RULES = {rule.code: rule for rule in all_rules()}


def declared(code: str) -> set[Severity]:
    return {RULES[code].severity, *(each.severity for each in weights(code))}


def test_what_is_told_is_of_a_rule_there_is_and_another_weight_than_its_own() -> None:
    for rule in all_rules():
        told = [each.severity for each in weights(rule.code)]
        assert rule.severity not in told, rule.code
        assert len(told) == len(set(told)), rule.code
        assert all(each.where[language] for each in weights(rule.code) for language in LANGUAGES)


def pairs() -> Iterator[tuple[Rule, FunctionType]]:
    """Every rule that stands beside its check in a room, whatever the room keeps them in."""
    for name, module in sorted(sys.modules.items()):
        if not name.startswith("pkitools."):
            continue
        for value in vars(module).values():
            held = getattr(value, "entries", value)
            for each in held if isinstance(held, (list, tuple)) else ():
                rule, check = (each.rule, each.check) if hasattr(each, "check") else pair(each)
                if isinstance(rule, Rule) and isinstance(check, FunctionType):
                    yield rule, check


def pair(each: object) -> tuple[object, object]:
    return each if isinstance(each, tuple) and len(each) == 2 else (None, None)


def test_a_check_that_gives_a_weight_of_its_own_is_among_them() -> None:
    found = {(rule.code, check) for rule, check in pairs()}
    assert len({code for code, _ in found}) > 400
    bodies = {
        code: inspect.getsource(check).partition("\ndef ")[2] or inspect.getsource(check) for code, check in found
    }
    own = {code for code, body in bodies.items() if re.search(r"severity=|\b_weight\(", body)}
    assert len(own) > 8
    own -= {
        "oin.service_id.surrounding_space"
    }  # of a service ID no other text will do: the check is that of entity IDs
    assert {code for code in own if not weights(code)} == set()


def bad_requests() -> Iterator[bytes]:
    """Requests that are wrong in much that a profile or a TSP asks."""
    odd = subject(C="DE", O="", OU="x", L="x", CN="a b", organizationIdentifier="OI:NL-1", serialNumber="1")
    yield request(odd, dns("*.example.nl", "localhost", "a_b", "10.0.0.1", *(f"{n}.example.nl" for n in range(40))))
    yield request([*subject(O=None, CN=None), *subject(organizationIdentifier=None, serialNumber=None)], dns("x.nl"))
    yield request(subject(O="x" * 70), key=small_key(2048, 3), scheme="pkcs1", digest="sha1")
    yield request(subject(organizationIdentifier=None), scheme="pkcs1", digest="sha512")


@pytest.mark.slow
def test_a_request_weighs_what_is_told_whatever_it_is_for() -> None:
    seen: defaultdict[str, set[Severity]] = defaultdict(set)
    for made, profile, tsp, where in product(bad_requests(), profiles(), (None, *tsps()), Environment):
        for outcome in check_request(made, profile, tsp=tsp, environment=where).outcomes:
            if outcome.status is Status.VIOLATED:
                seen[outcome.rule.code].add(outcome.rule.severity)
    assert {code for code, found in seen.items() if not found <= declared(code)} == set()
    lowered = {code for code, found in seen.items() if min(found) < RULES[code].severity}
    assert len(lowered) > 9, lowered


def by_statement() -> Iterator[tuple[Rule, Severity]]:
    """Each rule about systems, with what it weighs for each statement that asks it."""
    topics: dict[Topic, list[Rule]] = defaultdict(list)
    for topic, rule, _ in _OF_STATEMENTS:
        topics[topic].append(rule)
    topics[Topic.SEPARATE_CERTIFICATE].append(system_rules.REUSE_SEPARATE)
    topics[Topic.UNIQUE_NAME].append(system_rules.REUSE_UNIQUE_NAME)
    topics[Topic.MAXIMUM].append(system_rules.REUSE_MAXIMUM)
    topics[Topic.HIERARCHY].append(system_rules.HIERARCHY_ACCEPTED)
    topics[Topic.SELF_SIGNED].append(system_rules.SELF_SIGNED_NOT_ALLOWED)
    for system in systems():
        for said in system.statements:
            for rule in topics[said.topic] if said.weighs and said.answer is not Stance.DISCOURAGED else ():
                yield rule, system_rules.as_asked(rule, said, system).severity


def test_a_system_weighs_what_is_told_and_nothing_is_told_that_no_system_weighs() -> None:
    seen: defaultdict[str, set[Severity]] = defaultdict(set)
    for rule, severity in by_statement():
        seen[rule.code].add(severity)
    own = {
        system_rules.ENTITY_ID_SCHEME.code: {Severity.NOTICE},  # where any text will do
        system_rules.OIN_EQUALS_ENTITY_ID.code: {Severity.WARNING},  # of none, where none is firmly asked
    }
    for code, found in seen.items():
        assert found | own.get(code, set()) | {RULES[code].severity} == declared(code), code
    told = {rule.code for rule in system_rules.RULES if weights(rule.code)}
    assert told <= set(seen)


@pytest.mark.slow
def test_a_consumer_of_metadata_weighs_what_is_told() -> None:
    asks = [ask for consumer in consumers() for ask in consumer.asks]
    checked = 0
    for rule, check in pairs():
        topics = set(re.findall(r"asked\(Topic\.(\w+)", inspect.getsource(check)))
        for ask in asks if rule.code.startswith("metadata.") else ():
            if MetadataTopic(ask.topic).name in topics:
                checked += 1
                weighs = founded(rule, Violated(basis=ask.basis, severity=ask.severity)).severity
                assert weighs in declared(rule.code), (rule.code, weighs)
    assert checked > 30


def test_what_is_judged_strictly_as_delivered_is_told() -> None:
    warnings = {rule.code for rule, _ in delivery.checks._CHECKS if rule.severity is Severity.WARNING}
    raised = {c for c, rule in RULES.items() if rule.severity < Severity.ERROR and c.startswith("delivery.")}
    assert {code for code in raised if Severity.ERROR in declared(code)} == warnings
