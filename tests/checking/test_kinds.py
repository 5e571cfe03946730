"""What is said of all certificates of a kind, before an environment and before a system, is said of each of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.checking import environment as room
from pkitools.checking.environment import EnvironmentContext, environment_block
from pkitools.environment import Environment
from pkitools.findings import MET, NotApplicable, NotChecked, Violated
from pkitools.findings.considered import Block, Kind, said_in_common
from pkitools.oin import OIN
from pkitools.profiles import get_profile
from pkitools.rules import in_common
from pkitools.rules.in_common import MOST, Kinds
from pkitools.systems import evaluation, get_system
from pkitools.systems.evaluation import evaluated, found_hierarchy
from pkitools.trust import get_hierarchy
from pkitools.trust.authorities import HierarchyKind
from pkitools.x509 import CertificateFacts, holder, uzi_name
from pkitools.x509.reader import readable
from tests.rules.test_in_common import BASE, OTHER, OTHER_FORMS, OTHER_NAMES, _swallowed
from tests.rules.test_properties import BASES, mutated
from tests.support.cases import in_one_test
from tests.support.certificates import MOMENT
from tests.support.corpus import vectors
from tests.support.effort import examples

CONTEXTS: list[dict[str, Any]] = [
    {"anchored": False},
    {"anchored": True, "hierarchy": get_hierarchy("g4-tls"), "of_pkioverheid": True},
    {"anchored": True, "claimed_kind": HierarchyKind.TRIAL, "self_signed": True},
    {"anchored": True, "of_pkioverheid": True, "meant_for_use": True, "profile": get_profile("g4-seal")},
]
ASKED = [get_system(name) for name in ("digid-machtigen", "fsc", "eherkenning")]


def blocks(facts: CertificateFacts, kind: Kind[CertificateFacts] | None) -> Iterator[Block]:
    """Yield what is said of a certificate in every context, by its kind or by itself."""
    for environment, around in itertools.product(Environment, CONTEXTS):
        yield environment_block(EnvironmentContext(facts, environment, **around), kind)
        found = found_hierarchy(facts, around.get("hierarchy"), None)
        for system, oin in itertools.product(ASKED, (None, OIN("00000003520354760000"))):
            yield evaluated(
                system,
                environment,
                facts,
                moment=MOMENT,
                found=found,
                self_signed=bool(around.get("self_signed")),
                oin=oin,
                entity_id="urn:etoegang:DV:00000003520354760000:entities:0001" if oin else None,
                kind=kind,
                raise_crashes=False,
            )


def said(several: list[Block]) -> list[object]:
    return [(list(each.told), each.looked, tuple(each.outcomes)) for each in several]


def compared(every: list[CertificateFacts]) -> int:
    """Compare what is said by kinds with what is said without; return how often a kind was known."""
    kinds, known = Kinds(), 0
    plain = [said([*blocks(facts, None)]) for facts in every]
    for _ in range(3):
        for facts, told in zip(every, plain, strict=True):
            kind = kinds.find(facts)
            known += kind is not None
            assert said([*blocks(facts, kind)]) == told
    return known


@pytest.mark.slow
def test_of_real_certificates_it_is_what_each_is_told() -> None:
    assert compared([*BASES, *readable(vectors().values())]) > 0
    for facts in BASES:  # above they push each other out
        assert compared([facts]) == 2


@examples(10)
@given(st.lists(mutated(), min_size=1, max_size=3))
def test_of_whatever_a_certificate_holds_it_is_what_each_is_told(several: list[CertificateFacts]) -> None:
    compared(several)


def differing(part: str) -> CertificateFacts:
    if part in in_common._OF_KEY:
        return replace(BASE, public_key=replace(BASE.public_key, **{part: OTHER[part]}))  # type: ignore[arg-type]  # of its type
    if part == "is_self_issued":
        return replace(BASE, subject=BASE.issuer)
    return replace(BASE, **{part: OTHER[part]})  # type: ignore[arg-type]  # the same


@in_one_test
@pytest.mark.parametrize("part", [*in_common._OF_FACTS, *in_common._OF_KEY])
def test_certificates_that_differ_in_one_part_of_it_are_no_kind(part: str) -> None:
    kinds = Kinds()
    assert kinds.find(BASE) is None
    assert kinds.find(BASE) is kinds.find(replace(BASE, sha256="00" * 32, serial_number=1)) is not None
    assert kinds.find(differing(part)) is None


_TWO_IN_ONE = replace(BASE.subject, rdns=(sum(BASE.subject.rdns, ()),))


@in_one_test
@pytest.mark.parametrize("part", [*OTHER_FORMS, "RDNs"])
def test_certificates_with_names_of_another_form_are_no_kind(part: str) -> None:
    kinds = Kinds()
    other = replace(BASE, subject=_TWO_IN_ONE) if part == "RDNs" else OTHER_FORMS[part]
    same = replace(BASE, subject_alternative_name=OTHER_NAMES)
    assert [kinds.find(each) is not None for each in (BASE, same, other)] == [False, True, False]


def test_most_is_asked_once() -> None:
    """Else what is compared here would be the plain way with itself."""
    kinds = Kinds()
    kinds.find(BASE)
    kind = kinds.find(BASE)
    assert kind is not None
    first = EnvironmentContext(BASE, Environment.PRODUCTION, anchored=True)
    environment_block(first, kind)
    ((_, of_environment),) = kind._said.values()
    assert not of_environment.rest
    list(blocks(BASE, kind))
    assert all(len(each.rest) <= 8 for _, each in kind._said.values())


def test_another_question_about_a_kind_is_asked_anew() -> None:
    asked: list[object] = []

    def ask(facts: object) -> Any:
        asked.append(facts)
        return said_in_common((), facts)

    kind = Kind("facts")
    for around in (1, 1, 2, 2, 1):
        kind.said("question", around, ask)
    assert len(asked) == 3
    for number in range(1000):
        kind.said(number, 1, ask)
    assert len(kind._said) <= 64


def test_of_what_is_asked_in_common_each_answer_is_kept() -> None:
    def crashes(_: object) -> Any:
        raise AttributeError

    rule = room.RULES[0]
    answers = (MET, NotApplicable(), NotChecked("no_path"), Violated(), None)
    checks = [lambda _, answer=answer: answer for answer in answers]
    found = said_in_common(enumerate((rule, check) for check in (*checks, crashes)), object())
    assert [(place, type(answer)) for place, _, answer in found.told] == [(2, NotChecked), (3, Violated)]
    assert [place for place, _ in found.rest] == [4, 5]
    assert found.looked


def test_no_more_is_kept_than_has_its_place() -> None:
    kinds = Kinds()
    for number in range(3 * MOST):
        for _ in range(2):
            kinds.find(replace(BASE, certificate_policies=(), problems=(f"odd:{number}",), ocsp_uris=(f"{number}",)))
        kinds.find(replace(BASE, extended_key_usage=(f"1.2.{number}",)))
        assert 0 < len(kinds) <= MOST


@pytest.mark.parametrize("module", [room, evaluation, holder, uzi_name], ids=lambda module: module.__name__)
def test_no_check_swallows_that_something_is_not_there(module: Any) -> None:
    """It would answer of all certificates what it says of one without a subject."""
    assert _swallowed(Path(module.__file__).read_text(encoding="utf-8")) == []


def test_what_is_not_there_does_not_answer_by_a_default() -> None:
    facts = in_common._facts_in_common(BASE)
    for name in ("der", "serial_number", "not_before", "not_after", "sha256", "subject_key_identifier", "extensions"):
        with pytest.raises(AttributeError):
            getattr(facts, name)
    for name in ("der", "common_name", "text"):
        with pytest.raises(AttributeError):
            getattr(facts.subject, name)
    context = object.__new__(evaluation.SystemContext)
    for name in evaluation.SystemContext.__match_args__:
        with pytest.raises(AttributeError):
            getattr(context, name)
