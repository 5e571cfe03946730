"""A portfolio beside an earlier one: what came, what went, what took the place of what, and what is judged otherwise.

The earlier one is read from its JSON document (``docs/schemas/scan-v1.json``): it may have been written by hand, or by
another version, so nothing in it is taken for more than text.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, Final, TypeVar

from pkitools.arguments import aware, octets, of_type, text
from pkitools.errors import InputError, InvalidValueError
from pkitools.findings import Verdict
from pkitools.frozen import dataclass
from pkitools.portfolio.model import Gap, HeldCertificate, Place, Portfolio

T = TypeVar("T")

SCHEMA: Final = "pkitools.scan/v1"
"""The name of the document that an earlier portfolio is read from."""

_CLOSED: Final = frozenset({Gap.UNREADABLE, Gap.ENCRYPTED, Gap.UNREACHABLE})
"""What is there, or may be, and was not looked into."""
_MOST_OF_NAME: Final = 4096
_CLOCKS: Final = timedelta(days=1)
"""What clocks of two machines may differ: a report is of a later day beyond that."""


@dataclass(frozen=True, slots=True)
class EarlierCertificate:
    """A certificate as it was told of.

    Args:
        sha256: its thumbprint, hex.
        name: what it was called.
        subject: one line, not made safe for a terminal.
        not_after: aware UTC.
        verdict: ``None`` of an authority.
        spki_sha256: of its public key, hex.
        places: the names of the files and peers it was found at.
    """

    sha256: str
    name: str
    subject: str
    not_after: datetime
    verdict: Verdict | None
    spki_sha256: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A portfolio as it was told of.

    Args:
        moment: when that was, aware UTC.
        complete: that scan came to its end: what is in no part of it may have been there all the same.
        certificates: by thumbprint.
        asked: the places as they were given; none where that is not told.
        unread: names of files, folders and peers that could not be looked into.
    """

    moment: datetime
    complete: bool
    certificates: Mapping[str, EarlierCertificate]
    asked: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """A certificate that another took the place of.

    Args:
        old, new: they.
        same_key: for the same key.
    """

    old: EarlierCertificate
    new: HeldCertificate
    same_key: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since an earlier portfolio. A certificate is in no more than one of these.

    Args:
        since: the moment of the earlier one.
        new: they were not there where that scan looked.
        gone: they are there no more, and nothing took their place.
        replaced: of the same subject, or at the same place, there is another now.
        judged_otherwise: they are still there, and the verdict is another: the earlier, and the certificate now.
        unseen: whether they are still there is not known: at a place of theirs something could not be read, or
            this scan was asked for fewer places than that one, and theirs are not among them.
        first_seen: they lie only where that scan did not look, or could not: whether they are new is not known.
        added: the places where it did not: those that this scan was asked for besides, and what could not be read then
            and holds one of ``first_seen``.
        is_certain: both scans came to their end; else what seems new or gone may only not have been reached.
    """

    since: datetime
    new: tuple[HeldCertificate, ...]
    gone: tuple[EarlierCertificate, ...]
    replaced: tuple[Replaced, ...]
    judged_otherwise: tuple[tuple[EarlierCertificate, HeldCertificate], ...]
    is_certain: bool
    unseen: tuple[EarlierCertificate, ...] = ()
    first_seen: tuple[HeldCertificate, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        known = self.new or self.gone or self.replaced or self.judged_otherwise
        return bool(known or self.unseen or self.first_seen or self.added)


def changes_since(portfolio: Portfolio, earlier: Earlier) -> Changes:
    """Return what changed between an earlier portfolio and this one.

    Raises:
        InvalidValueError: one of them is none.
    """
    of_type(portfolio, Portfolio, "portfolio")
    of_type(earlier, Earlier, "earlier")
    now = {one.sha256: one for one in portfolio.certificates}
    appeared = _Appeared([one for one in portfolio.certificates if one.sha256 not in earlier.certificates])
    gone, replaced = [], []
    for old in (one for sha256, one in earlier.certificates.items() if sha256 not in now):
        found = appeared.instead_of(old)
        if found is None:
            gone.append(old)
        else:
            replaced.append(Replaced(old, found, found.spki_sha256 == old.spki_sha256))
    new = appeared.left()
    kept = ((earlier.certificates[sha256], one) for sha256, one in now.items() if sha256 in earlier.certificates)
    otherwise = tuple((old, one) for old, one in kept if old.verdict is not one.verdict)
    certain = portfolio.complete and earlier.complete
    unread = {PurePath(each.name) for each in portfolio.unread if each.gap in _CLOSED}
    asked = {PurePath(each) for each in portfolio.asked}
    is_less = any(not _is_in(asked, each) for each in earlier.asked)
    gone, unseen = _parted(gone, lambda old: _may_be_in(unread, old) or (is_less and not _may_be_in(asked, old)))
    then = _Looked(earlier, portfolio.asked)
    new, first = _parted(new, lambda one: not then.at_any_of(one))
    added = tuple(then.missed(first))
    return Changes(
        earlier.moment,
        tuple(new),
        tuple(gone),
        tuple(replaced),
        otherwise,
        certain,
        tuple(unseen),
        tuple(first),
        added,
    )


def _parted(several: Iterable[T], is_apart: Callable[[T], bool]) -> tuple[list[T], list[T]]:
    """Return those that are not apart, and those that are."""
    parts: tuple[list[T], list[T]] = ([], [])
    for one in several:
        parts[is_apart(one)].append(one)
    return parts


class _Appeared:
    """Certificates that were not there before. Each takes the place of no more than one: the first that asks."""

    def __init__(self, new: Sequence[HeldCertificate]) -> None:
        self._new = dict(enumerate(new))
        # under a subject and under a file, in order: of ten thousand that were all replaced none is looked through
        self._under: dict[tuple[bool, str, str], deque[int]] = {}
        for number, one in self._new.items():
            for key in _places_taken(one.is_authority, one.subject, (place.name for place in one.places)):
                self._under.setdefault(key, deque()).append(number)

    def instead_of(self, old: EarlierCertificate) -> HeldCertificate | None:
        """Return, and take, the first of the same subject or in the same file; ``None`` where there is none."""
        numbers = []
        for key in _places_taken(old.verdict is None, old.subject, old.places):
            waiting = self._under.get(key, deque())
            while waiting and waiting[0] not in self._new:
                waiting.popleft()
            numbers += [waiting[0]] if waiting else []
        return self._new.pop(min(numbers)) if numbers else None

    def left(self) -> list[HeldCertificate]:
        """Return those that nobody asked for."""
        return list(self._new.values())


def _places_taken(is_authority: bool, subject: str, files: Iterable[str]) -> Iterator[tuple[bool, str, str]]:
    """Yield under what a certificate is found that took the place of another, or has its place taken."""
    yield is_authority, "subject", subject
    yield from ((is_authority, "file", name) for name in files)


class _Looked:
    """Where an earlier scan looked, as far as a later one asks.

    Args:
        earlier: the earlier one.
        asked: the places that the later one was asked for.
    """

    def __init__(self, earlier: Earlier, asked: Sequence[str]) -> None:
        self._asked = {PurePath(each) for each in earlier.asked}
        self._closed = {PurePath(each) for each in earlier.unread}
        # of a report that does not tell what was asked, it was as much
        self._further = tuple(each for each in asked if self._asked and not _is_in(self._asked, each))

    def at_any_of(self, one: HeldCertificate) -> bool:
        """Return whether it looked at any of the places of a certificate, or at what points there."""
        open_places = [place for place in one.places if not _is_in(self._closed, place.name)]
        return bool(open_places) and (not self._further or any(map(self._was_asked, open_places)))

    def _was_asked(self, place: Place) -> bool:
        return any(_is_in(self._asked, each) for each in place.names)

    def missed(self, first: Iterable[HeldCertificate]) -> Iterator[str]:
        """Yield the places where it did not look: what was not asked, and what it could not read of these."""
        yield from self._further
        closed = (place.name for one in first for place in one.places if _is_in(self._closed, place.name))
        yield from dict.fromkeys(closed)


def _may_be_in(places: Set[PurePath], old: EarlierCertificate) -> bool:
    """Return whether a certificate was in a file or at a peer, or below a folder, of those."""
    return any(_is_in(places, place) for place in old.places)


def _is_in(places: Set[PurePath], name: str) -> bool:
    path = PurePath(name)
    return not places.isdisjoint((path, *path.parents))


def read_earlier(data: bytes, name: str, moment: datetime | None = None) -> Earlier:
    """Return an earlier portfolio from its JSON document.

    Args:
        data: the document.
        name: what to call it.
        moment: as of when it is held against another (aware): one of a later day is no earlier one. ``None``: whenever
            it was made.

    Raises:
        InputError: it is no such document, or a later one.
    """
    found = _read(data, name)
    if moment is not None and found.moment - aware(moment) > _CLOCKS:
        day = found.moment.date().isoformat()
        raise InputError("portfolio.error.later", name=name, day=day)
    return found


def _read(data: bytes, name: str) -> Earlier:
    data, name = octets(data, "data"), text(name, "name")
    try:
        raw = json.loads(data)
        if raw["schema"] != SCHEMA:
            raise ValueError("another document")
        certificates = [_certificate(each) for each in raw["certificates"]]
        complete = raw["complete"] is True
        asked = tuple(_text(each) for each in raw.get("asked", ()))
        unread = tuple(_text(each["name"]) for each in raw.get("unread", ()) if each["gap"] in _CLOSED)
        return Earlier(_moment(raw["moment"]), complete, {one.sha256: one for one in certificates}, asked, unread)
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError, InvalidValueError) as error:
        raise InputError("portfolio.error.not_earlier", name=name) from error


def _certificate(raw: Mapping[str, Any]) -> EarlierCertificate:
    verdict = raw["verdict"]
    return EarlierCertificate(
        sha256=_text(raw["sha256"]),
        name=_text(raw["name"]),
        subject=_text(raw["subject"]),
        not_after=_moment(raw["not_after"]),
        verdict=None if verdict is None else Verdict(verdict),
        spki_sha256=_text(raw["spki_sha256"]),
        places=tuple(_text(place["name"]) for place in raw["places"]),
    )


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError("no text")
    return raw[:_MOST_OF_NAME]


def _moment(raw: object) -> datetime:
    moment = datetime.fromisoformat(_text(raw))
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return aware(moment)  # here, where one that is out of reach in UTC is refused with the rest
