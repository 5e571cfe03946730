"""The memory of a test PKI on disk: one SQLite database.

Write-ahead log, ``synchronous = FULL``, every change in one ``BEGIN IMMEDIATE`` transaction: a killed process loses
what it had not committed and nothing else, and several processes take turns. A serial number is committed as
``reserved`` before anything is signed with it, so that no serial number is ever used twice, whatever happens in
between; a reservation whose process died stays in the list as ``lost``. A CRL number is taken in the transaction that
stores the CRL.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pkitools.errors import InvalidValueError, StateError
from pkitools.files import is_file
from pkitools.frozen import dataclass
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.ledger import CrlBuilder, CrlState, Status, random_serial_number

SCHEMA_VERSION: Final = 1
_APPLICATION_ID: Final = 0x504B494F  # "PKIO", so that file(1) and we ourselves can tell whose database it is
_BUSY_SECONDS: Final = 30

_SCHEMA: Final = """
CREATE TABLE pki (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE authority (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    issuer TEXT REFERENCES authority (name),
    certificate INTEGER REFERENCES certificate (id)
) STRICT, WITHOUT ROWID;

-- serial_number: decimal text, because it has 160 bits. moments: seconds since 1970.
CREATE TABLE certificate (
    id INTEGER PRIMARY KEY,
    authority TEXT NOT NULL REFERENCES authority (name),
    serial_number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued', 'lost')),
    reserved_at INTEGER NOT NULL,
    profile TEXT,
    der BLOB,
    UNIQUE (serial_number, authority),
    CHECK ((state = 'issued') = (der IS NOT NULL AND profile IS NOT NULL))
) STRICT;

CREATE TABLE revocation (
    id INTEGER PRIMARY KEY,
    certificate INTEGER NOT NULL UNIQUE REFERENCES certificate (id),
    moment INTEGER NOT NULL,
    reason TEXT
) STRICT;

-- last_revocation: highest revocation.id at the time; what a delta CRL starts after
CREATE TABLE crl (
    authority TEXT NOT NULL REFERENCES authority (name),
    number INTEGER NOT NULL CHECK (number > 0),
    kind TEXT NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER,
    last_revocation INTEGER NOT NULL,
    der BLOB,
    PRIMARY KEY (authority, number)
) STRICT, WITHOUT ROWID;
"""


def crl_start_setting(authority: str) -> str:
    """Return the name of the setting that holds the first CRL number of an authority that began elsewhere."""
    return f"crl_start.{authority}"


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """One authority: its issuer's name (``None`` for a root) and its own certificate."""

    name: str
    issuer: str | None
    serial_number: int
    der: bytes


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """One certificate in the list. ``state``: ``issued``, ``revoked``, ``lost`` (its process died before it signed)."""

    authority: str
    serial_number: int
    state: str
    profile: str | None
    der: bytes | None
    revocation: RevokedEntry | None


@dataclass(frozen=True, slots=True)
class CrlRow:
    """One published CRL; only the newest of its kind still has its content."""

    authority: str
    number: int
    kind: str
    this_update: datetime
    der: bytes | None


class Store:
    """A ledger (:class:`pkitools_test_pki.ledger.Ledger`) in a database file. Use as a context manager.

    Args:
        path: the file.
        create: make it.
        shared: several threads use it; they must take turns.

    Raises:
        StateError: the database cannot be opened, is not ours, or fails while used.
    """

    def __init__(self, path: str | os.PathLike[str], *, create: bool = False, shared: bool = False) -> None:
        self._path = Path(path)
        with self._failures():
            if not create and not is_file(self._path):
                raise StateError("test_pki.error.no_database", path=str(path))
            self._db = sqlite3.connect(
                self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=not shared
            )
            try:
                self._prepare(create)
                self._identity = _identity(self._path)
            except BaseException:
                self._db.close()
                raise

    def _prepare(self, create: bool) -> None:
        if create:
            self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            self._db.execute("PRAGMA journal_mode = WAL")
        # a database that is being made is thrown away by any failure: finish() brings it to the disk in one go
        self._db.execute(f"PRAGMA synchronous = {'OFF' if create else 'FULL'}")
        self._db.execute("PRAGMA foreign_keys = ON")
        if create:
            self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        application, version = (
            self._db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("application_id", "user_version")
        )
        if application != _APPLICATION_ID:
            raise StateError("test_pki.error.not_our_database", path=str(self._path))
        if version != SCHEMA_VERSION:
            raise StateError("test_pki.error.database_version", path=str(self._path), version=version)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        with self._failures():
            self._db.close()

    def require_in_place(self) -> None:
        """Raise StateError when the file was removed or replaced: what is open is then nobody's any more."""
        if self._identity is None or _identity(self._path) != self._identity:
            raise StateError("test_pki.error.database_gone", path=str(self._path))

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StateError("test_pki.error.database", path=str(self._path), detail=str(error)) from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._failures():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    # -- the PKI itself ----------------------------------------------------------------------------------------------

    def add_authority(self, name: str, issuer: str | None) -> None:
        """Record an authority, after its issuer."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO authority (name, position, issuer) "
                "SELECT ?, coalesce(max(position), 0) + 1, ? FROM authority",
                (name, issuer),
            )

    def finish_authority(self, name: str, serial_number: int) -> None:
        """Record which certificate is the authority's own; a root is its own issuer."""
        with self._transaction() as db:
            db.execute(
                "UPDATE authority SET certificate = (SELECT id FROM certificate WHERE serial_number = ? "
                "AND authority = coalesce(authority.issuer, authority.name)) WHERE name = ?",
                (str(serial_number), name),
            )

    def authorities(self) -> tuple[AuthorityRow, ...]:
        """Return the authorities, each after its issuer."""
        with self._failures():
            rows = self._db.execute(
                "SELECT a.name, a.issuer, c.serial_number, c.der FROM authority a JOIN certificate c "
                "ON c.id = a.certificate ORDER BY a.position"
            )
            return tuple(AuthorityRow(name, issuer, _number(serial), der) for name, issuer, serial, der in rows)

    def write_setting(self, name: str, value: str) -> None:
        """Record something about the whole PKI."""
        with self._transaction() as db:
            db.execute("INSERT INTO pki VALUES (?, ?)", (name, value))

    def settings(self) -> dict[str, str]:
        """Return what is recorded about the whole PKI."""
        with self._failures():
            return dict(self._db.execute("SELECT name, value FROM pki").fetchall())

    # -- the ledger --------------------------------------------------------------------------------------------------

    def reserve(self, authority: str, moment: datetime, wanted: int | None = None) -> int:
        """See :class:`~pkitools_test_pki.ledger.Ledger`.

        Raises:
            InvalidValueError: ``wanted`` is taken.
        """
        insert = "INSERT INTO certificate (authority, serial_number, state, reserved_at) VALUES (?, ?, 'reserved', ?)"
        number = random_serial_number() if wanted is None else wanted
        try:
            with self._transaction() as db:
                db.execute(insert, (authority, str(number), _seconds(moment)))
        except StateError as error:
            if wanted is not None and isinstance(error.__cause__, sqlite3.IntegrityError):
                raise InvalidValueError("test_pki.error.serial_taken", serial_number=f"{wanted:x}") from error
            raise
        return number

    def record(self, authority: str, certificate: IssuedCertificate) -> None:
        """See :class:`~pkitools_test_pki.ledger.Ledger`."""
        with self._transaction() as db:
            changed = db.execute(
                "UPDATE certificate SET state = 'issued', profile = ?, der = ? "
                "WHERE authority = ? AND serial_number = ? AND state = 'reserved'",
                (certificate.profile, certificate.der, authority, str(certificate.serial_number)),
            )
            if changed.rowcount != 1:
                raise StateError("test_pki.error.not_reserved", serial_number=f"{certificate.serial_number:x}")

    def forget_reservations(self) -> int:
        """Mark every open reservation as lost; return how many. Only for who knows that nobody is issuing."""
        with self._transaction() as db:
            return db.execute("UPDATE certificate SET state = 'lost' WHERE state = 'reserved'").rowcount

    def revoke(self, authority: str, revocation: RevokedEntry) -> None:
        """See :class:`~pkitools_test_pki.ledger.Ledger`."""
        shown = f"{revocation.serial_number:x}"
        with self._transaction() as db:
            found = db.execute(
                "SELECT c.id, r.id FROM certificate c LEFT JOIN revocation r ON r.certificate = c.id "
                "WHERE c.authority = ? AND c.serial_number = ? AND c.state = 'issued'",
                (authority, str(revocation.serial_number)),
            ).fetchone()
            if found is None:
                raise InvalidValueError("test_pki.error.serial_unknown", serial_number=shown)
            if found[1] is not None:
                raise InvalidValueError("test_pki.error.already_revoked", serial_number=shown)
            db.execute(
                "INSERT INTO revocation (certificate, moment, reason) VALUES (?, ?, ?)",
                (found[0], _seconds(revocation.moment), revocation.reason),
            )

    def revocations(self, authority: str) -> Sequence[RevokedEntry]:
        """See :class:`~pkitools_test_pki.ledger.Ledger`."""
        with self._failures():
            return [revocation for _, revocation in self._revocations(authority)]

    def _revocations(self, authority: str) -> list[tuple[int, RevokedEntry]]:
        rows = self._db.execute(
            "SELECT r.id, c.serial_number, r.moment, r.reason FROM revocation r JOIN certificate c "
            "ON c.id = r.certificate WHERE c.authority = ? ORDER BY r.id",
            (authority,),
        )
        return [(key, RevokedEntry(_number(serial), _moment(moment), reason)) for key, serial, moment, reason in rows]

    def status(self, authority: str, serial_number: int) -> tuple[Status, RevokedEntry | None]:
        """See :class:`~pkitools_test_pki.ledger.Ledger`."""
        with self._failures():
            found = self._db.execute(
                "SELECT c.state, r.moment, r.reason FROM certificate c LEFT JOIN revocation r ON r.certificate = c.id "
                "WHERE c.authority = ? AND c.serial_number = ?",
                (authority, str(serial_number)),
            ).fetchone()
        if found is None or (found[0] != "issued" and found[1] is None):
            return "unknown", None
        if found[1] is None:
            return "good", None
        return "revoked", RevokedEntry(serial_number, _moment(found[1]), found[2])

    def serial_numbers(self, authority: str) -> Sequence[int]:
        """See :class:`~pkitools_test_pki.ledger.Ledger`."""
        with self._failures():
            rows = self._db.execute(
                "SELECT serial_number FROM certificate WHERE authority = ? AND state = 'issued' ORDER BY id",
                (authority,),
            )
            return [_number(serial) for (serial,) in rows]

    def publish(self, authority: str, kind: str, build: CrlBuilder) -> bytes:
        """See :class:`~pkitools_test_pki.ledger.Ledger`. thisUpdate never goes back, also when the clock does."""
        with self._transaction() as db:
            built = build(self._crl_state(authority, kind))
            db.execute(
                "UPDATE crl SET der = NULL WHERE authority = ? AND kind = ? AND der IS NOT NULL", (authority, kind)
            )
            db.execute(
                "INSERT INTO crl SELECT ?, coalesce((SELECT max(number) FROM crl WHERE authority = ?), 0) + 1, ?, ?, ?,"
                " coalesce((SELECT max(id) FROM revocation), 0), ?",
                (
                    authority,
                    authority,
                    kind,
                    _seconds(built.this_update),
                    _seconds(built.next_update) if built.next_update else None,
                    built.der,
                ),
            )
        return built.der

    def _crl_state(self, authority: str, kind: str) -> CrlState:
        newest, number = self._db.execute(
            "SELECT max(this_update) FILTER (WHERE kind = ?), coalesce(max(number), 0) + 1 "
            "FROM crl WHERE authority = ?",
            (kind, authority),
        ).fetchone()
        base = self._db.execute(
            "SELECT number, last_revocation FROM crl WHERE authority = ? AND kind = 'full' "
            "ORDER BY number DESC LIMIT 1",
            (authority,),
        ).fetchone()
        listed = self._revocations(authority)
        return CrlState(
            number=number,
            revocations=[revocation for _, revocation in listed],
            base_number=base[0] if base else None,
            base_count=sum(key <= base[1] for key, _ in listed) if base else 0,
            earliest=None if newest is None else _moment(newest),
        )

    # -- for the list, the server and the proof ----------------------------------------------------------------------

    def certificates(self) -> Iterator[IssuedRow]:
        """Return every certificate ever begun, in the order of their reservation."""
        with self._failures():
            rows = self._db.execute(
                "SELECT c.authority, c.serial_number, c.state, c.profile, c.der, r.moment, r.reason, r.id "
                "FROM certificate c LEFT JOIN revocation r ON r.certificate = c.id ORDER BY c.id"
            )
            found = [_row(row) for row in rows]
        yield from found

    def authority_of(self, serial_number: int) -> str | None:
        """Return which authority issued the certificate with this serial number, ``None`` when there is none."""
        with self._failures():
            found = self._db.execute(
                "SELECT authority FROM certificate WHERE serial_number = ? AND state = 'issued'", (str(serial_number),)
            ).fetchone()
        return None if found is None else str(found[0])

    def crls(self) -> tuple[CrlRow, ...]:
        """Return every CRL ever published, by authority and number."""
        with self._failures():
            rows = self._db.execute("SELECT authority, number, kind, this_update, der FROM crl")
            return tuple(CrlRow(who, number, kind, _moment(start), der) for who, number, kind, start, der in rows)

    def crl(self, authority: str, kind: str = "full") -> bytes | None:
        """Return the newest CRL of this kind, ``None`` when there is none."""
        with self._failures():
            found = self._db.execute(
                "SELECT der FROM crl WHERE authority = ? AND kind = ? ORDER BY number DESC LIMIT 1", (authority, kind)
            ).fetchone()
        return None if found is None else bytes(found[0])

    def version(self) -> int:
        """Return a number that changes whenever another process (or another store) changed the database."""
        with self._failures():
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def damage(self) -> tuple[str, ...]:
        """Return what SQLite's own checks find wrong; nothing, normally."""
        found: list[str] = []
        for check in ("integrity_check", "foreign_key_check"):
            try:
                found += [f"{check}: {row}" for row in self._db.execute(f"PRAGMA {check}") if row != ("ok",)]
            except sqlite3.Error as error:  # a table that is not as we made it
                found.append(f"{check}: {error}")
        return tuple(found)

    def finish(self) -> None:
        """Bring a new database to the disk, all of it in its one file, ready to be moved with its folder."""
        with self._failures():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()
        for path in (self._path, self._path.parent):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise sqlite3.DataError(f"{seconds} is no moment") from None


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise sqlite3.DataError(f"{text!r} is no serial number") from None


def _row(row: tuple[Any, ...]) -> IssuedRow:
    authority, serial, state, profile, der, moment, reason, revoked = row
    revocation = None if revoked is None else RevokedEntry(_number(serial), _moment(moment), reason)
    return IssuedRow(authority, _number(serial), "revoked" if revocation else state, profile, der, revocation)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name; ``None`` when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
