"""The day of a plan is the last one on which it can be done, and every message says so in one word."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import pkitools
import pkitools_cli
from pkitools.connections import LeadKind, LeadTime
from pkitools.connections.lead import LeadUnit
from pkitools.rules.working_days import WorkingDays
from tests.support.cases import in_one_test

LAST_DAY = {"nl": "uiterlijk", "en": "by"}
OTHER_WORDS = re.compile(r"\b(?:voor|before|for|uiterlijk op)\s+\{day\}", re.IGNORECASE)
CALENDAR = WorkingDays()
DAYS = [date(2026, 11, 27) + timedelta(days=number) for number in range(0, 60, 3)]


def texts(table: object, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(table, dict):
        for name, each in table.items():
            yield from texts(each, f"{where}.{name}" if where else name)
    elif isinstance(table, str):
        yield where, table


def all_texts(language: str) -> Iterator[tuple[str, str]]:
    for package in (pkitools, pkitools_cli):
        for file in (Path(package.__path__[0]) / "messages" / language).glob("*.toml"):
            for where, text in texts(tomllib.loads(file.read_text(encoding="utf-8"))):
                yield f"{file.stem}:{where}", text


@pytest.mark.parametrize("language", LAST_DAY)
def test_no_message_about_a_planned_day_says_before(language: str) -> None:
    """`Begin before 27 November` on the 27th, of what is late on the 28th, is not what was counted."""
    found = dict(all_texts(language))
    assert sum(f"{LAST_DAY[language]} {{day}}" in text for text in found.values()) >= 12
    assert not {where: text for where, text in found.items() if OTHER_WORDS.search(text)}
    assert found["connections:connections.report.column.due.title"].casefold() == LAST_DAY[language]


@in_one_test
@pytest.mark.parametrize("unit", LeadUnit)
@pytest.mark.parametrize("amount", [0, 1, 5, 14])
def test_a_lead_time_is_counted_forward_as_it_is_backward(unit: LeadUnit, amount: int) -> None:
    """What is ordered on the last day is there in time, and never on a day on which nobody works."""
    lead = LeadTime(LeadKind.DELIVERY, amount, unit)
    for day in filter(CALENDAR.holds, DAYS):
        over, begun = lead.over_by(day, CALENDAR), lead.back_from(day, CALENDAR)
        assert lead.over_by(begun, CALENDAR) <= day
        assert lead.back_from(over, CALENDAR) <= day
        assert CALENDAR.holds(over)


def test_two_weeks_after_a_friday_is_a_friday() -> None:
    lead = LeadTime(LeadKind.DELIVERY, 14, LeadUnit.DAYS)
    assert lead.over_by(date(2026, 11, 27), CALENDAR) == date(2026, 12, 11)
    assert lead.over_by(date(2026, 11, 28), CALENDAR) == date(2026, 12, 11), "of a Saturday the last working day"
