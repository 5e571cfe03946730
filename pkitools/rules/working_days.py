"""Dutch working days. Which days are holidays is asked of the library holidays, which the extra ``reports`` brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from pkitools.arguments import day as a_day
from pkitools.arguments import function, whole
from pkitools.errors import brought_by
from pkitools.rules.order_day import order_day

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5

YEARS: Final = range(2000, 2101)
"""Years that can be planned in: holidays are known for these."""


class WorkingDays:
    """Days on which people work in the Netherlands: Monday to Friday, but for public holidays.

    Args:
        is_holiday: whether a day is a holiday; ``None``: the public holidays of the Netherlands.

    Raises:
        InvalidValueError: ``is_holiday`` cannot be called; of a method: ``day`` is no date, or ``count`` no number.
        MissingExtraError: the library that knows them is not installed.
    """

    def __init__(self, is_holiday: Callable[[date], bool] | None = None) -> None:
        self._is_holiday = _dutch_holidays() if is_holiday is None else function(is_holiday, "is_holiday")

    def holds(self, day: date) -> bool:
        """Return whether a day is a working day."""
        return a_day(day, "day").weekday() < _SATURDAY and not self._is_holiday(day)

    def at_or_before(self, day: date) -> date:
        """Return the day itself where it is a working day, else the last one before it."""
        while not self.holds(day):
            day -= _DAY
        return day

    def before(self, day: date, count: int) -> date:
        """Return the day that lies so many working days before another; with 0 the last one at or before it."""
        day = a_day(day, "day")
        for _ in range(whole(count, "count")):
            day = self.at_or_before(day - _DAY)
        return self.at_or_before(day)

    def after(self, day: date, count: int) -> date:
        """Return the working day that lies so many after another; with 0 the day itself."""
        day = a_day(day, "day")
        for _ in range(whole(count, "count")):
            day += _DAY
            while not self.holds(day):
                day += _DAY
        return day


def advised_order(begins: date | None, ends: date, calendar: WorkingDays) -> date:
    """Return the last day to order the next certificate as pkitools advises: three months ahead, on a working day.

    Args:
        begins, ends: as of :func:`~pkitools.rules.order_day.order_day`.
        calendar: the working days; no day is moved of a year whose holidays are not known.
    """
    day = order_day(begins, ends)
    return calendar.at_or_before(day) if day.year in YEARS else day


def _dutch_holidays() -> Callable[[date], bool]:
    with brought_by("reports"):
        from holidays import country_holidays
    return country_holidays("NL").__contains__
