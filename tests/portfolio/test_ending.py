"""A certificate works no longer than what stands above it: the end that counts, wherever an end is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from icalendar import Calendar

from pkitools import TrustStore
from pkitools.portfolio import HeldCertificate, Portfolio, Standing
from pkitools.portfolio.succeeding import successions
from pkitools.reports import Telling, expiry_document, portfolio_report
from pkitools.reports.expiry import Expiry, Nagios, nagios_line
from pkitools.reports.pages.portfolio import portfolio_for_page
from pkitools.reports.portfolio.as_json import scan_document
from pkitools.reports.portfolio.order_days import OrderDays
from pkitools.x509.above import Above
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, Issued, authority, end_entity, key
from tests.support.deliveries import pem
from tests.support.portfolios import held

EARLY, OWN, LATE = (datetime(year, 6, 15, 12, tzinfo=UTC) for year in (2027, 2028, 2029))
AFTER: Final = EARLY + timedelta(days=1)
NAMES: Final = ("Root of three", "Domain of three", "TSP of three")
CALLED: Final = dict(zip(NAMES, ("the root", "the higher CA", "its issuer"), strict=True))


@dataclass(frozen=True)
class Made:
    """A leaf that ends at ``OWN`` under three authorities, which end as given: root first."""

    ends: tuple[datetime, ...]

    @property
    def above(self) -> list[Issued]:
        found: list[Issued] = []
        for name, end in zip(NAMES, self.ends, strict=True):
            found.append(authority(name, found[-1] if found else None, end=end))
        return found

    @property
    def leaf(self) -> Issued:
        return end_entity("host.example.nl", self.above[-1], end=OWN)


def only(portfolio: Portfolio) -> HeldCertificate:
    (one,) = portfolio.judged
    return one


def lying(folder: Path, leaf: Issued, *above: Issued, together: bool) -> None:
    ders = [each.der for each in reversed(above)]
    (folder / "leaf.pem").write_bytes(pem(leaf.der, *ders) if together else pem(leaf.der))
    if not together:
        (folder / "above.pem").write_bytes(pem(*ders))


@in_one_test
@pytest.mark.parametrize(
    "ends", list(product((EARLY, LATE), repeat=3)), ids=lambda ends: "-".join(f"{e:%y}" for e in ends)
)
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("moment", [MOMENT, AFTER])
def test_what_ends_first_of_a_path_ends_the_certificate(
    tmp_path: Path, ends: tuple[datetime, ...], moment: datetime, *, together: bool, trusted: bool
) -> None:
    """Whether a path was proved, not built without a root that is trusted, or refused as something ended."""
    made = Made(ends)
    lying(tmp_path, made.leaf, *made.above, together=together)
    trust = TrustStore.from_der([made.above[0].der]) if trusted else None
    portfolio = scanned(tmp_path, asked=judging(moment=moment, trust=trust))
    one = only(portfolio)
    first = min((*ends, OWN))
    assert (one.not_after, one.ends) == (OWN, first)
    by = one.ends_by
    assert (None if by is None else by.name) == (NAMES[2 - ends[::-1].index(EARLY)] if EARLY in ends else None)
    assert one.judgements[0].has_path is (trusted and moment <= first)
    found = Expiry.of(portfolio, 60, 30)
    assert (found.overall is Nagios.CRITICAL) is (first < moment)
    assert (one.days_left(moment) < 0) is (first < moment)
    line, tense = nagios_line(found, "en"), "ends" if moment <= first else "ended"
    assert first.date().isoformat() in line
    assert (by is not None and f"{CALLED[by.name]} {by.name} {tense} first" in line) is (EARLY in ends)


def days_of(portfolio: Portfolio) -> set[date]:
    """The days on which a certificate ends, in every form that tells one."""
    events: Any = Calendar.from_ical(portfolio_report(portfolio, ".ics", Telling())).walk("VEVENT")
    found: set[date] = {one["DTSTART"].dt for one in events if "expires" in one["CATEGORIES"].cats}
    found |= {span.end for span in portfolio_for_page(portfolio, Telling()).spans}
    for document in (scan_document(portfolio), expiry_document(Expiry.of(portfolio, 60, 30))):
        told: list[Any] = [one for one in document["certificates"] if one["name"] == "host.example.nl"]  # type: ignore[attr-defined]  # a list
        assert [one["not_after"] for one in told] == ["2028-06-15T12:00:00Z"]
        found |= {datetime.fromisoformat(one["ends"]).date() for one in told}
    return found


@pytest.mark.parametrize("which", range(3))
def test_every_form_tells_it_and_orders_before_it(tmp_path: Path, which: int) -> None:
    ends = tuple(EARLY if number == which else LATE for number in range(3))
    made = Made(ends)
    lying(tmp_path, made.leaf, *made.above, together=True)
    trust = TrustStore.from_der([made.above[0].der])
    portfolio = scanned(tmp_path, asked=judging(trust=trust))
    assert days_of(portfolio) == {EARLY.date()}
    order = OrderDays(MOMENT).of(only(portfolio))
    assert order is not None
    assert timedelta(days=91) <= EARLY.date() - order.day < timedelta(days=98), "as long before as of its own end"
    for form in (".ics", ".md", ".csv", ".html"):
        text = (
            portfolio_report(portfolio, form, Telling(language="en")).decode().replace("\r\n ", "").replace("\n ", "")
        )
        assert (
            f",{EARLY:%Y-%m-%d},{NAMES[which]}"
            if form == ".csv"
            else f"{CALLED[NAMES[which]][1:]} {NAMES[which]} ends first"
        ) in text
    near = scanned(tmp_path, asked=judging(trust=trust, moment=EARLY - timedelta(days=60)))
    assert only(near).standing(near.moment) in {Standing.ENDS_SOON, Standing.FAILED}
    assert only(near).days_left(near.moment) == 60


@in_one_test
@pytest.mark.parametrize("last", [datetime(2027, 3, 1, tzinfo=UTC), OWN, datetime(9999, 12, 31, tzinfo=UTC)])
@pytest.mark.parametrize("days", [1, 30, 90, 200, 500])
def test_the_next_is_ordered_as_of_one_as_long_that_ends_itself_on_that_day(last: datetime, days: int) -> None:
    """An authority that ends a month after a certificate began leaves no ten days to order the next."""
    begins = datetime(2026, 11, 1, tzinfo=UTC)
    ends = min(begins + timedelta(days=days), last)
    one = held("a", not_before=begins, not_after=last)
    above = (Above("TSP", ends, "ab" * 32),)
    cut = replace(one, judgements=tuple(replace(each, path=above) for each in one.judgements))
    length = min(last - begins, timedelta(days=1000))
    alike = replace(one, not_before=ends - length, not_after=ends)
    orders = OrderDays(MOMENT)
    assert cut.ends == ends
    assert orders.of(cut) == orders.of(alike)


@pytest.mark.parametrize("kind", ["another key", "renewed"])
def test_an_authority_that_did_not_sign_or_was_renewed_ends_nothing(tmp_path: Path, kind: str) -> None:
    made = Made((LATE, LATE, LATE))
    own = key("another TSP") if kind == "another key" else made.above[-1].key
    beside = authority(NAMES[-1], made.above[1], own_key=own, end=EARLY)
    for trust in (TrustStore.from_der([made.above[0].der]), None):
        lying(tmp_path, made.leaf, beside, *made.above, together=True)
        assert only(scanned(tmp_path, asked=judging(trust=trust))).ends == OWN
    lying(tmp_path, made.leaf, beside, together=True)  # and where the other is not there
    alone = only(scanned(tmp_path, asked=judging(trust=None)))
    assert alone.ends == (OWN if kind == "another key" else EARLY)
    assert not alone.judgements[0].has_path


def test_the_next_under_an_authority_that_ends_as_soon_is_no_successor(tmp_path: Path) -> None:
    """It lies there ready, and stops on the same day."""
    made = Made((LATE, LATE, EARLY))
    lying(tmp_path, made.leaf, *made.above, together=True)
    one = only(scanned(tmp_path, asked=judging(trust=TrustStore.from_der([made.above[0].der]))))
    later: dict[str, Any] = {
        "sha256": "ab" * 32,
        "not_before": EARLY - timedelta(days=60),
        "not_after": LATE + timedelta(days=60),
    }
    assert not list(successions((one, replace(one, **later)), EARLY - timedelta(days=30)))
    lasting = replace(one, **later, judgements=tuple(replace(each, path=()) for each in one.judgements))
    assert [old for old, _ in successions((one, lasting), EARLY - timedelta(days=30))] == [one]
