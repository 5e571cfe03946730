"""A copy of the register of one moment, in a file of SQLite that is replaced as a whole.

The database is made in memory and written as one file, so that nobody sees half a copy; it is read into memory, so that
nothing of the file is run or written to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from pkitools.arguments import aware
from pkitools.errors import InputError, InvalidValueError
from pkitools.files import may_be_there, read_bytes, write_public
from pkitools.frozen import dataclass
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.oin_register.model import Listing, Organization, Query, Register, RegisterError, RegisterStatus
from pkitools.text import instant

_VERSION: Final = "1"
_MAGIC: Final = b"SQLite format 3\0"
_COLUMNS: Final = (
    "oin", "name", "status", "status_text", "kvk", "kind", "issued", "changed", "withdrawn", "main_oin",
)  # fmt: skip
_MOMENTS: Final = frozenset({"issued", "changed", "withdrawn"})
_SCHEMA: Final = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE organization ({", ".join(f"{column} TEXT" for column in _COLUMNS)}, PRIMARY KEY (oin));
CREATE INDEX organization_kvk ON organization (kvk);
"""
_OBJECTS: Final = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_STEPS: Final = 100_000  # of the virtual machine, between two looks at whether it has to end
_MOST_STEPS: Final = 100_000_000  # the largest copy that is read takes some ten million
_INSERT: Final = f"INSERT INTO organization VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608  our own names
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM organization ORDER BY oin"  # noqa: S608  the same


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole register, as it was.

    Args:
        url: where it was asked.
        taken_at: when, aware UTC.
        organizations: every record.
    """

    url: str
    taken_at: datetime
    organizations: tuple[Organization, ...]

    def search(self, query: Query) -> Listing:
        """Return the records a query asks for."""
        return Listing(tuple(one for one in self.organizations if one.answers(query)))


def take_snapshot(register: Register, moment: datetime) -> Snapshot:
    """Ask for the whole register.

    Args:
        register: whom to ask.
        moment: now, aware.

    Raises:
        RegisterError: it could not be asked, or it is not certain that everything came.
    """
    listing = register.everything()
    if listing.gap is not None:
        raise listing.gap
    if not listing.organizations:
        raise RegisterError("oin_register.error.empty", url=register.url)
    return Snapshot(register.url, aware(moment), listing.organizations)


def write_snapshot(path: Path, snapshot: Snapshot, *, overwrite: bool = False) -> None:
    """Write a copy, in the place of an older one.

    Args:
        path: where.
        snapshot: the copy.
        overwrite: also what is no copy of the register, such as a damaged one.

    Raises:
        FileError: it cannot be written.
        InputError: what stands there is no copy of the register.
    """
    if not overwrite and may_be_there(path):
        read_snapshot(path)
    write_public(path, _database(snapshot), overwrite=True)


def _database(snapshot: Snapshot) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        about = {"version": _VERSION, "url": snapshot.url, "taken_at": instant(snapshot.taken_at)}
        connection.executemany("INSERT INTO about VALUES (?, ?)", about.items())
        connection.executemany(_INSERT, map(_row, snapshot.organizations))
        connection.commit()
        return connection.serialize()


def _row(organization: Organization) -> list[str | None]:
    values = (getattr(organization, column) for column in _COLUMNS)
    return [instant(value) if isinstance(value, datetime) else value for value in values]


def read_snapshot(path: Path) -> Snapshot:
    """Read a copy.

    Raises:
        FileError: it is not there, or cannot be read.
        InputError: it is no copy of the register, or a damaged one.
    """
    data = read_bytes(path, limit=MAX_INPUT_BYTES)
    try:
        if not data.startswith(_MAGIC):
            raise ValueError
        return _read(data)
    except (sqlite3.Error, ValueError, KeyError, TypeError, InvalidValueError):
        raise InputError("oin_register.error.snapshot", name=str(path)) from None


def _read(data: bytes) -> Snapshot:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.set_progress_handler(_broken_off(_MOST_STEPS // _STEPS), _STEPS)
        if set(connection.execute(_OBJECTS)) != _own_objects():
            raise ValueError  # a view is a question of its own, and may be one without end
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise ValueError
        about = dict(connection.execute("SELECT name, value FROM about"))
        if about["version"] != _VERSION:
            raise ValueError
        rows = connection.execute(_SELECT).fetchall()
    return Snapshot(about["url"], aware(datetime.fromisoformat(about["taken_at"])), tuple(map(_organization, rows)))


@cache
def _own_objects() -> set[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        return set(connection.execute(_OBJECTS))


def _broken_off(times: int) -> Callable[[], bool]:
    """Return what breaks off a question that was gone on with so many times."""
    left = iter(range(times))
    return lambda: next(left, None) is None


def _organization(row: tuple[str | None, ...]) -> Organization:
    found = dict(zip(_COLUMNS, row, strict=True))
    moments = {name: aware(datetime.fromisoformat(text)) for name in _MOMENTS if (text := found.pop(name))}
    status = RegisterStatus(found.pop("status") or "")
    oin, name, said = (found.pop(each) or "" for each in ("oin", "name", "status_text"))
    return Organization(oin=oin, name=name, status=status, status_text=said, **found, **moments)  # type: ignore[arg-type]  # what is left are texts or nothing
