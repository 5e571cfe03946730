"""What the register says, for people: the answer first, then whence and of when, then each record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from pkitools.checking.organizations import likeness
from pkitools.text import for_people, shown
from pkitools_cli.i18n import tr
from pkitools_cli.lines import labelled, wrapped
from pkitools_cli.remedies import error_line
from pkitools_cli.remedies import told as message_told
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from pkitools.oin_register import Organization, RegisterAnswer, RegisterNote

_COLOURS: Final = {"registered": "green", "withdrawn": "red", "not-registered": "yellow", "unknown": "yellow"}
_MOST: Final = 50  # records told in full; JSON has them all


def lookup_told(answer: RegisterAnswer, organization: str | None) -> Iterator[Line | str]:
    """Yield an answer.

    Args:
        answer: what the register says.
        organization: a name to hold the names of the register against.
    """
    word = tr(f"cli.oin.lookup.status.{answer.status}")
    title = wrapped(shown(answer.query.text), "", f"{word}  ", most=1)[0]
    yield Line(title, colour=_COLOURS[str(answer.status)], bold=True, word=word)
    if answer.reason is not None:
        yield from wrapped(error_line(answer.reason), "  ")
    yield from wrapped(_whence(answer), "  ")
    for note in answer.notes:
        yield from _note(note)
    for one in answer.organizations[:_MOST]:
        yield ""
        yield from _organization(one, organization)
    if len(answer.organizations) > _MOST:
        yield tr("cli.oin.lookup.more", count=len(answer.organizations) - _MOST)


def _whence(answer: RegisterAnswer) -> str:
    if answer.dated is None:
        return tr("cli.oin.lookup.not_asked")
    kind = "copy" if answer.from_snapshot else "asked"
    return tr(f"cli.oin.lookup.{kind}", url=answer.source, at=for_people(answer.dated))


def _note(note: RegisterNote) -> Iterator[str]:
    said = message_told(note.code, dict(note.params))
    yield from wrapped(f"{said.message} {said.remedy}", "  ")


def _organization(one: Organization, organization: str | None) -> Iterator[str]:
    status = tr(f"cli.oin.lookup.status.{one.status}")
    rows = (
        ("oin", one.oin),
        ("name", one.name or "–"),
        ("status", f"{status} ({one.status_text})" if one.status_text else status),
        ("kvk", one.kvk),
        ("kind", one.kind),
        ("main", one.main_oin),
        ("issued", _day(one.issued)),
        ("changed", _day(one.changed)),
        ("withdrawn", _day(one.withdrawn)),
        ("compared", _compared(one.name, organization)),
    )
    yield from labelled("cli.oin.lookup.row", rows)


def _compared(name: str, organization: str | None) -> str | None:
    if organization is None:
        return None
    return tr(f"cli.oin.lookup.compared.{likeness(organization, name)}", name=organization)


def _day(moment: datetime | None) -> str | None:
    """Return the day in the Netherlands: the register writes midnight there as an hour of the day before, in UTC."""
    return None if moment is None else f"{moment.astimezone(_dutch(moment)):%Y-%m-%d}"


def _dutch(moment: datetime) -> timezone:
    """Return the zone of a moment: summer time from the last Sunday of March to that of October, at one o'clock UTC."""
    summer = _last_sunday(moment, 3) <= moment < _last_sunday(moment, 10)
    return timezone(timedelta(hours=2 if summer else 1))


def _last_sunday(moment: datetime, month: int) -> datetime:
    last = moment.replace(month=month, day=31, hour=1, minute=0, second=0, microsecond=0)
    return last - timedelta(days=last.isoweekday() % 7)
