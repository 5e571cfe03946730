"""A file → its content as a unit of work, or why that cannot be had: a file that changes meanwhile is read again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, TypeAlias

from pkitools.containers.encodings import as_utf8
from pkitools.containers.wanted import is_not_what_it_says
from pkitools.errors import FileError, InputError, LimitError, PkitoolsError
from pkitools.files import has_permissions, read_bytes
from pkitools.frozen import dataclass
from pkitools.limits import MAX_INPUT_BYTES, MAX_KEPT_BYTES, MAX_SCANNED_BYTES
from pkitools.portfolio.model import Gap, Reading, Unread
from pkitools.portfolio.pointers import is_prose, seems_to_point
from pkitools.portfolio.reading import Unit
from pkitools.text import pattern, size_text


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file that is to be read.

    Args:
        name, in_folder: as it was found.
        named_by: what points to it, as ``FILE:LINE``.
        listing: it has a line for each further file: the folders that those count from.
        is_key: a configuration says that it is a private key: who may not read it misses nothing.
        sent_with, is_part, is_top, is_trusted, is_passed_over: as of a :class:`~pkitools.portfolio.reading.Unit`.
    """

    name: str
    in_folder: bool
    named_by: tuple[str, ...] = ()
    listing: tuple[str, ...] | None = None
    is_key: bool = False
    sent_with: tuple[str, ...] | None = None
    is_part: bool = False
    is_top: bool = False
    is_trusted: bool = False
    is_passed_over: bool = False


State: TypeAlias = tuple[int, int, int, int, int, int]
"""Mode, device, inode, size, and when its content and what is said of it changed last: another for what was written
since, also by who set the time back.
"""


