"""Everything that is wrong with an order, where planning it says the first thing only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from pkitools.arguments import aware
from pkitools.errors import InvalidValueError
from pkitools.ordering.orders import FOR, OrderingKnowledge, choice_of, lacking, plan_order
from pkitools.profiles import get_profile

STAND_INS: Final[Mapping[str, str]] = {
    "oin": "00000003273229750000",
    "organization": "Gemeente Voorbeeld",
    "common_name": "voorbeeld.example.nl",
    "locality": "Utrecht",
    "province": "Utrecht",
    "kvk": "27322975",
}
"""Field of an order → a value with which nothing is wrong: with these in the place of the others, one can be judged."""

_CHOOSING: Final = frozenset({FOR, "profile", "environment", "tsp"})
_OF_TWO: Final = frozenset({"requests.error.kvk_differs", "requests.error.identifier_differs"})


def faults_of(
    values: Mapping[str, Any], *, moment: datetime, knowledge: OrderingKnowledge | None = None
) -> tuple[InvalidValueError, ...]:
    """Return all that is wrong with an order, each field judged by itself; nothing where it can be made.

    Args:
        values: its fields, as :func:`pkitools.ordering.plan_order` takes them.
        moment: when.
        knowledge: where systems and TSPs are looked up.
    """
    moment = aware(moment)

    def refusal(fields: Mapping[str, Any]) -> InvalidValueError | None:
        try:
            plan_order(fields, moment=moment, knowledge=knowledge)
        except InvalidValueError as error:
            return error
        return None

    first = refusal(values)
    if first is None:
        return ()
    try:
        needed = _needed(values, moment, knowledge)
    except InvalidValueError:
        return (first,)  # of what nothing is chosen for, nothing more can be said
    found = {(each.code, str(each)): each for each in (first, *_of_fields(values, needed, refusal))}
    return tuple(found.values())


def _needed(values: Mapping[str, Any], moment: datetime, knowledge: OrderingKnowledge | None) -> tuple[str, ...]:
    """Return the fields that the order lacks."""
    chosen = choice_of(values, moment=moment, knowledge=knowledge)
    if chosen is not None:
        return lacking(values, chosen)
    of_oin = ("oin", "organization") if get_profile(values["profile"]).serial_number == "oin" else ()
    return tuple(name for name in (*of_oin, "common_name") if not values.get(name))


def _of_fields(
    values: Mapping[str, Any],
    lacking: tuple[str, ...],
    refusal: Callable[[Mapping[str, Any]], InvalidValueError | None],
) -> Iterator[InvalidValueError]:
    """Yield what is wrong with each field among others with which nothing is."""
    chosen = {name: value for name, value in values.items() if name in _CHOOSING}
    right = {**chosen, **{name: STAND_INS[name] for name in (*values, *lacking) if name in STAND_INS}}
    if refusal(right) is not None:
        return
    for name in (*values, *lacking):
        if name in _CHOOSING:
            continue
        rest = {key: value for key, value in right.items() if key != name}
        error = refusal({**rest, name: values[name]} if name in values else rest)
        if error is not None and error.code not in _OF_TWO:
            yield error
