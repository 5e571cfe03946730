"""Many outcomes of which few are told: what is wrong is at hand, the others are made when they are asked for.

A check considers some four hundred rules and finds five things wrong. Whether a rule was considered, and with what
operands, is known of every one; as objects they would cost more than the judging.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from pkitools._version import __version__
from pkitools.errors import InputError
from pkitools.findings.asking import (
    CRASHES,
    NOT_APPLICABLE,
    Answer,
    Met,
    NotApplicable,
    NotChecked,
    Violated,
    outcome,
)
from pkitools.findings.model import Outcome, Rule, Status

_MET: Final = Status.MET  # an enum looks a member up each time it is named
_TOLD: Final = frozenset({Status.VIOLATED, Status.NOT_CHECKED})
_TELLING: Final = frozenset({Violated, NotChecked})
_VIOLATED: Final = Status.VIOLATED
_MOST_QUESTIONS: Final = 64
"""Of each kind; a scan asks one for each environment, each system and each entity ID."""

PlacedOutcome = tuple[int, Outcome]
PlacedRule: TypeAlias = tuple[int, tuple[Rule, Callable[[Any], Answer]]]
T = TypeVar("T")


class Block:
    """What a group of rules said of one subject.

    Args:
        told: what is violated or was not checked, each with its place among all outcomes of the group.
        looked: at least one rule of the group is met.
        make: returns every outcome of the group, in order: equal to ``told`` in their places, and always the same.
    """

    __slots__ = ("_make", "looked", "told")

    def __init__(self, told: Sequence[PlacedOutcome], make: Callable[[], Sequence[Outcome]], *, looked: bool) -> None:
        self.told, self.looked, self._make = told, looked, make

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Block:
        """Return a group whose outcomes are there already."""
        made = tuple(outcomes)
        told = [(place, found) for place, found in enumerate(made) if found.status in _TOLD]
        return cls(told, _Made(made), looked=any(found.status is _MET for found in made))

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """Every outcome, in order; what is told is the very object of :attr:`told`."""
        made = self._make()
        if not self.told:
            return made
        every = list(made)
        for place, found in self.told:
            every[place] = found
        return every

    def __reduce__(self) -> tuple[object, ...]:
        return _block, (tuple(self.told), self._make, self.looked)


def _block(told: Sequence[PlacedOutcome], make: Callable[[], Sequence[Outcome]], looked: bool) -> Block:
    return Block(told, make, looked=looked)


class _Made:
    """Outcomes that are there already, as what makes them."""

    __slots__ = ("_outcomes",)

    def __init__(self, outcomes: tuple[Outcome, ...]) -> None:
        self._outcomes = outcomes

    def __call__(self) -> tuple[Outcome, ...]:
        return self._outcomes

    def __reduce__(self) -> tuple[object, ...]:
        return _Made, (self._outcomes,)


def made_of(outcomes: tuple[Outcome, ...]) -> Callable[[], tuple[Outcome, ...]]:
    """Return what makes outcomes that are there already."""
    return _Made(outcomes)


class Said(NamedTuple):
    """What a group of rules says of all subjects that have something in common.

    Args:
        told: what is violated or was not checked, each with its place and rule.
        looked: at least one rule is met.
        rest: the rules that look at more, to be asked of each subject by itself.
    """

    told: Sequence[tuple[int, Rule, Violated | NotChecked]]
    looked: bool
    rest: Sequence[PlacedRule]


def said_in_common(placed: Iterable[PlacedRule], context: Any) -> Said:
    """Ask rules about a subject of which nothing is there but what many have in common.

    Args:
        placed: as of :func:`block_of`.
        context: what a check looks at that is not there raises.
    """
    told: list[tuple[int, Rule, Violated | NotChecked]] = []
    rest: list[PlacedRule] = []
    looked = False
    for place, (rule, check) in placed:
        try:
            answer: object = check(context)
        except CRASHES:  # it looks at what is not there, or is at fault: then it says so of each
            answer = None
        if type(answer) is Met:
            looked = True
        elif isinstance(answer, (Violated, NotChecked)):
            told.append((place, rule, answer))
        elif type(answer) is not NotApplicable:
            rest.append((place, (rule, check)))
    return Said(told, looked, rest)


class Kind(Generic[T]):
    """Subjects that have in common all that rules of some groups look at, with what those said of it.

    Args:
        facts: what they have in common; anything else that is looked at in it raises.
    """

    __slots__ = ("_said", "facts")

    def __init__(self, facts: T) -> None:
        self.facts = facts
        self._said: dict[Hashable, tuple[object, Said]] = {}

    def said(self, question: Hashable, around: object, ask: Callable[[T], Said]) -> Said:
        """Return what a group of rules says of every subject of this kind.

        Args:
            question: which group, and what is quick to hash of what else it looks at.
            around: all of that.
            ask: asks them about :attr:`facts`.
        """
        known = self._said.get(question)
        if known is None or known[0] != around:
            if len(self._said) >= _MOST_QUESTIONS:
                self._said.clear()
            known = self._said[question] = around, ask(self.facts)
        return known[1]


def block_of(
    placed: Iterable[PlacedRule],
    context: Any,
    again: Callable[[Rule, Callable[[Any], Answer]], list[Outcome]],
    make: Callable[[], Sequence[Outcome]],
    told_as: Callable[[Rule, Violated | NotChecked], Outcome] | None = None,
) -> Block:
    """Ask rules that have one answer each, and make the outcomes only of what is told.

    Args:
        placed: the rules with their checks, each behind its place among what ``make`` returns; one that is left out
            does not apply.
        context: what the checks look at.
        again: asks one rule and makes its outcome, whatever it answers and also where its check crashes.
        make: asks them all and makes every outcome.
        told_as: makes the outcome of such an answer, as ``again`` would; without it that is asked.
    """
    told, looked = _asked(placed, context, again, told_as)
    return Block(told, make, looked=looked)


def block_of_kind(
    said: Said,
    context: Any,
    again: Callable[[Rule, Callable[[Any], Answer]], list[Outcome]],
    make: Callable[[], Sequence[Outcome]],
    told_as: Callable[[Rule, Violated | NotChecked], Outcome],
) -> Block:
    """Return what :func:`block_of` does of rules of which it is known what they say of many subjects.

    Args:
        said: what they say of all of its kind.
        context, again, make, told_as: as there.
    """
    told, looked = _asked(said.rest, context, again, told_as)
    if said.told:
        told += [(place, told_as(rule, answer)) for place, rule, answer in said.told]
        told.sort(key=itemgetter(0))
    return Block(told, make, looked=looked or said.looked)


def _asked(
    placed: Iterable[PlacedRule],
    context: Any,
    again: Callable[[Rule, Callable[[Any], Answer]], list[Outcome]],
    told_as: Callable[[Rule, Violated | NotChecked], Outcome] | None,
) -> tuple[list[PlacedOutcome], bool]:
    told: list[PlacedOutcome] = []
    looked = False
    for place, (rule, check) in placed:
        try:
            answer: object = check(context)
        except CRASHES:
            answer = None
        kind = type(answer)
        if kind is Met:
            looked = True
        elif kind is NotApplicable:
            continue
        elif told_as is not None and kind in _TELLING:
            told.append((place, told_as(rule, answer)))  # type: ignore[arg-type]  # it is one of the two
        else:
            told += [(place, found) for found in again(rule, check) if found.status in _TOLD]
    return told, looked


class Considered:
    """The outcomes of a report in groups, with those in front that are to be read first.

    Args:
        blocks: the groups, in order.
        distinct: equal outcomes of several groups count once.
        repeats: of what is told, return what is to count as not applicable, by identity.
        first: of what is told then, return what goes before all else.
    """

    __slots__ = ("_blocks", "_distinct", "_first", "_repeated", "looked", "told")

    def __init__(
        self,
        blocks: Sequence[Block],
        *,
        distinct: bool = False,
        repeats: Callable[[Sequence[Outcome]], set[int]] | None = None,
        first: Callable[[Sequence[Outcome]], list[Outcome]] | None = None,
    ) -> None:
        self._blocks, self._distinct = blocks, distinct
        told = self._all_told()
        self._repeated = repeats(told) if repeats and told else set()
        told = [found for found in told if id(found) not in self._repeated]
        self._first = first(told) if first and told else []
        before = set(map(id, self._first))
        self.told: list[Outcome] = [*self._first, *(found for found in told if id(found) not in before)]
        self.looked = any(block.looked for block in blocks) or any(found.status is _VIOLATED for found in self.told)

    def __reduce__(self) -> tuple[object, ...]:
        told = self._all_told()
        repeated = [place for place, found in enumerate(told) if id(found) in self._repeated]
        places = {id(found): place for place, found in enumerate(told)}
        first = [places[id(found)] for found in self._first]
        return _considered, (__version__, tuple(self._blocks), self._distinct, repeated, first)

    def _all_told(self) -> list[Outcome]:
        told = [found for block in self._blocks for _, found in block.told]
        return list(dict.fromkeys(told)) if self._distinct else told

    def every(self) -> list[Outcome]:
        """Return all outcomes, in the order of the report."""
        found = [each for block in self._blocks for each in block.outcomes]
        if self._distinct:
            found = list(dict.fromkeys(found))
        repeated, before = self._repeated, set(map(id, self._first))
        rest = [each for each in found if id(each) not in before]
        if repeated:
            rest = [outcome(o.rule, NOT_APPLICABLE, o.certificate) if id(o) in repeated else o for o in rest]
        return self._first + rest


def require_same(made_by: object, here: object) -> None:
    """Refuse what was made by other rules: it names them by their places, and at those others stand here.

    Raises:
        InputError: ``report.error.other_rules``.
    """
    if made_by != here:
        raise InputError("report.error.other_rules", version=__version__)


def _considered(
    made_by: str, blocks: Sequence[Block], distinct: bool, repeated: Sequence[int], first: Sequence[int]
) -> Considered:
    require_same(made_by, __version__)
    told = Considered(blocks, distinct=distinct).told
    wrong = {id(told[place]) for place in repeated}
    front = [told[place] for place in first]
    return Considered(blocks, distinct=distinct, repeats=lambda _: wrong, first=lambda _: front)


class Remade:
    """The outcomes of a report that was made elsewhere: what is told came along, the rest is made again when asked for.

    Args:
        told: what is violated or was not checked, in the order of the report.
        looked: at least one rule is met or violated.
        again: makes every outcome again.
    """

    __slots__ = ("_again", "looked", "told")

    def __init__(self, told: Sequence[Outcome], looked: bool, again: Callable[[], Sequence[Outcome]]) -> None:
        self.told, self.looked, self._again = told, looked, again

    def every(self) -> Sequence[Outcome]:
        """Return all outcomes, in the order of the report."""
        return self._again()

    def __reduce__(self) -> tuple[object, ...]:
        return _remade, (tuple(self.told), self.looked, tuple(self._again()))


def _remade(told: Sequence[Outcome], looked: bool, every: tuple[Outcome, ...]) -> Remade:
    return Remade(told, looked, lambda: every)