class KeptContent:
    """Content that is kept from the first time a scan reads a file to the second, :data:`MAX_KEPT_BYTES` in all.

    Of certificates alone, of which nothing is secret. Whoever takes it has looked that the file is still the same.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, State], bytes] = {}
        self._room = MAX_KEPT_BYTES

    def keep(self, name: str, state: State | None, data: bytes) -> None:
        """Keep the content of a file that was so; not where there is no room."""
        if state is not None and len(data) <= self._room and (name, state) not in self._held:
            self._held[name, state] = data
            self._room -= len(data)

    def take(self, name: str, state: State) -> bytes | None:
        """Return the content of a file that is so, and let go of it; ``None`` where it was not kept."""
        data = self._held.pop((name, state), None)
        if data is not None:
            self._room += len(data)
        return data


def content_of(found: ToRead, kept: KeptContent | None = None) -> tuple[bytes, State | None]:
    """Return the content of a file that stayed the same while it was read, and how it was.

    Raises:
        FileError: it cannot be read, or changes each time.
        InputError: it is too large, or empty.
    """
    for _ in range(2):
        before = _state(found.name)
        data = None if kept is None or before is None else kept.take(found.name, before)
        if data is not None:
            return data, before
        data = read_bytes(found.name, limit=MAX_SCANNED_BYTES if found.in_folder else MAX_INPUT_BYTES)
        if before == _state(found.name):
            return data, before
    raise FileError("files.error.changing", name=found.name)


def unit_of(found: ToRead | Reading, kept: KeptContent | None = None) -> Unit | Reading:
    """Return the content of a file, or why it cannot be had.

    Args:
        found: the file.
        kept: what was read of it before, if anything was kept.
    """
    if isinstance(found, Reading):
        return found
    try:
        data, state = content_of(found, kept)
    except (FileError, InputError) as error:
        return _not_had(found, error)
    mode = state[0] if state else 0
    return Unit(
        found.name,
        data,
        found.in_folder,
        found.named_by,
        bool(mode & 0o077) if has_permissions() else None,
        listing=found.listing,
        sent_with=found.sent_with,
        is_part=found.is_part,
        is_top=found.is_top,
        is_lone=b"PRIVATE KEY" not in data and _is_lone(found.name),
        is_trusted=found.is_trusted,
        is_passed_over=found.is_passed_over,
    )


_KEY: Final = ".key"
_BESIDE: Final = tuple(
    f"{between}{ending}"
    for between in ("", ".cert", ".crt", "-cert", "_cert", "-chain", "_chain", ".chain", "-fullchain", ".fullchain")
    for ending in (".pem", ".cer", ".crt", ".cert", ".der", ".p7b", ".csr")
)
"""How what goes with a key is called behind its stem."""
_OF_ANY: Final = frozenset(
    {"key", "private", "privkey", "private-key", "private_key", "server", "client", "tls", "ssl"}
)
_CERTIFICATES: Final = (".pem", ".cer", ".crt", ".cert", ".der", ".p7b", ".csr")


def _is_lone(name: str) -> bool:
    """Return whether a file is called a key and no certificate or request beside it is called so: many programs do."""
    if not name.lower().endswith(_KEY):
        return False
    stem = name[: -len(_KEY)]
    if any(os.path.exists(stem + ending) or os.path.exists(stem + ending.upper()) for ending in _BESIDE):  # noqa: PTH110  as below
        return False
    folder, bare = os.path.split(stem)
    if bare.lower() not in _OF_ANY:
        return True
    try:  # few are called so, and then every certificate may be its own
        return not any(each.lower().endswith(_CERTIFICATES) for each in os.listdir(folder or os.curdir))  # noqa: PTH208  as below
    except OSError:
        return False


def _state(name: str) -> State | None:
    try:
        status = os.stat(name)  # noqa: PTH116  a Path takes as long as the call
    except (OSError, ValueError):
        return None  # reading it says what is wrong
    return (
        status.st_mode,
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


_OURS: Final = (".pem", ".crt", ".cer", ".der", ".p7b", ".p7c", ".p12", ".pfx", ".jks", ".crl", ".conf", ".cfg")
_HEAD: Final = 64 * 1024
_LABEL: Final = pattern(rb"-----BEGIN (?:X509 |TRUSTED |NEW )?(?:CERTIFICATE|PKCS7|CRL)")


def _seems_ours(name: str) -> bool:
    """Return whether a file that is too large to be read may be of our kinds: by its name, or how it begins."""
    if name.lower().endswith(_OURS):
        return True
    try:
        head = _head_of_text(name)
    except OSError:
        return True
    return head is not None and (_LABEL.search(head) is not None or seems_to_point(head, name))


def _head_of_text(name: str) -> bytes | None:
    """Return how a text begins; ``None`` of what is none.

    Raises:
        OSError: it cannot be read.
    """
    with open(name, "rb") as file:  # noqa: PTH123  no more than its head
        return as_utf8(file.read(_HEAD))


_PART: Final = 1024 * 1024
_BETWEEN: Final = (b" ", b",", b'"', b"'", b";", b">")


def parts_of_text(name: str, data: bytes | None = None) -> Iterator[tuple[int, str] | Unread]:
    """Yield a text in parts, each with the number of its first line; of a text that is too large, that it is so.

    Nothing of prose, of what is no text, and of what cannot be read, which is told where it was found.

    Args:
        name: of the file.
        data: its content, where it is at hand.
    """
    if is_prose(name):
        return
    try:
        data = read_bytes(name, limit=MAX_INPUT_BYTES) if data is None else data
    except LimitError:
        with suppress(OSError):
            if _head_of_text(name) is not None:
                params = {"name": name, "limit": size_text(MAX_INPUT_BYTES)}
                yield Unread(name, Gap.UNREADABLE, "portfolio.error.configuration_too_large", params)
        return
    except PkitoolsError:
        return
    text = as_utf8(data) or b""
    start, line = 0, 1
    while start < len(text):
        end = start + _PART
        if end < len(text):
            is_line = text.rfind(b"\n", start, end) + 1
            end = is_line or max(text.rfind(each, start, end) for each in _BETWEEN) + 1 or end
        part = text[start:end]
        yield line, part.decode("utf-8", "replace")
        start, line = end, line + part.count(b"\n")


def _not_had(found: ToRead, error: PkitoolsError) -> Reading:
    is_called = is_not_what_it_says(found.name, error) and not _is_lone(found.name)
    is_missed = (bool(found.named_by) and not found.is_part) or is_called
    if error.code == "files.error.empty" and found.in_folder and not is_missed:
        return Reading(found.name, holds_nothing=True)
    gap = Gap.MISSING if error.code == "files.error.missing" else Gap.UNREADABLE
    if isinstance(error, LimitError) and found.in_folder and not found.named_by:
        gap = Gap.UNREADABLE if _seems_ours(found.name) else Gap.SKIPPED  # nobody said that it holds anything
    if found.is_key and error.code == "files.error.no_permission":
        gap = Gap.SKIPPED  # as it should be
    return Reading(found.name, unread=(Unread(found.name, gap, error.code, error.params, None, found.named_by),))
