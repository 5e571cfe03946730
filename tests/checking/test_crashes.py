"""A check that raises, or returns no answer, is NOT_CHECKED and silences no other, in every room that asks rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from pkitools.checking import environment
from pkitools.environment import Environment
from pkitools.findings import Outcome, Status
from pkitools.findings.considered import Block
from pkitools.oin import check_oin, entity_ids, id_rules, number_rules
from pkitools.rules import lint, linting
from pkitools.rules.engine import Entry
from pkitools.rules.plan import Plan
from pkitools.systems import evaluate, evaluation, get_system
from pkitools.x509 import oin_from_certificate, subject_oin
from tests.support.certificates import MOMENT as LINT_MOMENT
from tests.support.certificates import made
from tests.support.leaves import leaf

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
OIN = "00000003520354760000"
Ask = Callable[[], Sequence[Outcome]]


@pytest.fixture(autouse=True)
def tables_as_they_are() -> Iterator[None]:
    """What a system asks is sorted out once, and what an OIN is said of is kept, by tables that are replaced here."""
    evaluation._said_by.cache_clear()
    subject_oin._remembered.cache_clear()
    yield
    evaluation._said_by.cache_clear()


def raises(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("on purpose")


def garbage(*_: object, **__: object) -> Any:
    return 42


def nothing(*_: object, **__: object) -> Any:
    return None


def truth(*_: object, **__: object) -> Any:
    return True


def replaced(table: Sequence[tuple[Any, ...]], bad: Callable[..., Any]) -> tuple[tuple[Any, ...], ...]:
    """Return the table with the check of its first row, which stands last in each, replaced."""
    return ((*table[0][:-1], bad), *table[1:])


def of_numbers(monkeypatch: pytest.MonkeyPatch, bad: Callable[..., Any]) -> tuple[str, Ask]:
    table = replaced(number_rules.number_rules(), bad)
    monkeypatch.setattr(number_rules, "number_rules", lambda: table)
    return table[0][0].code, lambda: check_oin(OIN).outcomes


def of_ids(monkeypatch: pytest.MonkeyPatch, bad: Callable[..., Any]) -> tuple[str, Ask]:
    table = replaced(id_rules.ENTITY_ID_RULES, bad)
    monkeypatch.setattr(id_rules, "ENTITY_ID_RULES", table)
    text = f"urn:etoegang:DV:{OIN}:entities:0001"
    return table[0][0].code, lambda: entity_ids.check_entity_id(text).outcomes


def of_subjects(monkeypatch: pytest.MonkeyPatch, bad: Callable[..., Any]) -> tuple[str, Ask]:
    table = replaced(subject_oin._CHECKS, bad)
    monkeypatch.setattr(subject_oin, "_CHECKS", table)
    return table[0][0].code, lambda: oin_from_certificate(leaf()).outcomes


def of_systems(monkeypatch: pytest.MonkeyPatch, bad: Callable[..., Any]) -> tuple[str, Ask]:
    table = replaced(evaluation._OF_EVERY_SYSTEM, bad)
    monkeypatch.setattr(evaluation, "_OF_EVERY_SYSTEM", table)
    system = get_system("digikoppeling")
    return table[0][0].code, lambda: evaluate(system, Environment.PRODUCTION, leaf(), moment=MOMENT)


def of_statements(monkeypatch: pytest.MonkeyPatch, bad: Callable[..., Any]) -> tuple[str, Ask]:
    ((_, rule, _),) = [row for row in evaluation._OF_STATEMENTS if row[1].code == "system.oin.required"]
    table = tuple((t, r, bad if r is rule else c) for t, r, c in evaluation._OF_STATEMENTS)
    monkeypatch.setattr(evaluation, "_OF_STATEMENTS", table)
    system = get_system("digikoppeling")
    return rule.code, lambda: evaluate(system, Environment.PRODUCTION, leaf(), moment=MOMENT)


def of_environments(monkeypatch: pytest.MonkeyPatch, bad: Callable[..., Any]) -> tuple[str, Ask]:
    table = replaced(environment._CHECKS, bad)
    monkeypatch.setattr(environment, "_CHECKS", table)
    context = environment.EnvironmentContext(leaf(), Environment.PRODUCTION, anchored=False)
    return table[0][0].code, lambda: environment.check_environment(context)


def of_documents(monkeypatch: pytest.MonkeyPatch, bad: Callable[..., Any]) -> tuple[str, Ask]:
    first = linting.ENTRIES[0]
    entries = (Entry(first.rule, first.scope, bad), *linting.ENTRIES[1:])
    monkeypatch.setattr(linting, "plan_of", lambda *key: Plan(key, entries[:5], Block.of(())))
    return first.rule.code, lambda: lint(made("g1-server"), moment=LINT_MOMENT).outcomes


ROOMS = (of_numbers, of_ids, of_subjects, of_systems, of_statements, of_environments, of_documents)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
@pytest.mark.parametrize("bad", [raises, garbage, nothing, truth], ids=lambda bad: bad.__name__)
def test_it_is_not_checked_and_silences_nothing(
    room: Callable[..., tuple[str, Ask]], bad: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, ask = room(monkeypatch, bad)
    found = ask()
    assert [(o.status, o.reason) for o in found if o.rule.code == code] == [(Status.NOT_CHECKED, "crashed")]
    others = [o for o in found if o.rule.code != code]
    assert others
    assert not [o for o in others if o.reason == "crashed"]


def test_what_crashed_is_asked_anew_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a full stack or memory kept from being said is not said for the life of the process."""
    with monkeypatch.context() as broken:
        of_subjects(broken, raises)
        assert "crashed" in {one.reason for one in oin_from_certificate(leaf()).outcomes}
    assert "crashed" not in {one.reason for one in oin_from_certificate(leaf()).outcomes}
