"""A portfolio beside an earlier one: what came, what went, what took the place of what, and what is judged otherwise.

The earlier one is read from its JSON document (``docs/schemas/scan-v1.json``): it may have been written by hand, or by
another version, so nothing in it is taken for more than text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

from pkitools.arguments import aware, octets, text
from pkitools.errors import InputError
from pkitools.findings import Verdict
from pkitools.frozen import dataclass
from pkitools.portfolio.model import Gap, HeldCertificate, Place, Portfolio

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
    """Return what changed between an earlier portfolio and this one."""
    now = {one.sha256: one for one in portfolio.certificates}
    new = [one for one in portfolio.certificates if one.sha256 not in earlier.certificates]
    gone = [one for sha256, one in earlier.certificates.items() if sha256 not in now]
    replaced = []
    for old in list(gone):
        found = next((one for one in new if _takes_place(one, old)), None)
        if found is not None:
            replaced.append(Replaced(old, found, found.spki_sha256 == old.spki_sha256))
            gone.remove(old)
            new.remove(found)
    kept = ((earlier.certificates[sha256], one) for sha256, one in now.items() if sha256 in earlier.certificates)
    otherwise = tuple((old, one) for old, one in kept if old.verdict is not one.verdict)
    certain = portfolio.complete and earlier.complete
    unread = {PurePath(each.name) for each in portfolio.unread if each.gap in _CLOSED}
    asked = {PurePath(each) for each in portfolio.asked}
    is_less = any(not _is_in(asked, each) for each in earlier.asked)
    unseen = tuple(old for old in gone if _may_be_in(unread, old) or (is_less and not _may_be_in(asked, old)))
    gone = [old for old in gone if old not in unseen]
    then = _Looked(earlier, portfolio.asked)
    first = tuple(one for one in new if not then.at_any_of(one))
    new = [one for one in new if one not in first]
    added = tuple(then.missed(first))
    return Changes(earlier.moment, tuple(new), tuple(gone), tuple(replaced), otherwise, certain, unseen, first, added)


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
        names = (place.name, *(each.rpartition(":")[0] for each in place.named_by))
        return any(_is_in(self._asked, each) for each in names)

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


def _takes_place(new: HeldCertificate, old: EarlierCertificate) -> bool:
    """Return whether a certificate took the place of another: of the same subject, or in the same file."""
    if new.is_authority != (old.verdict is None):
        return False
    return new.subject == old.subject or bool({place.name for place in new.places} & set(old.places))


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
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
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
    return moment
