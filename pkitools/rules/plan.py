"""Which rules are asked of a kind of certificate, sorted out once, and the asking: one turn per rule, no more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final

from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answers,
    CertificateRef,
    Outcome,
    Period,
    Rule,
    Status,
    crash,
    outcome,
)
from pkitools.findings.asking import CRASHES, heard
from pkitools.findings.considered import Block, require_same
from pkitools.rules.books import ENTRIES
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import Entry, Statement
from pkitools.rules.in_common import Answered

_MET: Final = Status.MET  # an enum looks a member up each time it is named
_TOLD: Final = frozenset({Status.VIOLATED, Status.NOT_CHECKED})

Step = tuple[int, Rule, Callable[[RuleContext], Answers], Period | None]


class Plan:
    """The rules that are asked of a kind of certificate, and those that are not meant for it.

    Args:
        key: of what kind: the arguments of :func:`plan_of`.
        entries: the rules that are asked.
        not_meant: the outcomes of the others.
    """

    __slots__ = ("entries", "key", "not_meant", "steps")

    def __init__(self, key: tuple[object, ...], entries: tuple[Entry, ...], not_meant: Block) -> None:
        self.key, self.entries, self.not_meant = key, entries, not_meant
        self.steps = steps_of(entries)

    def __reduce__(self) -> tuple[object, ...]:
        return plan_of, self.key


def steps_of(entries: Sequence[Entry], start: int = 0) -> tuple[Step, ...]:
    """Return what it takes to ask each of these rules, numbered from ``start``."""
    return tuple([(place, e.rule, e.check, e.rule.in_force) for place, e in enumerate(entries, start)])


@lru_cache(maxsize=256)
def plan_of(kind: str, said: frozenset[Statement], family: str, system: str | None) -> Plan:
    """Return the plan for certificates of this kind and family, whose profile says this, for a system.

    Args:
        kind: ``ca`` or ``end_entity``.
        said: what the profile says, of all that scopes ask.
        family: see :class:`~pkitools.rules.engine.Scope`.
        system: the name of the connected system.
    """
    asked = tuple([entry for entry in ENTRIES if entry.scope.includes(kind, said, family, system)])
    key = kind, said, family, system
    return Plan(key, asked, Block((), _NotMeant(key), looked=False))


class _NotMeant:
    """The outcomes of the rules that are not meant for a kind of certificate."""

    __slots__ = ("_key",)

    def __init__(self, key: tuple[str, frozenset[Statement], str, str | None]) -> None:
        self._key = key

    def __call__(self) -> tuple[Outcome, ...]:
        return _not_meant(*self._key)

    def __reduce__(self) -> tuple[object, ...]:
        return _NotMeant, (self._key,)


@lru_cache(maxsize=256)
def _not_meant(kind: str, said: Collection[Statement], family: str, system: str | None) -> tuple[Outcome, ...]:
    return tuple([e.silent for e in ENTRIES if not e.scope.includes(kind, said, family, system)])


def _steps_of(plan: Plan, own: tuple[Entry, ...]) -> tuple[Step, ...]:
    return (*plan.steps, *steps_of(own, len(plan.steps))) if own else plan.steps


@lru_cache(maxsize=256)
def _steps_behind(
    plan: Plan, own: tuple[Entry, ...], first: Plan, first_own: tuple[Entry, ...], depends: frozenset[int]
) -> tuple[Step, ...]:
    """Return the steps of a plan that an asking by the first one has not answered for good."""
    answered = {id(rule) for _, rule, _, _ in _steps_of(first, first_own)} - depends
    return tuple([step for step in _steps_of(plan, own) if id(step[1]) not in answered])


class Asking:
    """The rules of a plan asked of one certificate.

    Args:
        plan: the rules.
        own: rules of one's own, asked after them.
        before: the same certificate asked for another system: what cannot differ is not asked again.
        answered: what the rules said of other certificates, as far as this one has that in common with them.
    """

    def __init__(
        self, plan: Plan, own: tuple[Entry, ...], before: Asking | None, answered: Answered | None = None
    ) -> None:
        self._plan, self._own, self._before, self._answered = plan, own, before, answered
        self._depends: set[int] = set()

    def _steps(self) -> Sequence[Step]:
        if self._before is not None:
            before = self._before
            return _steps_behind(self._plan, self._own, before._plan, before._own, frozenset(before._depends))
        return _steps_of(self._plan, self._own)

    def ask(self, at: RuleContext, ref: CertificateRef, *, raise_crashes: bool) -> Block:
        """Ask them; what is met without operands and what does not apply costs its place in a list.

        Args:
            at: the certificate.
            ref: the same, for the outcomes.
            raise_crashes: let a check that crashes raise.
        """
        silent: list[int] = []
        odd: list[tuple[int, list[Outcome]]] = []
        steps = asked = self._steps()
        known = self._answered.find(self._plan, at) if self._answered is not None and self._before is None else None
        if known is not None and known.steps is not None:
            silent += known.silent
            odd += [(place, heard(rule, answer, ref)) for place, rule, answer in known.odd]
            self._depends |= known.depends
            asked = [*known.steps, *steps[len(self._plan.steps) :]]
        for place, rule, check, period in asked:
            if period is not None and not period.holds_on(issued=at.day_issued, moment=at.day):
                silent.append(place)
                continue
            try:
                answer = check(at)
                if answer is MET:
                    pass
                elif answer is NOT_APPLICABLE:
                    silent.append(place)
                else:
                    odd.append((place, heard(rule, answer, ref)))
            except CRASHES as error:
                if raise_crashes:
                    raise
                odd.append((place, [outcome(rule, crash(error), ref)]))
            if at.was_asked_of_system:
                at.was_asked_of_system = False
                self._depends.add(id(rule))
        if known is not None:
            odd.sort(key=itemgetter(0))
        places = None if steps is self._plan.steps else [step[0] for step in steps]
        table = _Table(self._plan, self._own, places, silent, odd, ref)
        met = len(steps) - len(silent) - len(odd)
        return Block(table.told(), table, looked=met > 0 or any(o.status is _MET for _, found in odd for o in found))


class _Table:
    """What was answered, as the places of the rules in their plan; makes the outcomes of it."""

    __slots__ = ("_odd", "_own", "_places", "_plan", "_ref", "_silent")

    def __init__(  # noqa: PLR0917 all that it holds
        self,
        plan: Plan,
        own: tuple[Entry, ...],
        places: Sequence[int] | None,
        silent: Sequence[int],
        odd: Sequence[tuple[int, list[Outcome]]],
        ref: CertificateRef,
    ) -> None:
        self._plan, self._own, self._places = plan, own, places
        self._silent, self._odd, self._ref = silent, odd, ref

    def told(self) -> list[tuple[int, Outcome]]:
        """Return what is violated or was not checked, each with its place among the outcomes."""
        if not self._odd:
            return []
        turn = None if self._places is None else {place: number for number, place in enumerate(self._places)}
        found, more = [], 0
        for place, outcomes in self._odd:
            at = (place if turn is None else turn[place]) + more
            found += [(at + n, each) for n, each in enumerate(outcomes) if each.status in _TOLD]
            more += len(outcomes) - 1
        return found

    def __call__(self) -> tuple[Outcome, ...]:
        silent, odd, ref = set(self._silent), dict(self._odd), self._ref
        entries = (*self._plan.entries, *self._own)
        made: list[Outcome] = []
        for place in range(len(entries)) if self._places is None else self._places:
            entry = entries[place]
            if place in odd:
                made += odd[place]
            else:
                made.append(entry.silent if place in silent else Outcome(entry.rule, _MET, ref))
        return tuple(made)

    def __reduce__(self) -> tuple[object, ...]:
        from pkitools.findings.considered import made_of

        if self._own:  # functions of somebody's folder, which another process may not have
            return made_of, (self(),)
        return _table, (_mark(self._plan), self._plan, self._places, self._silent, self._odd, self._ref)


def _mark(plan: Plan) -> int:
    """Return what tells the rules of a plan from others, and their order."""
    from binascii import crc32  # who sends nothing to another process does without

    return crc32("\n".join([entry.rule.code for entry in plan.entries]).encode("utf-8"))


def _table(  # noqa: PLR0917 all that it holds
    made_by: int,
    plan: Plan,
    places: Sequence[int] | None,
    silent: Sequence[int],
    odd: Sequence[tuple[int, list[Outcome]]],
    ref: CertificateRef,
) -> _Table:
    require_same(made_by, _mark(plan))
    return _Table(plan, (), places, silent, odd, ref)
