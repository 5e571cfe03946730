"""Documents kept on disk between runs: never believed, only looked at again.

One file per URL and issuer key. A file is a line that says what it is, then the document. Whatever is not exactly
that, or not the user's own plain file in the user's own folder, is left out and noted, and the document is fetched
again. The signature of what is used is checked, so that a poisoned file can do no more than be useless. A file that is
still the one that was read is not read again: whoever checks thousands of certificates looks at it thousands of times.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from pkitools.arguments import whole, wrong_type
from pkitools.fetching.model import CacheEntry
from pkitools.files import platform
from pkitools.files.common import said
from pkitools.files.platform import Folder
from pkitools.frozen import dataclass
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.messages import Detail

MAX_CACHE_BYTES: Final = 256 * 1024 * 1024
"""All files together; the ones used longest ago go first."""

MAX_HELD_BYTES: Final = 64 * 1024 * 1024
"""Of what was read, kept in memory beside the files."""

_SUFFIX: Final = ".revocation"
_FORMAT: Final = "pkitools-revocation/1"
_MAX_HEADER: Final = 8 * 1024
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


class DiskCache:
    """A folder of documents, made 0700 when it is first needed; its files are 0600, where files have such permissions.

    Args:
        folder: of this user alone. One that is seen to belong to or be writable by others is not used.
        limit: most bytes kept.

    Raises:
        InvalidValueError: the one is no path, or the other no number.
    """

    def __init__(self, folder: str | os.PathLike[str], *, limit: int = MAX_CACHE_BYTES) -> None:
        if not isinstance(folder, (str, os.PathLike)):
            raise wrong_type("folder", folder, "str, Path")
        self._folder, self._limit = Path(folder), whole(limit, "limit")
        self._notes: list[str] = []
        self._held: dict[str, _Held] = {}
        self._held_bytes = 0

    def take_notes(self) -> tuple[str, ...]:
        """Return, and forget, what was ignored since the last call, one line each."""
        notes, self._notes = tuple(self._notes), []
        return notes

    def load(self, url: str, issuer_key: bytes) -> CacheEntry | None:
        """Return what is kept for this URL and issuer key, or ``None``."""
        name = _name(url, issuer_key)
        folder = self._open_folder()
        if folder is None:
            return None
        try:
            found = self._read(name, folder)
        finally:
            folder.close()
        if found is None or isinstance(found, CacheEntry):
            return found
        data, stamp = found
        entry = self._parse(name, data, url, issuer_key)
        if entry is not None:
            self._hold(name, _Held(stamp, entry))
        return entry

    def store(self, url: str, issuer_key: bytes, entry: CacheEntry) -> None:
        """Keep a document. A full disk or a folder that is not ours is noted and is no error."""
        header = {
            "format": _FORMAT,
            "url": url,
            "issuer_key": hashlib.sha256(issuer_key).hexdigest(),
            "sha256": hashlib.sha256(entry.body).hexdigest(),
            "stored_at": entry.stored_at.astimezone(UTC).isoformat(),
        }
        data = json.dumps(header, sort_keys=True).encode("ascii") + b"\n" + entry.body
        if len(data) > min(self._limit, MAX_INPUT_BYTES):
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = self._open_folder()
        if folder is None:
            return
        try:
            self._write(_name(url, issuer_key), data, folder)
            self._make_room(folder)
        except OSError as error:
            self._note("not_kept", problem=said(error))
        finally:
            folder.close()

    def _note(self, what: str, **operands: object) -> None:
        self._notes.append(Detail(f"fetching.cache.{what}", **operands))

    def _open_folder(self) -> Folder | None:
        try:
            folder = platform.open_folder(self._folder, follow=False)
        except FileNotFoundError:
            return None
        except OSError:
            self._note("no_folder", name=self._folder)
            return None
        if not platform.is_ours_alone(folder.status(), _OTHERS_MAY_WRITE):
            self._note("of_others", name=self._folder)
            folder.close()
            return None
        return folder

    def _hold(self, name: str, held: _Held) -> None:
        """Keep what was read in memory; what was read longest ago goes first."""
        self._let_go(name)
        self._held[name] = held
        self._held_bytes += len(held.entry.body)
        while self._held_bytes > MAX_HELD_BYTES:
            self._let_go(next(iter(self._held)))

    def _let_go(self, name: str) -> None:
        known = self._held.pop(name, None)
        if known is not None:
            self._held_bytes -= len(known.entry.body)

    def _read(self, name: str, folder: Folder) -> CacheEntry | tuple[bytes, _Stamp] | None:
        try:
            opened = folder.open(name)
        except FileNotFoundError:
            return None
        except OSError:
            self._note("no_file", name=name)
            return None
        try:
            return self._read_opened(name, opened, folder)
        except OSError as error:
            self._note("not_read", name=name, problem=said(error))
            return None
        finally:
            os.close(opened)

    def _read_opened(self, name: str, opened: int, folder: Folder) -> CacheEntry | tuple[bytes, _Stamp] | None:
        """Return what was read of this very file before, or its content and what it is known by."""
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode) or not platform.is_ours_alone(found, _OTHERS_MAY_WRITE):
            self._note("file_of_others", name=name)
            return None
        if found.st_size > MAX_INPUT_BYTES:
            self._note("too_large", name=name)
            return None
        before = _stamp(found)
        with contextlib.suppress(OSError):
            folder.touch(name)  # used now: goes last when room is made
        touched = _stamp(os.fstat(opened))
        held = self._held.get(name)
        if held is not None and held.stamp == before:
            held.stamp = touched
            return held.entry
        with open(opened, "rb", closefd=False) as file:
            return file.read(MAX_INPUT_BYTES + 1), touched

    def _parse(self, name: str, data: bytes, url: str, issuer_key: bytes) -> CacheEntry | None:
        line, newline, _ = data[:_MAX_HEADER].partition(b"\n")
        body = data[len(line) + 1 :]
        try:
            header = json.loads(line) if newline else {}
            stored_at = datetime.fromisoformat(header["stored_at"])
            whole = header["format"] == _FORMAT and hashlib.sha256(body).hexdigest() == header["sha256"]
            ours = header["url"] == url and header["issuer_key"] == hashlib.sha256(issuer_key).hexdigest()
        except (ValueError, TypeError, KeyError, RecursionError):
            whole = ours = False
            stored_at = datetime.max.replace(tzinfo=UTC)
        if not (whole and ours and stored_at.tzinfo is not None):
            self._note("damaged", name=name)
            return None
        return CacheEntry(body, stored_at)

    def _write(self, name: str, data: bytes, folder: Folder) -> None:
        """Write beside and rename: whoever reads sees the old file or the new one, never half of it."""
        temporary = f".{name}.{secrets.token_hex(8)}"
        opened = folder.create(temporary, 0o600)
        try:
            with open(opened, "wb") as file:  # noqa: PTH123 - a descriptor, relative to the folder that was checked
                file.write(data)
            folder.replace(temporary, name)
        except BaseException:
            with contextlib.suppress(OSError):
                folder.unlink(temporary)
            raise

    def _make_room(self, folder: Folder) -> None:
        found = []
        for entry in folder.entries():
            if entry.name.endswith(_SUFFIX) or entry.name.startswith("."):
                about = entry.stat(follow_symlinks=False)
                found.append((about.st_mtime_ns, about.st_size, entry.name))
        kept = sum(size for _, size, _ in found)
        for _, size, name in sorted(found):
            if kept <= self._limit:
                break
            with contextlib.suppress(OSError):
                folder.unlink(name)
            kept -= size


_Stamp: TypeAlias = tuple[int, int, int, int]
"""Device, number, size and time of change: what has the same ones is the same file, as it was."""


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@dataclass(slots=True)
class _Held:
    """What was read of a file, and the file as it was left."""

    stamp: _Stamp
    entry: CacheEntry


def _name(url: str, issuer_key: bytes) -> str:
    return hashlib.sha256(issuer_key + b"\x00" + url.encode("utf-8", "surrogatepass")).hexdigest() + _SUFFIX
