"""From a question to an answer: of the register itself or of a copy, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from pkitools.arguments import aware
from pkitools.errors import PkitoolsError
from pkitools.frozen import replace
from pkitools.oin import OIN, InvalidOINError, prefix_table
from pkitools.oin.prefixes import PREFIX_LENGTH
from pkitools.oin_register.model import (
    Listing,
    Organization,
    Query,
    QueryKind,
    Register,
    RegisterAnswer,
    RegisterError,
    RegisterNote,
    RegisterStatus,
    contradicted,
    status_of,
)
from pkitools.oin_register.records import status_of_word
from pkitools.oin_register.snapshot import Snapshot
from pkitools.text import for_people

FRESH: Final = timedelta(hours=24)
"""How long a copy stands for the register."""

_SUB_OIN_YEARS: Final = 3  # OIN-Stelsel, chapters 5 and 6: a SubOIN is valid for three years, and can be extended

_LISTED: Final = frozenset({"special", "always", "issued", "never"})  # whether the register has a number of a prefix


def lookup(
    query: Query | str, *, moment: datetime, register: Register | None = None, snapshot: Snapshot | None = None
) -> RegisterAnswer:
    """Return what the register says of an OIN, a KvK number or a name.

    A copy of the same register answers for 24 hours; after that the register is asked. Without a register a copy
    answers whatever its age, and the answer says what that is.

    Args:
        query: what to look for.
        moment: now, aware.
        register: whom to ask; ``None`` leaves the network alone.
        snapshot: a copy.

    Raises:
        InvalidValueError: the query is none, or ``moment`` is not aware.
    """
    asked = Query.parse(query) if isinstance(query, str) else query
    now = aware(moment)
    if snapshot is not None and (register is None or _stands_for(snapshot, register, now)):
        return _of_snapshot(asked, snapshot, now)
    if register is None:
        return RegisterAnswer(asked, RegisterStatus.UNKNOWN, reason=RegisterError("oin_register.error.offline"))
    try:
        listing = register.search(asked)
    except RegisterError as error:
        return RegisterAnswer(asked, RegisterStatus.UNKNOWN, source=register.url, reason=error)
    answer = replace(_answered(asked, listing, now), source=register.url, dated=now)
    return _with_notes(_with_main(answer, register.search, now), now)


def _stands_for(snapshot: Snapshot, register: Register, now: datetime) -> bool:
    return snapshot.url == register.url and timedelta() <= now - snapshot.taken_at <= FRESH


def _of_snapshot(query: Query, snapshot: Snapshot, now: datetime) -> RegisterAnswer:
    found = _answered(query, snapshot.search(query), now)
    answer = replace(found, source=snapshot.url, dated=snapshot.taken_at, from_snapshot=True)
    age = now - snapshot.taken_at
    taken = for_people(snapshot.taken_at)
    if age > FRESH:
        old = RegisterNote("oin_register.note.old_snapshot", (("days", age.days), ("taken", taken)))
        answer = replace(answer, notes=(old,))
    elif age < timedelta():
        answer = replace(answer, notes=(RegisterNote("oin_register.note.future_snapshot", (("taken", taken),)),))
    return _with_notes(_with_main(answer, snapshot.search, now), now)


def _with_main(answer: RegisterAnswer, search: Callable[[Query], Listing], now: datetime) -> RegisterAnswer:
    """Return the answer with what the main OIN of a SubOIN that is listed means for it: it lapses with that."""
    found = [one for one in answer.organizations if one.status is RegisterStatus.REGISTERED and one.main_oin]
    if answer.query.kind is not QueryKind.OIN or len(found) != 1:
        return answer
    main = str(found[0].main_oin)
    try:
        status = _answered(asked := Query(QueryKind.OIN, main), search(asked), now).status
    except RegisterError:
        status = RegisterStatus.UNKNOWN
    if status is RegisterStatus.REGISTERED:
        return answer
    slug = "main_withdrawn" if status is RegisterStatus.WITHDRAWN else "main_unknown"
    note = RegisterNote(f"oin_register.note.{slug}", (("oin", found[0].oin), ("main", main)))
    return replace(answer, notes=(*answer.notes, note))


def _answered(query: Query, listing: Listing, now: datetime) -> RegisterAnswer:
    """Return the answer of a list: what is not in a list with a gap may be in the register all the same."""
    found = tuple(_doubted(one, now) for one in listing.organizations)
    if not found and listing.gap is not None:
        return RegisterAnswer(query, RegisterStatus.UNKNOWN, reason=listing.gap)
    oin = contradicted(found)
    if oin is not None:
        why = RegisterError("oin_register.error.contradiction", oin=oin)
        return RegisterAnswer(query, RegisterStatus.UNKNOWN, found, reason=why)
    notes = (_partial(listing.gap),) if listing.gap is not None else ()
    reason = _not_understood(found) if status_of(found) is RegisterStatus.UNKNOWN else None
    return RegisterAnswer(query, status_of(found), found, reason=reason, notes=notes)


def _partial(gap: PkitoolsError) -> RegisterNote:
    return RegisterNote("oin_register.note.partial", (("problem", gap.code),))


def _doubted(one: Organization, now: datetime) -> Organization:
    """Return a record; of one that is listed and was withdrawn all the same nobody knows which of the two holds."""
    if one.status is RegisterStatus.REGISTERED and one.withdrawn is not None and one.withdrawn <= now:
        return replace(one, status=RegisterStatus.UNKNOWN)
    return one


def _not_understood(found: tuple[Organization, ...]) -> RegisterError:
    one = next(each for each in found if each.status is RegisterStatus.UNKNOWN)
    if status_of_word(one.status_text) is RegisterStatus.REGISTERED:
        return RegisterError("oin_register.error.withdrawal", oin=one.oin, word=one.status_text)
    return RegisterError("oin_register.error.word", word=one.status_text or "–")


def _with_notes(answer: RegisterAnswer, now: datetime) -> RegisterAnswer:
    return replace(answer, notes=(*answer.notes, *_notes(answer, now)))


def _notes(answer: RegisterAnswer, now: datetime) -> Iterator[RegisterNote]:
    if answer.status is RegisterStatus.NOT_REGISTERED:
        yield RegisterNote(f"oin_register.absent.{_why_absent(answer.query)}", (("query", answer.query.text),))
    if answer.query.kind is QueryKind.OIN and not _is_oin(answer.query.text):
        yield RegisterNote("oin_register.note.no_oin", (("query", answer.query.text),))
    for one in answer.organizations:
        if _may_have_lapsed(one, now):
            yield RegisterNote("oin_register.note.sub_oin_age", (("oin", one.oin),))


def _why_absent(query: Query) -> str:
    """Return what it means that the register does not list this: that differs by prefix."""
    if query.kind is not QueryKind.OIN:
        return "search"
    row = prefix_table().prefixes.get(query.text[:PREFIX_LENGTH])
    return row.registered if row is not None and row.registered in _LISTED else "unknown_prefix"


def _is_oin(text: str) -> bool:
    try:
        return bool(OIN.parse(text, legacy=True))
    except InvalidOINError:
        return False


def _may_have_lapsed(one: Organization, now: datetime) -> bool:
    """Return whether a SubOIN that is listed as active was not changed for longer than one is valid."""
    last = one.changed or one.issued
    if one.status is not RegisterStatus.REGISTERED or not one.oin.startswith("00000004") or last is None:
        return False
    return now - last > timedelta(days=366 * _SUB_OIN_YEARS)
