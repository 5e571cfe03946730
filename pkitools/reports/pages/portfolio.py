"""A portfolio as a page: how it stands, when what ends, and of each certificate its verdict, chain and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from itertools import islice
from typing import Final

from pkitools.findings import Report
from pkitools.frozen import dataclass
from pkitools.limits import MAX_PAGE_CERTIFICATES
from pkitools.messages import Language, message
from pkitools.messages.days import day_and_time
from pkitools.portfolio.judgements import Judgement
from pkitools.portfolio.model import HeldCertificate, HeldKey, Portfolio, Standing
from pkitools.reports.pages import timeline
from pkitools.reports.pages.chain import Chain, chain_of_held
from pkitools.reports.pages.findings import NOTHING_FOUND, TONES, Findings, findings_of, labelled, notations
from pkitools.reports.pages.layout import Frame, page_text
from pkitools.reports.portfolio.across import hanging_line, risks_in, unasked, untold
from pkitools.reports.portfolio.order_days import OrderDays, order_why
from pkitools.reports.portfolio.telling import (
    Telling,
    changes_told,
    claimed_by,
    counted,
    judged_how,
    place_text,
    remedies_for,
    said_of,
    standing_word,
    unread_sentence,
    word,
)
from pkitools.reports.telling.readable import short_day, validity
from pkitools.reports.text import word_of
from pkitools.text import visible
from pkitools.trust import hierarchies

_STANDING: Final[dict[Standing, str]] = {
    Standing.EXPIRED: "bad",
    Standing.FAILED: "bad",
    Standing.ENDS_SOON: "soon",
    Standing.INDETERMINATE: "unsure",
    Standing.PASSED: "good",
    Standing.NOT_JUDGED: "plain",
}
_FEW: Final = timeline.MOST_ROWS
_MOST_PLACES: Final = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of a page: so many as a browser shows, and how many more there are.

    Args:
        rows: what is shown.
        more: how many more there are.
    """

    rows: tuple[tuple[object, ...], ...]
    more: int

    @classmethod
    def of(cls, count: int, rows: Iterable[tuple[object, ...]]) -> Listed:
        """Return a list of so many, of which the first are shown."""
        shown = tuple(islice(rows, MAX_PAGE_CERTIFICATES))
        return cls(shown, count - len(shown))


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a page about several certificates together.

    Args:
        title: its heading.
        sentences: what is said first.
        findings: what was found.
    """

    title: str
    sentences: tuple[str, ...] = ()
    findings: Findings = NOTHING_FOUND


@dataclass(frozen=True, slots=True)
class ShownJudgement:
    """One judgement of a certificate.

    Args:
        tone, verdict: how it came off, and the word for it.
        asked: for what it was judged.
        findings: what was found.
    """

    tone: str
    verdict: str
    asked: str
    findings: Findings


@dataclass(frozen=True, slots=True)
class ShownHeld:
    """One certificate of a portfolio on a page.

    Args:
        mark: its name on the page.
        name: what to call it.
        oin: its OIN; empty where it has none.
        kind: how it stands, a :class:`~pkitools.portfolio.Standing`.
        tone, standing: that as a tone, and the word for it.
        said: what decides and what to do; empty where there is nothing.
        span: its days.
        order_why: of whose plan the day to order by is, and what it rests on; empty where nobody plans it.
        facts: label and value pairs.
        places: every place it was found at, each once; of very many the first.
        more_places: how many more there are.
        chain: its chain.
        judgements: for each use of it what was found.
        found_by: what it is found by when somebody filters.
    """

    mark: str
    name: str
    oin: str
    kind: str
    tone: str
    standing: str
    said: str
    span: timeline.Span
    order_why: str
    facts: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    more_places: int
    chain: Chain
    judgements: tuple[ShownJudgement, ...]
    found_by: str


@dataclass(frozen=True, slots=True)
class ShownPortfolio:
    """A portfolio, ready for the template ``portfolio.html``.

    Args:
        title: of the page.
        partial: what says that it is a part; empty where it is whole.
        counted: how many there are, in a sentence.
        counts: of each standing tone, kind, word and how many.
        now: what to do first: a sentence, what of it is there to be copied, and what comes after that; each may be
            empty.
        how: how it was judged.
        changes: what changed since an earlier one: a heading and sentences.
        spans: every certificate that is judged and told here, in the order in which they end.
        pictures, overview: the timelines; the overview of many only.
        certificates: those that are told here, the worst first.
        left_out: how many more there are: they are in no picture and no list of the page.
        authorities: name, end and places of the certificates of authorities.
        parts: sections about several together.
        unread: name and sentence of what was not looked at.
        keys, requests: what else was found: a name or kind, and where.
    """

    title: str
    partial: str
    counted: str
    counts: tuple[tuple[str, str, str, int], ...]
    now: tuple[str, str, str]
    how: tuple[str, ...]
    changes: tuple[str, tuple[str, ...]] | None
    spans: tuple[timeline.Span, ...]
    pictures: tuple[timeline.Picture, ...]
    overview: tuple[timeline.Column, ...]
    certificates: tuple[ShownHeld, ...]
    left_out: int
    authorities: Listed
    parts: tuple[Part, ...]
    unread: Listed
    keys: Listed
    requests: Listed


def portfolio_page(portfolio: Portfolio, telling: Telling, parts: Sequence[Part] = ()) -> str:
    """Return a page about a portfolio.

    Args:
        portfolio: what was found.
        telling: how to tell it.
        parts: sections about several certificates together, such as what is at risk.

    Raises:
        InvalidValueError: there is no such language.
        MissingExtraError: the extra ``pkitools-nl[reports]`` is not installed.
    """
    frame = Frame(moment=portfolio.moment, language=telling.language)
    return page_text("portfolio.html", {"shown": portfolio_for_page(portfolio, telling, parts)}, frame)


def portfolio_for_page(portfolio: Portfolio, telling: Telling, parts: Sequence[Part] = ()) -> ShownPortfolio:
    """Return a portfolio as the template ``holdings.html`` takes it, for a page of one's own.

    Args:
        portfolio: what was found.
        telling: how to tell it.
        parts: sections about several certificates together, such as what is at risk.
    """
    language = telling.language
    judged = portfolio.judged
    days = OrderDays(portfolio.moment, telling.connections)
    told = tuple(_held(one, days, portfolio, telling) for one in judged[:MAX_PAGE_CERTIFICATES])
    spans = timeline.in_order(one.span for one in told)
    return ShownPortfolio(
        title=word("portfolio.report.title", language, day=short_day(portfolio.moment, language)),
        partial="" if portfolio.complete else word("portfolio.report.partial", language),
        counted=counted(portfolio, language),
        counts=_counts(portfolio, language),
        now=telling.now.partition(telling.command) if telling.command else (telling.now, "", ""),
        how=tuple(judged_how(portfolio, telling)),
        changes=_changes(telling),
        spans=spans,
        pictures=timeline.pictures(spans, portfolio.moment, language),
        overview=timeline.overview(spans, portfolio.moment, language) if len(spans) > _FEW else (),
        certificates=told,
        left_out=len(judged) - len(told),
        authorities=Listed.of(len(portfolio.authorities), map(_authority, portfolio.authorities)),
        parts=(*_across(portfolio, telling), *parts),
        unread=Listed.of(
            len(portfolio.unread), ((one.name, unread_sentence(one, telling)) for one in portfolio.unread)
        ),
        keys=Listed.of(
            len(portfolio.keys), ((_key_kind(key, language), place_text(key.place)) for key in portfolio.keys)
        ),
        requests=Listed.of(
            len(portfolio.requests),
            ((one.common_name or one.subject, place_text(one.place)) for one in portfolio.requests),
        ),
    )


def _across(portfolio: Portfolio, telling: Telling) -> Iterator[Part]:
    """Yield what is told of all together: what is wrong of several, and what hangs on each authority."""
    risks, language = risks_in(portfolio, telling), telling.language
    outcomes = (*(each.outcome for each in untold(risks, portfolio)), *unasked(risks))
    if outcomes:
        found = findings_of(Report("", outcomes, portfolio.moment), language, telling.remedy)
        yield Part(word("portfolio.report.across", language), (), found)
    if risks.hanging:
        lines = [hanging_line(each, language) for each in risks.hanging[:MAX_PAGE_CERTIFICATES]]
        if more := len(risks.hanging) - len(lines) + risks.more_authorities:
            lines.append(word("portfolio.across.more", language, count=more))
        yield Part(word("portfolio.report.hanging", language), tuple(lines))


def _counts(portfolio: Portfolio, language: Language) -> tuple[tuple[str, str, str, int], ...]:
    found = Counter(standing for standing, _ in portfolio.in_order())
    return tuple(
        (_STANDING[each], str(each), standing_word(each, language), found[each]) for each in Standing if found[each]
    )


def _changes(telling: Telling) -> tuple[str, tuple[str, ...]] | None:
    if telling.changes is None:
        return None
    heading, *sentences = changes_told(telling.changes, telling.language)
    return heading, tuple(sentences)


def _authority(one: HeldCertificate) -> tuple[str, date, tuple[str, ...]]:
    return one.name, one.not_after.astimezone(UTC).date(), _places(one)


def _key_kind(key: HeldKey, language: Language) -> str:
    encrypted = message(f"pages.key.{'encrypted' if key.encrypted else 'open'}", {}, language).title
    return f"{encrypted}, {message('pages.key.readable', {}, language).title}" if key.readable_by_others else encrypted


# -- one certificate ---------------------------------------------------------------------------------------------------


def _held(one: HeldCertificate, days: OrderDays, portfolio: Portfolio, telling: Telling) -> ShownHeld:
    standing = one.standing(portfolio.moment)
    mark, told = f"c-{one.sha256[:16]}", standing_word(standing, telling.language)
    name = _name(one)
    places, order = _places(one), days.of(one)
    return ShownHeld(
        mark,
        name,
        one.oin or "",
        str(standing),
        _STANDING[standing],
        told,
        said_of(one, portfolio, telling, days),
        _span(one, mark, days, portfolio, told),
        order_why(order, days, telling.language),
        (*_claimed(one, days, telling.language), *_facts(one, portfolio, telling.language)),
        places[:_MOST_PLACES],
        max(len(places) - _MOST_PLACES, 0),
        chain_of_held(one),
        tuple(_judgement(judgement, one, portfolio, telling) for judgement in one.judgements),
        visible(" ".join(filter(None, (name, one.organization, one.oin, told, *one.dns_names[:20], *places[:20])))),
    )


def _name(one: HeldCertificate) -> str:
    return one.name if one.name.strip() else one.sha256


def _places(one: HeldCertificate) -> tuple[str, ...]:
    """Return every place of a certificate once, with what points to it."""
    return tuple(dict.fromkeys(each for place in one.places for each in (place_text(place), *place.named_by)))


def _span(one: HeldCertificate, mark: str, days: OrderDays, portfolio: Portfolio, told: str) -> timeline.Span:
    order = days.of(one)
    return timeline.Span(
        mark,
        _name(one),
        _STANDING[one.standing(portfolio.moment)],
        told,
        one.not_before.astimezone(UTC).date(),
        None if order is None else order.day,
        one.ends.astimezone(UTC).date(),
        one.days_left(portfolio.moment),
        is_ordered=one.successor is None and days.is_ordered(one),
        is_late=order is not None and days.is_past(order),
    )


def _facts(one: HeldCertificate, portfolio: Portfolio, language: Language) -> Iterator[tuple[str, str]]:
    yield from labelled(
        language,
        ("organization", one.organization or ""),
        ("oin", one.oin or ""),
        ("issuer", one.issuer),
        ("hierarchy", _hierarchy(one.hierarchy)),
        ("validity", validity(one.not_before, one.not_after, portfolio.moment, language, works_until=one.ends)),
        ("from_until", " – ".join(day_and_time(end, language) for end in (one.not_before, one.not_after))),
        ("dns_names", ", ".join(one.dns_names)),
        ("key", one.key),
        ("serial", one.serial_number),
    )
    for label, value in (("SHA-256", one.sha256), ("SHA-1", one.sha1)):
        yield label, notations(value)[0]


def _claimed(one: HeldCertificate, days: OrderDays, language: Language) -> Iterator[tuple[str, str]]:
    if claimed := claimed_by(one, days.names(language)):
        yield word("portfolio.report.column.connection", language), claimed


def _hierarchy(name: str | None) -> str:
    return next((each.label for each in hierarchies() if each.name == name), name or "")


def _judgement(judgement: Judgement, one: HeldCertificate, portfolio: Portfolio, telling: Telling) -> ShownJudgement:
    report = Report(one.name, judgement.told, portfolio.moment, judgement.environment)
    return ShownJudgement(
        TONES[judgement.verdict],
        word_of("verdict", judgement.verdict, telling.language),
        ", ".join(_used(judgement, portfolio, telling.language)),
        findings_of(report, telling.language, remedies_for(one, telling.remedy)),
    )


def _used(judgement: Judgement, portfolio: Portfolio, language: Language) -> Iterator[str]:
    """Yield for what a certificate was judged: systems, environment, and whose it is or who sent it."""
    yield from portfolio.systems
    yield word(f"portfolio.report.environment.{judgement.environment}", language)
    yield from filter(None, (judgement.entity_id, judgement.host))
