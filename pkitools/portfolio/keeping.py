"""Records of what was found, in a file that nobody else sees: a scan takes no more memory for a million of them.

The file is one of SQLite's own for a while: it has no name, nothing is written before it outgrows some megabytes, and
the system takes it away when the process ends, however it ends. A certificate that is found again is one record still:
what that costs does not grow with how often it was found.
"""

from __future__ import annotations

import pickle
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, groupby
from operator import attrgetter, itemgetter
from typing import Any, Final, Generic, TypeVar, overload
from weakref import finalize

from pkitools.checking.beside import of_other_side
from pkitools.checking.private_keys import NAMED
from pkitools.errors import FileError
from pkitools.findings import Evidence, Outcome, Severity, Violated, outcome
from pkitools.frozen import replace
from pkitools.limits import MAX_SUCCESSIONS
from pkitools.messages import NOTHING
from pkitools.portfolio.beside import misnamed
from pkitools.portfolio.claims import Stated
from pkitools.portfolio.judgements import VERDICTS, Judgement
from pkitools.portfolio.model import HeldCertificate, Place, Standing, Successor
from pkitools.portfolio.outside import with_others
from pkitools.portfolio.succeeding import is_in_use, line_of, ordered, successions, to_change
from pkitools.portfolio.where import Beside, beside, folder_of, in_order_to_name
from pkitools.text import joined

T_co = TypeVar("T_co", covariant=True)

KEYS: Final = "keys"
REQUESTS: Final = "requests"
"""Kinds of records."""
# of a certificate that was found once its judgement and its place stand in its own row, as of most they do
_TABLES: Final = """
CREATE TABLE certificate (number INTEGER PRIMARY KEY, sha256 TEXT UNIQUE NOT NULL, rank INTEGER NOT NULL,
    turn INTEGER NOT NULL, name BLOB NOT NULL, is_authority INTEGER NOT NULL, body BLOB NOT NULL, line BLOB);
CREATE INDEX in_order ON certificate (rank, turn, name, sha256);
CREATE TABLE succession (certificate INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE misnamed (certificate INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE judgement (certificate INTEGER, use BLOB, number INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (certificate, use)) WITHOUT ROWID;
CREATE TABLE place (certificate INTEGER, spot BLOB, number INTEGER NOT NULL, body BLOB NOT NULL,
    turn INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (certificate, spot)) WITHOUT ROWID;
CREATE TABLE other (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, spot BLOB NOT NULL, body BLOB NOT NULL,
    UNIQUE (kind, spot));
"""
_SETTINGS: Final = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8000")  # kilobytes
_RANKS: Final = {standing: number for number, standing in enumerate(Standing)}
_OWN: Final = tuple(
    name for name in vars(HeldCertificate)["__slots__"] if name not in {"judgements", "places", "successor", "partial"}
)
_OF_SPKI: Final = _OWN.index("spki_sha256")
_OF_JUDGEMENT: Final = tuple(name for name in vars(Judgement)["__slots__"] if name not in {"told", "beside"})
_NOTHING_STATED: Final[Mapping[str, Stated]] = {}
_OF_PLACE: Final = tuple(vars(Place)["__slots__"])
_own_of, _rest_of, _place_of = attrgetter(*_OWN), attrgetter(*_OF_JUDGEMENT), attrgetter(*_OF_PLACE)
_OF_SUCCESSOR: Final = tuple(vars(Successor)["__slots__"])
_TO_CHANGE: Final = timedelta(days=30)  # from which expiry calls an end urgent too, unless told otherwise
_NO_END: Final = datetime.max.replace(tzinfo=UTC)
_UNIT: Final = timedelta(seconds=1)  # dates of a certificate have no parts of one
_MOST_SHARED: Final = 2_000
"""Values of a kind that are looked out for: what only one certificate is told is not worth it."""


