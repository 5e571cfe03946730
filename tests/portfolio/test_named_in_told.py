"""What names a certificate, such as a configuration, is told wherever it says whether that is in use."""

from __future__ import annotations

import csv
from datetime import timedelta
from itertools import product
from typing import Final

import pytest

from pkitools.portfolio import Place
from pkitools.portfolio.risk import risks_of
from pkitools.reports import Telling, portfolio_report
from pkitools_cli.commands.scan.text import scan_told
from pkitools_cli.i18n import set_language
from tests.support.portfolios import MOMENT, held, portfolio

NAMED: Final = {
    "nothing": ((), ""),
    "a configuration": (("ng/b.conf:3",), "named in ng/b.conf:3"),
    "one of before": (("ng/b.conf.bak:3",), "named in what is called a copy from before alone: ng/b.conf.bak:3"),
    "one with a year": (("ng/b.conf.2026:3",), "named in ng/b.conf.2026:3"),
    "both": (("ng/b.conf~:3", "ng/b.conf:3"), "named in ng/b.conf:3; ng/b.conf~:3"),
    "in a folder for what was": (("old/b.conf:3",), "named in old/b.conf:3"),
    "many": (tuple(f"ng/{n}.conf:1" for n in range(5)), "named in ng/0.conf:1; ng/1.conf:1; ng/2.conf:1"),
}
ENDS: Final = {"ended": -3, "soon": 10, "good": 300}


@pytest.fixture(autouse=True)
def _in_english() -> None:
    set_language("en")


@pytest.mark.parametrize(("named", "end"), list(product(NAMED, ENDS)))
def test_it_is_told_of_what_ends_and_in_full_of_every_one(named: str, end: str) -> None:
    by, told = NAMED[named]
    one = held(
        "a",
        not_before=MOMENT - timedelta(days=300),
        not_after=MOMENT + timedelta(days=ENDS[end]),
        places=(Place("/srv/a.pem", named_by=by), Place("/srv/copy.pem")),
    )
    found = portfolio(one, moment=MOMENT)
    said = {
        verbose: " ".join(
            " ".join(
                str(getattr(row, "text", row)) for row in scan_told(found, None, risks_of(found), (), verbose=verbose)
            ).split()
        )
        for verbose in (False, True)
    }
    assert ("named in" in said[False]) is (bool(by) and end != "good")
    assert ("named in" in said[True]) is bool(by)
    assert all(told in text for text in said.values() if "named in" in text)
    markdown = portfolio_report(found, ".md", Telling(language="en")).decode()
    assert ("named in" in markdown) is bool(by)
    assert all(name in markdown.replace("\\", "") for name in by[:3])
    (row,) = csv.DictReader(portfolio_report(found, ".csv", Telling(language="en")).decode("utf-8-sig").splitlines())
    assert sorted(filter(None, row["named_by"].split("; "))) == sorted(by)


def test_ended_ones_in_use_and_out_of_use_are_no_kind_together() -> None:
    """ "Alike" would say of the one in use what is told of the one that only a copy from before names."""
    ended = [
        held(name, not_after=MOMENT - timedelta(days=3), places=(Place(f"/srv/{name}.pem", named_by=by),))
        for name, by in (*((f"a{n}", ()) for n in range(4)), ("b", ("ng/b.conf.bak:1",)), ("c", ("ng/c.conf:1",)))
    ]
    found = portfolio(*ended, moment=MOMENT)
    said = " ".join(str(getattr(row, "text", row)) for row in scan_told(found, None, risks_of(found), ()))
    assert "ng/b.conf.bak:1" in said
    assert "ng/c.conf:1" in said
