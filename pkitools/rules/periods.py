"""When rules are in force: ``data/in_force.toml`` → a period for each rule that has one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pkitools.documents import cite
from pkitools.findings import Binds, Period
from pkitools.frozen import Frozen
from pkitools.package_data import read_toml


def period_of(code: str) -> Period | None:
    """Return when the rule of this code is in force, ``None`` for whenever."""
    return periods().get(code)


@cache
def periods() -> Mapping[str, Period]:
    """Return the period of every rule that has one, by code."""
    found = read_toml("pkitools.rules", "data/in_force.toml")
    return Frozen(
        {
            code: Period(
                table.get("since"),
                table.get("until"),
                Binds(table["binds"]),
                cite(table["document"], table.get("section", "")),
            )
            for code, table in found.items()
        }
    )
