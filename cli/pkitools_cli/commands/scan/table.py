"""The certificates of a portfolio in a terminal: each kind once with the first that are so, or every one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from pkitools.findings import Severity, Verdict
from pkitools.limits import MAX_MESSAGE_VALUE
from pkitools.portfolio.model import HeldCertificate, Portfolio, Standing
from pkitools.portfolio.renewing import NextDuty
from pkitools.reports.portfolio.telling import (
    Telling,
    cut_short_told,
    deciding,
    deciding_files,
    for_connections,
    is_named_by_old_alone,
    is_of_chain,
    is_seen_to,
    lies_told,
    lists_unused,
    named_in_told,
    place_text,
    renewal_told,
    standing_word,
    told_besides,
    told_where,
    what_is_left,
)
from pkitools.reports.telling.answer import told
from pkitools.reports.telling.readable import short_day
from pkitools.text import visible
from pkitools_cli.commands.scan.orders import awaited_weight, planned_day, to_renew
from pkitools_cli.i18n import form_of, language, tr
from pkitools_cli.lines import coloured, columns, wrapped
from pkitools_cli.remedies import offline_remedy_text
from pkitools_cli.reply import Line
from pkitools_cli.wide import fitted, fitted_end

if TYPE_CHECKING:
    from pkitools.messages import Message
    from pkitools.reports.portfolio.order_days import OrderDays

Names = Mapping[str, str]
"""What people call connections, by the names of what they claim."""
MOST: Final = 3  # that are told of each kind, where not all are
_TONES: Final[dict[Standing, Severity | Verdict]] = {
    Standing.EXPIRED: Verdict.FAILED,
    Standing.FAILED: Verdict.FAILED,
    Standing.ENDS_SOON: Severity.WARNING,
    Standing.INDETERMINATE: Verdict.INDETERMINATE,
    Standing.PASSED: Verdict.PASSED,
    Standing.NOT_JUDGED: Severity.INFO,
}
ENDING: Final = frozenset({Standing.EXPIRED, Standing.ENDS_SOON})
_COLUMNS: Final = ("standing", "end", "days", "oin", "name")
_MOST_PLACES: Final = 3
_MOST_WHY: Final = 6  # rows: sentences of ours are shorter, the names in them may be of any length
_MOST_KINDS: Final = 5  # of each standing, with what to do
_MOST_TITLES: Final = 10  # of each standing, in a line
_INDENT: Final = "    "


class _Kind:
    """Certificates of which the same is told.

    Args:
        standing: how they stand.
        said: what decides about them; ``None``: nothing.
        is_quiet: nothing is to be done about them.
    """

    def __init__(self, standing: Standing, said: Message | None, *, is_quiet: bool) -> None:
        self.standing, self.said, self.is_quiet = standing, said, is_quiet
        self.count = 0
        self.first: list[HeldCertificate] = []

    def add(self, one: HeldCertificate, *, is_urgent: bool) -> None:
        """Count one more; of the first few, and of the urgent one, it is kept which they are."""
        self.count += 1
        if is_urgent:
            self.first.insert(0, one)
        elif len(self.first) < MOST:
            self.first.append(one)


class Table:
    """Tells the certificates of a portfolio.

    Args:
        portfolio: what was found.
        orders: says by which day the next is to be ordered, by the plans of connections; ``None`` without any.
        names: what people call connections, by the names of what they claim.
        urgent: what has to be done first is about this one; ``None``: about none.
    """

    def __init__(
        self, portfolio: Portfolio, orders: OrderDays | None, names: Names, urgent: HeldCertificate | None
    ) -> None:
        self._portfolio, self._orders, self._names, self._urgent = portfolio, orders, names, urgent and urgent.sha256
        self._words = max(len(standing_word(each, language())) for each in Standing)
        self._told: set[str] = set()
        """What was told to do: sixty times the same advice is read by nobody."""

    def rows(self, *, verbose: bool) -> Iterator[Line | str]:
        """Yield the rows.

        Args:
            verbose: tell every certificate; else each kind with the first of it, and how many there are.
        """
        yield self._cells(*(tr(f"cli.scan.column.{name}") for name in _COLUMNS))
        if verbose:
            for standing, one in self._judged():
                yield from self._whole(standing, one)
            return
        kinds = self._kinds()
        for standing in Standing:
            yield from self._of_standing([kind for kind in kinds if kind.standing is standing])

    def _judged(self) -> Iterator[tuple[Standing, HeldCertificate]]:
        return (each for each in self._portfolio.in_order() if each[0] is not Standing.NOT_JUDGED)

    # --- each kind once -----------------------------------------------------------------------------------------------

    def _kinds(self) -> list[_Kind]:
        """Return the kinds: of each standing what has to be done first, then the largest."""
        found: dict[tuple[object, ...], _Kind] = {}
        for standing, one in self._judged():
            said, left = self._said(standing, one), self._left(standing, one)
            key = (standing, said and (said.title, said.remedy or said.message), *left)
            is_quiet = standing is Standing.PASSED and said is None and not any(left)
            kind = found.setdefault(key, _Kind(standing, said, is_quiet=is_quiet))
            kind.add(one, is_urgent=one.sha256 == self._urgent)
        return sorted(found.values(), key=self._turn)

    def _turn(self, kind: _Kind) -> tuple[bool, bool, int]:
        return kind.first[0].sha256 != self._urgent, kind.is_quiet, -kind.count

    def _left(self, standing: Standing, one: HeldCertificate) -> tuple[object, ...]:
        """Return what makes two certificates with one text different kinds: what is left to do of the next one."""
        if one.successor is not None:
            is_named = one.successor.is_in_place and bool(one.named_by)
            return one.successor.has_replaced, one.successor.is_live, what_is_left(one.successor), is_named
        awaited = None if self._orders is None or standing not in ENDING else self._orders.awaited(one)
        weight = awaited_weight(standing, one, self._orders)
        duty, day, _ = to_renew(standing, one, self._portfolio.moment, self._orders)
        planned = None if self._orders is None else planned_day(self._orders, one)
        return (
            (duty, day) if duty is NextDuty.ORDER or planned is not None else None,
            one.partial is not None,
            one.ends_by is not None,
            one.mend is not None,
            one.lies_in,
            awaited,
            weight,
            _is_ending_of_provider(one, standing),
            standing in ENDING and (bool(one.named_by), is_named_by_old_alone(one)),
        )

    def _of_standing(self, kinds: list[_Kind]) -> Iterator[Line | str]:
        loud = [kind for kind in kinds if not kind.is_quiet]
        for kind in loud[:_MOST_KINDS]:
            yield from self._kind(kind)
        for kind in loud[_MOST_KINDS : _MOST_KINDS + _MOST_TITLES]:
            yield from self._title(kind)
        if left := loud[_MOST_KINDS + _MOST_TITLES :]:
            count = sum(kind.count for kind in left)
            told_of = tr(f"cli.scan.more_kinds{form_of(len(left))}", kinds=len(left), count=count)
            yield from wrapped(told_of, _INDENT)
        for kind in kinds:
            if kind.is_quiet:
                yield from self._quiet(kind) if kind.count > MOST else self._kind(kind)

    def _quiet(self, kind: _Kind) -> Iterator[Line | str]:
        """Yield how many there are about which nothing is to be done, and when the first of them ends."""
        word, first = standing_word(kind.standing, language()), kind.first[0]
        day, name = short_day(first.ends, language()), visible(first.name, MAX_MESSAGE_VALUE)
        told_of = tr("cli.scan.quiet", count=kind.count, day=day, name=name)
        rows = wrapped(told_of, _INDENT, f"{word:<{self._words}}  ", most=3)
        yield coloured(rows[0], _TONES[kind.standing], word)
        yield from rows[1:]

    def _kind(self, kind: _Kind) -> Iterator[Line | str]:
        """Yield the first of a kind with what to do, and where the others are."""
        first, *others = kind.first[:MOST]
        yield from self._whole(kind.standing, first, short=True)
        if not others:
            return
        if kind.said is None and not first.ends_by:  # each has its row: there is no text that it would be told below
            for one in others:
                yield from self._whole(kind.standing, one, short=True)
        else:
            yield from wrapped(tr(f"cli.scan.alike{form_of(kind.count - 1)}", count=kind.count - 1), _INDENT)
            yield from map(self._alike, others)
        if more := kind.count - len(kind.first[:MOST]):
            yield from wrapped(tr("cli.scan.more", count=more), f"{_INDENT}  ")

    def _alike(self, one: HeldCertificate) -> str:
        """Return when one more of a kind ends, and where it is."""
        first = (
            f"{'':<{self._words}}  {short_day(one.ends, language()):>11}  {one.days_left(self._portfolio.moment):>6}  "
        )
        return first + fitted_end(visible(_place(one)), columns() - len(first))

    def _title(self, kind: _Kind) -> Iterator[Line | str]:
        """Yield a kind in a row or two: how many, what it is and where the first of them is."""
        title = "" if kind.said is None else kind.said.title
        place = visible(_place(kind.first[0]))
        slug = f"{'kind' if title else 'kind_untold'}{form_of(kind.count)}"
        row = tr(f"cli.scan.{slug}", count=kind.count, title=title, place=place)
        yield from wrapped(row, f"{_INDENT}  ", f"{_INDENT}- ", most=2)

    # --- a certificate ------------------------------------------------------------------------------------------------

    def _whole(self, standing: Standing, one: HeldCertificate, *, short: bool = False) -> Iterator[Line | str]:
        """Yield two lines or more for a certificate: what, and where; of one that is not good also why."""
        yield self._row(standing, one)
        yield from self._where(one, short=short)
        if named := self._named(standing, one, short=short):
            yield from wrapped(named, _INDENT)
        if told_of := for_connections(one, Telling(language()), self._names):
            yield from wrapped(told_of, _INDENT)
        if renewal := renewal_told(one, self._portfolio, language(), self._orders):
            yield from wrapped(renewal, _INDENT)
        yield from self._why(standing, one, short=short)

    def _row(self, standing: Standing, one: HeldCertificate) -> Line:
        word = standing_word(standing, language())
        day, days = short_day(one.ends, language()), str(one.days_left(self._portfolio.moment))
        return coloured(self._cells(word, day, days, one.oin or "", visible(one.name)), _TONES[standing], word)

    def _cells(self, *cells: str) -> str:
        standing, day, days, oin, name = cells
        first = f"{standing:<{self._words}}  {day:>11}  {days:>6}  {oin:<20}  "
        return first + fitted(name, columns() - len(first))

    def _where(self, one: HeldCertificate, *, short: bool) -> Iterator[str]:
        """Yield where a certificate lies, a place a line: of a long name the end, which is where names differ."""
        places = list(dict.fromkeys(map(place_text, one.places)))
        room = columns() - len(_INDENT)
        told_of = [_place(one)] if short else places[:_MOST_PLACES]
        left = len(places) - len(told_of)
        more = tr("cli.scan.more_places", count=left) if left else ""
        if short and more:
            yield f"{_INDENT}{fitted_end(visible(told_of[0]), room - len(more) - 3)} ({more})"
            return
        for place in told_of:
            yield _INDENT + fitted_end(visible(place), room)
        if more:
            yield _INDENT + more

    def _named(self, standing: Standing, one: HeldCertificate, *, short: bool) -> str:
        """Return what names a certificate: in a short answer where it says whether what ends is in use."""
        is_told = one.successor is not None and one.successor.is_in_place  # what the next is there for names it too
        if is_told or (short and (standing not in ENDING or one.is_of_provider)):
            return ""
        return named_in_told(one, language())

    def _said(self, standing: Standing, one: HeldCertificate) -> Message | None:
        """Return what decides about a certificate and what to do; of one that is good what is to be known besides."""
        decides = deciding(one)
        if is_of_chain(one, decides) or (
            standing is Standing.EXPIRED and is_seen_to(one, self._portfolio, self._orders)
        ):
            return None
        return None if decides is None else told(decides, language(), offline_remedy_text, self._portfolio.moment)

    def _why(self, standing: Standing, one: HeldCertificate, *, short: bool) -> Iterator[str]:
        """Yield what decides about a certificate and what to do, but for what was told to do of another."""
        if cut_short := cut_short_told(one, self._portfolio.moment, language()):
            yield from wrapped(cut_short, _INDENT)
        said = self._said(standing, one)
        is_again = said is not None and _text(said) in self._told
        if said is not None:
            yield from wrapped(f"{'' if short else told_where(one)}{self._sentence(said)}", _INDENT, most=_MOST_WHY)
            if lies := lies_told(one, language()):
                yield from wrapped(lies, _INDENT, most=_MOST_WHY)
        if not short and not one.is_set_aside:
            yield from self._besides(one, said)
        if said is None:
            return
        for row in lists_unused(one, self._portfolio, Telling(language(), remedy=offline_remedy_text)):
            if not (is_again and row in self._told):  # of one list the same is so of all that it is about
                self._told.add(row)
                yield from wrapped(row, f"{_INDENT}  ", f"{_INDENT}- ", most=_MOST_WHY)

    def _besides(self, one: HeldCertificate, said: Message | None) -> Iterator[str]:
        """Yield what else is wrong with a certificate: what is so of several above it once."""
        of_this = {_text(said)} if said is not None else set()
        for besides in told_besides(one):
            more = told(besides, language(), offline_remedy_text, self._portfolio.moment)
            if _text(more) not in of_this:
                of_this.add(_text(more))
                yield from wrapped(self._sentence(more), _INDENT, most=_MOST_WHY)

    def _sentence(self, said: Message) -> str:
        """Return what is said and what to do, or by its title alone what was told of another."""
        if (sentence := _text(said)) in self._told:
            return tr("cli.scan.told_above", title=said.title)
        self._told.add(sentence)
        return sentence


def _text(said: Message) -> str:
    return f"{said.title}. {said.remedy or said.message}"


def _place(one: HeldCertificate) -> str:
    """Return where a certificate is, once: of several places the one that says what decides about it."""
    named = deciding_files(one)[:1]
    return next((place_text(place) for place in one.places if place.name in named), place_text(one.places[0]))


def _is_ending_of_provider(one: HeldCertificate, standing: Standing) -> bool:
    return standing in ENDING and one.is_of_provider
