"""The supplier's year of ``test_year.py`` on the page: the same days as in the table that was worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.connections.test_year import STATES, TENANTS, expected, supplier
from tests.support.page import GIVEN, Read, Visitor

pytestmark = pytest.mark.slow

__all__ = ["supplier"]  # a fixture


def test_the_page_gives_the_days_of_the_table(supplier: Path) -> None:
    given = replace(
        GIVEN,
        connections=str(supplier / "connections.toml"),
        trust=(str(supplier / "root.pem"),),
        clock=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC),
    )
    read = Read(Visitor(given).get("/portfolio"))
    days = sorted(
        (found["data-kind"], found["datetime"])
        for tag, found in read.elements
        if tag == "time" and found.get("data-kind") not in {None, "shorter", "next_end", "hierarchy_ends"}
    )
    table = (expected(tenant, where) for tenant in range(TENANTS) for where in STATES)
    assert days == sorted(day for each in table for day in each.items())
