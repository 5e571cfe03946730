"""Where a moment stands in the time that something holds: valid for so long yet, expired so long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pkitools.frozen import dataclass
from pkitools.messages.days import days_left

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# from two of them on: "1 day left" may be one hour or nearly two days
_UNITS: Final = ((2 * _DAY, _DAY, "days"), (2 * _HOUR, _HOUR, "hours"), (timedelta(0), _MINUTE, "minutes"))


class State(StrEnum):
    """Whether something holds at a moment."""

    CURRENT = "current"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    OPEN_ENDED = "open_ended"
    """It has begun, and nothing says when it ends."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether something holds at a moment, and for how long yet or since how long not any more.

    Args:
        state: as it says.
        amount: units to its end, since its end, or to its beginning: whole ones, and days as a calendar counts them;
            ``None`` when it has no end.
        unit: ``days``, ``hours`` or ``minutes``: the largest of which there are two.
    """

    state: State
    amount: int | None = None
    unit: str | None = None


def standing(start: datetime | None, end: datetime | None, moment: datetime) -> Standing:
    """Return where a moment stands between two others, both of which belong to the time between.

    Args:
        start: from when it holds; ``None`` where nothing says so.
        end: until when; ``None`` where nothing says so.
        moment: the moment asked; all are aware.
    """
    if start is not None and moment < start:
        return _standing(State.NOT_YET, moment, start)
    if end is None:
        return Standing(State.OPEN_ENDED)
    return _standing(State.EXPIRED, end, moment) if moment > end else _standing(State.CURRENT, moment, end)


def _standing(state: State, first: datetime, last: datetime) -> Standing:
    between = last - first
    unit, name = next((unit, name) for least, unit, name in _UNITS if between >= least)
    return Standing(state, days_left(last, first) if unit is _DAY else between // unit, name)