class Kept:
    """The records of one scan.

    Args:
        moment: as of which they are ordered, aware UTC.
    """

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._told = _Told()
        self._has_successions = self._has_misnamed = False
        self._idle: frozenset[str] = frozenset()
        self._certificates, self._numbers = count(1), count()
        self._renewed: set[tuple[int, bytes]] = set()
        with _NO_ROOM:
            # what was found may be read, and let go, in another thread than the one that scanned
            self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            finalize(self, self._file.close)
            for setting in _SETTINGS:
                self._file.execute(f"PRAGMA {setting}")
            self._file.executescript(_TABLES)
            self._file.execute("BEGIN")

    def rows(self, statement: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield what a statement gives.

        Raises:
            FileError: there is no room for it.
        """
        with _NO_ROOM:
            yield from self._file.execute(statement, values)

    def _run(self, statement: str, *values: object) -> None:
        with _NO_ROOM:
            self._file.execute(statement, values)

    def _first(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        with _NO_ROOM:
            found: tuple[Any, ...] | None = self._file.execute(statement, values).fetchone()
            return found

    # -- certificates --------------------------------------------------------------------------------------------------

    def add(self, found: HeldCertificate, *, is_better: bool = False) -> None:
        """Add a certificate as it was found once more.

        Args:
            found: it, with what was judged and where it lies this time.
            is_better: more was known this time: its judgements take the place of those from before.

        Raises:
            FileError: there is no room for it.
        """
        known = self._first("SELECT number FROM certificate WHERE sha256 = ?", found.sha256)
        if known is None and len(found.judgements) <= 1 and len(found.places) == 1:
            told = tuple(map(self._told.parts, found.judgements))
            self._add_row(next(self._certificates), found, told, _place_of(found.places[0]))
            return  # as of most
        if known is None:
            number = next(self._certificates)
        else:
            number = int(known[0])
            self._set_apart(number)
        # of one that is new there is nothing yet to be compared with
        is_first = known is None and len(found.judgements) <= 1
        changed = [self._judge(number, one, is_better=is_better, is_first=is_first) for one in found.judgements]
        is_first = known is None and len(found.places) <= 1
        for place in found.places:
            self._place(number, place, is_first=is_first)
        if known is None:
            # last: whoever stops a scan in between, has the whole of a certificate or nothing of it
            self._add_row(number, found)
        elif any(changed):
            self._order(number)

    def _add_row(
        self, number: int, found: HeldCertificate, told: object = None, place: tuple[object, ...] | None = None
    ) -> None:
        """Add a certificate; with the judgement and the place of one that has no more than these, in one row."""
        body, line = pickle.dumps((_own_of(found), told, place)), line_of(found)
        row = number, found.sha256, *self._turn(found), _octets(found.name), not found.judgements, body, line
        statement = """INSERT INTO certificate (number, sha256, rank, turn, name, is_authority, body, line)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
        self._run(statement, *row)

    def _set_apart(self, number: int) -> None:
        """Give a judgement and a place rows of their own: others come to them."""
        (body,) = self._first("SELECT body FROM certificate WHERE number = ?", number) or (b"",)
        own, told, place = pickle.loads(body)  # noqa: S301  made in this process
        if place is None:
            return
        for each in told:
            self._judge(number, self._told.judgement(each), is_better=False, is_first=True)
        self._place(number, _loaded(place), is_first=True)
        # last: whoever stops a scan in between has the whole of it
        body = pickle.dumps((own, None, None))
        self._run("UPDATE certificate SET body = ? WHERE number = ?", body, number)

    def _judge(self, number: int, judgement: Judgement, *, is_better: bool, is_first: bool) -> bool:
        """Keep a judgement, unless one for the same use is kept that knew as much; return whether anything changed.

        What any file that it lies in says of it is kept of all of them, in whatever order they come.
        """
        use = _octets(repr((judgement.entity_id, judgement.host, judgement.connection)))
        query = "SELECT body FROM judgement WHERE certificate = ? AND use = ?"
        known = None if is_first else self._first(query, number, use)
        if known is not None:
            before = self._told.judgement(pickle.loads(known[0]))  # noqa: S301  made in this process
            is_first_anew = is_better and (number, use) not in self._renewed
            judgement = _together(before, judgement, is_better=is_first_anew)
            if is_better:
                self._renewed.add((number, use))
            if judgement is before:
                return False
        statement = """INSERT INTO judgement (certificate, use, number, body) VALUES (?, ?, ?, ?)
            ON CONFLICT (certificate, use) DO UPDATE SET body = excluded.body"""
        self._run(statement, number, use, next(self._numbers), pickle.dumps(self._told.parts(judgement)))
        return True

    def _place(self, number: int, place: Place, *, is_first: bool) -> None:
        spot = _spot(place)
        known = (
            None if is_first else self._first("SELECT body FROM place WHERE certificate = ? AND spot = ?", number, spot)
        )
        if known is None:
            statement = "INSERT INTO place (certificate, spot, number, body) VALUES (?, ?, ?, ?)"
            self._run(statement, number, spot, next(self._numbers), pickle.dumps(_place_of(place)))
            return
        first = _loaded(pickle.loads(known[0]))  # noqa: S301  made in this process
        named_by = union(first.named_by, place.named_by)
        whole = replace(first, named_by=named_by, is_sent=first.is_sent or place.is_sent)
        if whole != first:
            body = pickle.dumps(_place_of(whole))
            self._run("UPDATE place SET body = ? WHERE certificate = ? AND spot = ?", body, number, spot)

    def _order(self, number: int) -> None:
        """Put a certificate in its place again: another judgement may have another standing."""
        (body,) = self._first("SELECT body FROM certificate WHERE number = ?", number) or (b"",)
        whole = self._whole(number, body)
        rank, turn = self._turn(whole)
        self._run("UPDATE certificate SET rank = ?, turn = ?, is_authority = 0 WHERE number = ?", rank, turn, number)

    def _turn(self, found: HeldCertificate) -> tuple[int, int]:
        """Return where a certificate comes: by its standing, then what ends first, or of what has ended the last."""
        end = found.not_after if (standing := found.standing(self._moment)) is Standing.EXPIRED else found.ends
        left = end - self._moment
        return _RANKS[standing], (-left if standing is Standing.EXPIRED else left) // _UNIT

    def _whole(self, number: int, body: bytes) -> HeldCertificate:
        own, parts, place = pickle.loads(body)  # noqa: S301  made in this process
        lie = [place]
        if place is None:
            of_judgements = "SELECT body FROM judgement WHERE certificate = ? ORDER BY number"
            of_places = "SELECT body FROM place WHERE certificate = ? ORDER BY turn, number"
            parts = self._bodies(of_judgements, number)
            lie = self._bodies(of_places, number)
        places = tuple([self._with_idle(_loaded(each)) for each in lie])
        values = dict(zip(_OWN, own, strict=True))
        said = self._said_by_names(number)
        told = tuple([self._told.judgement(each).with_beside(said) for each in parts])
        successor = self._successor(number)
        whole = HeldCertificate(**{**values, "is_authority": not told, "judgements": told, "places": places})
        if successor is None:
            return whole
        if successor.is_partial:
            return replace(whole, partial=successor)
        whole = replace(whole, successor=successor)
        return replace(whole, judgements=tuple(map(self._renewed_by(whole, successor), told)))

    def _bodies(self, statement: str, number: int) -> list[Any]:
        return [pickle.loads(body) for (body,) in self.rows(statement, number)]  # noqa: S301  made in this process

    def _with_idle(self, place: Place) -> Place:
        """Return a place with which of the lines that name it put nothing into use."""
        idle = tuple(each for each in place.named_by if each in self._idle) if self._idle else ()
        return replace(place, idle_by=idle) if idle else place

    def _renewed_by(self, one: HeldCertificate, successor: Successor) -> Callable[[Judgement], Judgement]:
        """Return what becomes of the advice to order the next, which is there.

        What a server still sends, or what is named shortly before it ends, is not done with by the next in a file that
        nothing names; nor is what has its key there by the next without its own.
        """
        is_sent = any(place.is_of_peer for place in one.places)
        may_be_used = is_in_use(one) or successor.lacks_key
        is_late = may_be_used and not successor.is_named and one.days_left(self._moment) < _TO_CHANGE.days
        return to_change if is_sent or is_late else ordered

    def _successor(self, number: int) -> Successor | None:
        if not self._has_successions:
            return None
        found = self._first("SELECT body FROM succession WHERE certificate = ?", number)
        return None if found is None else Successor(*pickle.loads(found[0]))  # noqa: S301  made in this process

    def _said_by_names(self, number: int) -> tuple[Outcome, ...]:
        """Return what there is to say of a certificate by the names of other files."""
        if not self._has_misnamed:
            return ()
        found = self._first("SELECT body FROM misnamed WHERE certificate = ?", number)
        told: tuple[Outcome, ...] = () if found is None else pickle.loads(found[0])  # noqa: S301  made in this process
        return told

    def settle(
        self,
        idle: Collection[str] = (),
        stated: Mapping[str, Stated] = _NOTHING_STATED,
        outside: Kept | None = None,
    ) -> None:
        """Look which certificates are followed by another, and which have another's key, of all that were added.

        Args:
            idle: lines of configurations that put nothing into use, as ``FILE:LINE``.
            stated: as of :func:`~pkitools.portfolio.succeeding.successions`.
            outside: what was not asked for, and may be the next of what was; settled itself.

        Raises:
            FileError: there is no room for it.
        """
        self._idle = frozenset(idle)
        self._compare_names()
        self._order_places()
        self._has_successions = False
        self._run("DELETE FROM succession")
        found = [
            (number, next_one)
            for members in self._lines(stated, outside)
            for old, next_one in members
            if (number := self._number(old))  # what lies outside is not told of
        ]
        for number, successor in found:
            body = pickle.dumps(tuple(getattr(successor, name) for name in _OF_SUCCESSOR))
            self._run("INSERT INTO succession (certificate, body) VALUES (?, ?)", number, body)
        self._has_successions = bool(found)

    def _order_places(self) -> None:
        """Put of each certificate at several places the one first by which it is named, by the keys that were found."""
        several = [
            int(number)
            for (number,) in self.rows("SELECT certificate FROM place GROUP BY certificate HAVING count(*) > 1")
        ]
        keys: dict[str, set[Beside]] = {}
        for key in self.others(KEYS) if several else ():
            if key.spki_sha256 is not None:
                keys.setdefault(key.spki_sha256, set()).add(beside(key.place.name))
        for number in several:
            (body,) = self._first("SELECT body FROM certificate WHERE number = ?", number) or (b"",)
            spki = pickle.loads(body)[0][_OF_SPKI]  # noqa: S301  made in this process
            places = [
                _loaded(each)
                for each in self._bodies("SELECT body FROM place WHERE certificate = ? ORDER BY number", number)
            ]
            for turn, place in enumerate(in_order_to_name(places, keys.get(spki, ()))):
                self._run("UPDATE place SET turn = ? WHERE certificate = ? AND spot = ?", turn, number, _spot(place))

    def _compare_names(self) -> None:
        """Hold the keys to the certificates that they belong to by the names of their files."""
        before = [int(number) for (number,) in self.rows("SELECT certificate FROM misnamed")]
        self._run("DELETE FROM misnamed")
        by_place: dict[tuple[str, int | None], list[Outcome]] = {}
        for one in misnamed(self.certificates(), self.others(KEYS), self.others(REQUESTS)):
            key, places, own = one.key, one.places, one.own
            params = {"position": str(key.place.position), "key": key.key, "name": NOTHING, "file": key.place.name}
            beside = joined(list(dict.fromkeys(name for name, _ in places)))
            likely = {} if own is None else of_other_side(own)
            severity = None if own is None and not one.is_ordered else Severity.WARNING
            told = outcome(NAMED, Violated((), {**params, "beside": beside, **likely}, severity=severity))
            for place in places:
                by_place.setdefault(place, []).append(told)
        self._has_misnamed = bool(by_place)
        for number in [*self._keep_misnamed(by_place)] if by_place else []:
            self._order(number)
        for number in before:
            self._order(number)

    def _keep_misnamed(self, by_place: Mapping[tuple[str, int | None], Sequence[Outcome]]) -> Iterator[int]:
        for number, body in self.rows("SELECT number, body FROM certificate WHERE is_authority = 0"):
            places = self._whole(number, body).places
            spots = dict.fromkeys(spot for one in places for spot in ((one.name, None), (one.name, one.position)))
            told = [
                replace(one, evidence=(Evidence("file", spot[0]),)) for spot in spots for one in by_place.get(spot, ())
            ]
            if told:
                self._run("INSERT INTO misnamed (certificate, body) VALUES (?, ?)", number, pickle.dumps(tuple(told)))
                yield number

    def _lines(
        self, stated: Mapping[str, Stated], outside: Kept | None
    ) -> Iterator[Iterator[tuple[HeldCertificate, Successor]]]:
        """Yield what follows what in each line of several. Of very many of one name nobody can tell."""
        keys, closed = self._keys()
        if outside is not None:
            keys, closed = (one | other for one, other in zip((keys, closed), outside._keys(), strict=True))
        several = """SELECT line, number, body FROM certificate WHERE line IN (SELECT line FROM certificate
            WHERE line IS NOT NULL GROUP BY line HAVING count(*) BETWEEN ? AND ?) ORDER BY line, number"""
        fewest = 2 if outside is None else 1
        for line, rows in groupby(self.rows(several, fewest, MAX_SUCCESSIONS), key=itemgetter(0)):
            members = [self._whole(number, body) for _, number, body in rows]
            if outside is not None:
                members = with_others(members, outside.of_line(line))
            if 1 < len(members) <= MAX_SUCCESSIONS:
                yield successions(members, self._moment, keys, stated, closed)

    def of_line(self, line: bytes) -> list[HeldCertificate]:
        """Return the certificates of one line (:func:`~pkitools.portfolio.succeeding.line_of`), in the order found."""
        self._run("CREATE INDEX IF NOT EXISTS by_line ON certificate (line)")
        found = self.rows("SELECT number, body FROM certificate WHERE line = ? ORDER BY number", line)
        return [self._whole(number, body) for number, body in found]

    def _keys(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return SHA-256 of the public halves of the private keys that were found, and the folders of closed ones."""
        opened = frozenset(each.spki_sha256 for each in self.others(KEYS) if each.spki_sha256 is not None)
        return opened, frozenset(folder_of(each.place.name) for each in self.others(KEYS) if each.spki_sha256 is None)

    def _number(self, one: HeldCertificate) -> int:
        (number,) = self._first("SELECT number FROM certificate WHERE sha256 = ?", one.sha256) or (0,)
        return int(number)

    def certificates(self, *, is_authority: bool | None = None) -> Certificates:
        """Return them, the worst standing first; only those of authorities or only the others, where that is said."""
        return Certificates(self, is_authority)

    # -- what else there is --------------------------------------------------------------------------------------------

    def put(self, kind: str, spot: object, record: object) -> None:
        """Keep a record in its place; one that was there goes.

        Args:
            kind: what kind of record.
            spot: its place, which no other of its kind has.
            record: what pickles.

        Raises:
            FileError: there is no room for it.
        """
        statement = """INSERT INTO other (kind, spot, body) VALUES (?, ?, ?)
            ON CONFLICT (kind, spot) DO UPDATE SET body = excluded.body"""
        self._run(statement, kind, _octets(repr(spot)), pickle.dumps(record))

    def at(self, kind: str, spot: object) -> Any:
        """Return the record in a place; ``None`` where none is."""
        found = self._first("SELECT body FROM other WHERE kind = ? AND spot = ?", kind, _octets(repr(spot)))
        return None if found is None else pickle.loads(found[0])  # noqa: S301  made in this process

    def others(self, kind: str) -> Others[Any]:
        """Return the records of a kind, in the order in which their places were first taken."""
        return Others(self, kind)


class _Stored(Sequence[T_co], Generic[T_co], ABC):
    """Records that are read when they are asked for, one by one: equal to a tuple of them, and pickled as one.

    What is added to the file later is seen in it.
    """

    __slots__ = ("_count", "_every", "_kept")

    def __init__(self, kept: Kept, what: str, where: str, order: str) -> None:
        self._kept = kept
        # of names in this module alone
        self._count = f"SELECT count(*) FROM {where}"  # noqa: S608  as said
        self._every = f"SELECT {what} FROM {where} ORDER BY {order}"  # noqa: S608  as said

    @abstractmethod
    def _load(self, row: tuple[Any, ...]) -> T_co:
        """Return the record that a row holds."""

    def __len__(self) -> int:
        (count,) = next(self._kept.rows(self._count))
        return int(count)

    def __iter__(self) -> Iterator[T_co]:
        return (self._load(row) for row in self._kept.rows(self._every))

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...
    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        numbers = range(len(self))[index]
        query = f"{self._every} LIMIT ? OFFSET ?"
        if isinstance(numbers, int):
            return self._load(next(self._kept.rows(query, 1, numbers)))
        if not numbers:
            return ()
        # all that lies between the first and the last, at once: to skip to a record takes as long as to read it
        first, last = sorted((numbers[0], numbers[-1]))
        between = [self._load(row) for row in self._kept.rows(query, last - first + 1, first)]
        return tuple(between[number - first] for number in numbers)

    def __reversed__(self) -> Iterator[T_co]:
        return reversed(tuple(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (tuple, _Stored)):
            return NotImplemented
        return len(self) == len(other) and all(one == each for one, each in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)}>"

    def __reduce__(self) -> tuple[object, ...]:
        return tuple, (tuple(self),)


class Certificates(_Stored[HeldCertificate]):
    """The certificates, the worst standing first. Each time one is asked for it is another object of equal content."""

    __slots__ = ()

    def __init__(self, kept: Kept, is_authority: bool | None) -> None:
        chosen = "" if is_authority is None else f" WHERE is_authority = {int(is_authority)}"
        super().__init__(kept, "number, body", f"certificate{chosen}", "rank, turn, name, sha256")

    def _load(self, row: tuple[Any, ...]) -> HeldCertificate:
        return self._kept._whole(*row)

    def only(self, *, is_authority: bool) -> Certificates:
        """Return those of authorities alone, or the others."""
        return self._kept.certificates(is_authority=is_authority)


class Others(_Stored[T_co]):
    """What else was found, in the order found."""

    __slots__ = ()

    def __init__(self, kept: Kept, kind: str) -> None:
        assert kind.isalpha()
        super().__init__(kept, "body", f"other WHERE kind = '{kind}'", "number")

    def _load(self, row: tuple[Any, ...]) -> T_co:
        found: T_co = pickle.loads(row[0])  # noqa: S301  made in this process
        return found


class _Told:
    """Judgements as they are kept: what many certificates are told alike is kept once, and is a number in them."""

    def __init__(self) -> None:
        self._outcomes = _Shared()
        self._others = _Shared()

    def parts(self, judgement: Judgement) -> tuple[object, ...]:
        """Return what is kept of a judgement."""
        first = len(judgement.told) - len(judgement.beside)  # what files say is the last of what is told
        told = tuple(map(self._of_outcome, judgement.told[:first]))
        # by the name of its file it is like no other
        beside = tuple((self._of_outcome(replace(one, evidence=())), one.evidence) for one in judgement.beside)
        rest = _rest_of(judgement)
        return told, self._others.number(rest, rest), beside

    def judgement(self, parts: tuple[Any, ...]) -> Judgement:
        """Return the judgement of which this was kept."""
        told, rest, of_files = parts
        outcomes = tuple(map(self._outcomes.value, told))
        beside = tuple(replace(self._outcomes.value(kept), evidence=evidence) for kept, evidence in of_files)
        return Judgement(
            **dict(zip(_OF_JUDGEMENT, self._others.value(rest), strict=True)),
            told=outcomes + beside,
            beside=beside,
        )

    def _of_outcome(self, outcome: Outcome) -> object:
        ref = outcome.certificate
        key = (
            outcome.rule,
            outcome.status,
            outcome.reason,
            ref and ref.sha256,
            outcome.evidence,
            tuple(outcome.params.items()),
        )
        return self._outcomes.number(key, outcome)


class _Shared:
    """Values that come again and again, as numbers; others as they are."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._values: list[Any] = []

    def number(self, key: object, value: object) -> object:
        known = self._numbers.get(key)
        if known is None and len(self._values) < _MOST_SHARED:
            known = self._numbers[key] = len(self._values)
            self._values.append(value)
        return value if known is None else known

    def value(self, kept: object) -> Any:
        return self._values[kept] if isinstance(kept, int) else kept


def _together(before: Judgement, now: Judgement, *, is_better: bool) -> Judgement:
    """Return of two judgements for one use the worse one of those with a path, with what files say of either.

    One without a path says of its file what is wrong with the chain there, or it has none and another place may. When
    it ends is as of the chain that ends first of those that were brought.
    """
    if is_better:
        return now.with_beside(before.beside)
    kept, other = (now, before) if _comes_before(now, before) else (before, now)
    if _ends_by(other) < _ends_by(kept):
        kept = replace(kept, path=other.path, way=other.way, is_brought=other.is_brought, mend=other.mend)
    return kept.with_beside(other.beside)


def _ends_by(judgement: Judgement) -> tuple[bool, datetime]:
    """Return what the end of a certificate goes by: where no place brings a chain, what others have for it."""
    return not judgement.is_brought, min((one.not_after for one in judgement.above), default=_NO_END)


def _comes_before(now: Judgement, before: Judgement) -> bool:
    if now.has_path is not before.has_path:
        return now.has_path
    return now.has_path and _weight(now) < _weight(before)


def _weight(judgement: Judgement) -> tuple[int, int]:
    return VERDICTS.index(judgement.verdict), -(judgement.worst or 0)


def union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of both, each once."""
    return tuple(dict.fromkeys((*one, *other)))


def _spot(place: Place) -> bytes:
    return _octets(repr((place.name, place.position, place.entity_id)))


def _octets(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")  # which sort as the text does


def _loaded(values: Sequence[Any]) -> Place:
    return Place(**dict(zip(_OF_PLACE, values, strict=True)))


class _NoRoom:
    """Tells of a disk that is full, or that cannot be written, as what it is."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.Error | OSError):
            raise FileError("portfolio.error.no_room", detail=str(error)) from error


_NO_ROOM: Final = _NoRoom()
