"""Policies decode by the G4 model and by the table."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.findings import Certainty
from pkitools.trust import HierarchyKind, decode_policy, listed_policies, policy_name
from tests.support.cases import in_one_test

ARC = "2.16.528.1.1003.1.2"


@in_one_test
@pytest.mark.parametrize(
    ("oid", "expected"),
    [
        (
            f"{ARC}.44.15.35.11",
            (HierarchyKind.PRODUCTION, "G4", "private-tls", "system", "tls-server", Certainty.OBSERVED),
        ),
        (f"{ARC}.41.15.35.11", (HierarchyKind.TRIAL, "G4", "private-tls", "system", "tls-server", Certainty.OFFICIAL)),
        (
            f"{ARC}.44.16.25.8",
            (HierarchyKind.PRODUCTION, "G4", "private-other", "legal-person", "authentication", Certainty.INFERRED),
        ),
        (
            f"{ARC}.41.16.25.8",
            (HierarchyKind.TRIAL, "G4", "private-other", "legal-person", "authentication", Certainty.OFFICIAL),
        ),
        (
            f"{ARC}.44.14.25.5",
            (HierarchyKind.PRODUCTION, "G4", "eutl", "legal-person", "non-repudiation", Certainty.INFERRED),
        ),
        (
            f"{ARC}.41.36.35.8",
            (HierarchyKind.TRIAL, "G4", "private-other-defence", "system", "authentication", Certainty.INFERRED),
        ),
        (f"{ARC}.8.6", (HierarchyKind.PRODUCTION, "G1-private", "private", "system", "tls-server", Certainty.OBSERVED)),
        (
            f"{ARC}.5.7",
            (HierarchyKind.PRODUCTION, "G3", "organisation", "legal-person", "non-repudiation", Certainty.OBSERVED),
        ),
        (f"{ARC}.7", (HierarchyKind.PRODUCTION, "EV", "ev", "system", "tls-server", Certainty.OBSERVED)),
        (f"{ARC}.5.8", (HierarchyKind.PRODUCTION, "EV", "organisation", "system", None, Certainty.OBSERVED)),
        ("0.4.0.2042.1.1", (None, None, None, None, None, Certainty.STANDARD)),
        (
            "2.16.528.1.1007.99.44.15.35.11",
            (HierarchyKind.ACCEPTANCE, "G4", "cibg", "system", "tls-server", Certainty.OBSERVED),
        ),
    ],
)
def test_a_policy_tells_what_it_is(oid: str, expected: tuple[object, ...]) -> None:
    info = decode_policy(oid)
    assert info is not None
    assert (info.kind, info.generation, info.domain, info.subject, info.use, info.certainty) == expected
    assert info.oid == oid


@in_one_test
@pytest.mark.parametrize(
    "oid",
    [
        "",
        "1.2.3",
        ARC,
        f"{ARC}.44",
        f"{ARC}.44.15.35",
        f"{ARC}.44.15.35.11.1",
        f"{ARC}.42.15.35.11",
        f"{ARC}.44.15.39.12",
        f"{ARC}0.44.15.35.11",
        f"{ARC}.44.015.35.11",
        f"{ARC}.٤٤.15.35.11",
        "2.5.29.32.0",
    ],
)
def test_another_oid_is_none_of_ours_and_is_named_by_itself(oid: str) -> None:
    assert decode_policy(oid) is None
    assert policy_name(oid) == oid


def test_names_come_in_both_languages() -> None:
    assert policy_name(f"{ARC}.8.6", "nl") == "Private Services G1: server"
    assert policy_name(f"{ARC}.41.16.25.8", "nl").startswith("TRIAL G4 Private Other, organisatie")
    assert policy_name(f"{ARC}.41.16.25.8", "en").startswith("TRIAL G4 Private Other, organisation")


def test_every_listed_policy_is_whole_and_listed_once() -> None:
    policies = listed_policies()
    assert len(policies) == 110  # 48 by OID, 31 combinations of the G4 model for TRIAL and for production
    assert len({p.oid for p in policies}) == len(policies)
    for policy in policies:
        assert re.fullmatch(r"[0-9]+(\.[0-9]+)+", policy.oid)
        assert all(policy.name[language] for language in ("nl", "en"))
        assert decode_policy(policy.oid) == policy


@given(st.text(alphabet="0123456789.", max_size=40))
def test_decoding_never_fails(text: str) -> None:
    for oid in (text, f"{ARC}.{text}"):
        info = decode_policy(oid)
        assert info is None or info.oid == oid
