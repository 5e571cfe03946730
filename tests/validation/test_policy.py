"""Certificate policies along a path: small paths by hand, and every path by both implementations."""

from __future__ import annotations

import random

import pytest

from pkitools.validation import PolicyInput
from pkitools.validation.engines import EngineRequest
from pkitools.validation.engines.full import CertvalidatorEngine
from pkitools.validation.policy import ANY_POLICY, MAX_POLICIES, TooManyPolicies, policies_matter, valid_policies
from pkitools.x509.der import DERError
from pkitools.x509.path_certificate import PathCertificate, load
from tests.support.cases import in_one_test
from tests.support.chains import (
    CONSTRAINTS,
    INHIBIT_ANY,
    MAPPINGS,
    MOMENT,
    POLICIES,
    Extensions,
    authority,
    end_entity,
    policies,
)
from tests.support.der import integer, oid, sequence, tlv

A, B, C = "1.2.3.1", "1.2.3.2", "1.2.3.3"


def mapping(*pairs: tuple[str, str]) -> bytes:
    return sequence(*(sequence(oid(a), oid(b)) for a, b in pairs))


def constraints(required: int | None = None, inhibited: int | None = None) -> bytes:
    parts = [] if required is None else [tlv(0x80, bytes([required]))]
    return sequence(*parts, *([] if inhibited is None else [tlv(0x81, bytes([inhibited]))]))


def path(*extensions: Extensions) -> tuple[PathCertificate, ...]:
    """Root, authorities and end entity with these extensions, the one under the root first."""
    chain = [authority("Root")]
    for number, held in enumerate(extensions[:-1]):
        chain.append(authority(f"CA {number}", chain[-1], extensions=held))
    chain.append(end_entity("leaf", chain[-1], extensions=extensions[-1]))
    return tuple(load(c.der) for c in reversed(chain))


def held(*oids: str) -> Extensions:
    return {POLICIES: (False, policies(*oids))}


ANYTHING = PolicyInput()
EXPLICIT = PolicyInput(explicit_policy=True)


@in_one_test
@pytest.mark.parametrize(
    ("extensions", "asked", "expected"),
    [
        ((held(A), held(A)), ANYTHING, {A}),
        ((held(A), held(B)), ANYTHING, set()),
        ((held(A), held(B)), EXPLICIT, None),
        (({}, held(A)), EXPLICIT, None),
        ((held(ANY_POLICY), held(A)), EXPLICIT, {A}),
        ((held(A), held(ANY_POLICY)), EXPLICIT, {A}),
        ((held(ANY_POLICY), held(ANY_POLICY)), EXPLICIT, {ANY_POLICY}),
        ((held(ANY_POLICY), held(A)), PolicyInput(inhibit_any_policy=True), set()),
        ((held(A, B), held(A, B)), PolicyInput(initial_policies=frozenset({B}), explicit_policy=True), {B}),
        ((held(A), held(A)), PolicyInput(initial_policies=frozenset({B}), explicit_policy=True), None),
        ((held(A), held(A)), PolicyInput(initial_policies=frozenset({B})), set()),
        (({**held(A), MAPPINGS: (True, mapping((A, B)))}, held(B)), EXPLICIT, {A}),
        (({**held(A), MAPPINGS: (True, mapping((A, B)))}, held(A)), EXPLICIT, None),
        (
            ({**held(A), MAPPINGS: (True, mapping((A, B)))}, held(B)),
            PolicyInput(inhibit_policy_mapping=True, explicit_policy=True),
            None,
        ),
        (({**held(ANY_POLICY), MAPPINGS: (True, mapping((A, B)))}, held(B)), EXPLICIT, {A, B} - {B}),
        (({**held(A), CONSTRAINTS: (True, constraints(required=0))}, held(B)), ANYTHING, None),
        (({**held(A), CONSTRAINTS: (True, constraints(required=0))}, held(A)), ANYTHING, {A}),
        (({**held(A), CONSTRAINTS: (True, constraints(required=5))}, held(B)), ANYTHING, set()),
        ((held(A), {**held(B), CONSTRAINTS: (True, constraints(required=0))}), ANYTHING, None),
        (({**held(A), INHIBIT_ANY: (True, integer(0))}, held(ANY_POLICY)), EXPLICIT, None),
    ],
)
def test_by_hand(extensions: tuple[Extensions, ...], asked: PolicyInput, expected: set[str] | None) -> None:
    found = valid_policies(path(*extensions), asked)
    assert found == (None if expected is None else frozenset(expected))


def test_policies_matter_only_where_they_can_decide() -> None:
    assert not policies_matter(path(held(A), held(B)), ANYTHING)
    assert policies_matter(path(held(A), held(B)), EXPLICIT)
    assert policies_matter(path({CONSTRAINTS: (False, constraints(required=9))}, held(B)), ANYTHING)


@in_one_test
@pytest.mark.parametrize(
    "broken",
    [
        {**held(A), MAPPINGS: (True, mapping((A, ANY_POLICY)))},
        {**held(A), MAPPINGS: (True, mapping((ANY_POLICY, A)))},
        {**held(A), MAPPINGS: (True, sequence(sequence(oid(A))))},
        {POLICIES: (False, sequence(sequence()))},
        {**held(A), INHIBIT_ANY: (True, sequence())},
    ],
)
def test_what_is_malformed_is_an_error(broken: Extensions) -> None:
    with pytest.raises(DERError):
        valid_policies(path(broken, held(A)), ANYTHING)


def test_policies_have_a_bound() -> None:
    many = held(*(f"1.2.3.4.{n}" for n in range(MAX_POLICIES + 1)))
    with pytest.raises(TooManyPolicies):
        valid_policies(path(many, held(A)), ANYTHING)


@pytest.mark.slow
def test_both_implementations_agree_on_random_paths() -> None:
    chance = random.Random(9618)
    engine = CertvalidatorEngine()
    accepted = 0
    for _ in range(120):
        levels = [_random_extensions(chance) for _ in range(chance.randint(2, 4))]
        asked = PolicyInput(
            chance.choice([None, frozenset({A}), frozenset({A, B}), frozenset({ANY_POLICY})]),
            *(chance.random() < 0.3 for _ in range(3)),
        )
        made = path(*levels)
        ours = valid_policies(made, asked)
        theirs = engine.verify(EngineRequest(made, MOMENT, asked))
        assert theirs.accepted == (ours is not None), (levels, asked, ours, theirs)
        if ours is not None:
            accepted += 1
            assert theirs.policies == ours, (levels, asked)
    assert 20 < accepted < 110


def _random_extensions(chance: random.Random) -> Extensions:
    found: dict[str, tuple[bool, bytes] | None] = {}
    if chance.random() < 0.9:
        found[POLICIES] = False, policies(*chance.sample([A, B, C, ANY_POLICY], chance.randint(1, 3)))
    if chance.random() < 0.3:
        found[MAPPINGS] = True, mapping((chance.choice([A, B]), chance.choice([B, C])))
    if chance.random() < 0.2:
        found[CONSTRAINTS] = True, constraints(chance.choice([None, 0, 1]), chance.choice([0, 1]))
    if chance.random() < 0.2:
        found[INHIBIT_ANY] = True, integer(chance.choice([0, 1]))
    return found
