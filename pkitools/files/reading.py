"""Read one regular file, bounded and without ever blocking."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pkitools.errors import FileError, InputError, LimitError
from pkitools.files import platform
from pkitools.files.common import PathLike, file_error, shown
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.text import size_text

_CHUNK: Final = 1024 * 1024
_TIMES: Final = 2
_LEAST: Final = 1024


def read_bytes(path: PathLike, *, limit: int = MAX_INPUT_BYTES) -> bytes:
    """Return the content of a regular file. One that is written to meanwhile is read once more.

    Args:
        path: its name; a symbolic link is followed.
        limit: the most bytes accepted, also of a file that grows while read.

    Raises:
        FileError: missing, unreadable, not a regular file, or written to each time it is read.
        LimitError: larger than ``limit``.
        InputError: empty.
    """
    name = shown(path)
    with _opened(path, name) as fd:
        data = _unchanged(fd, limit, name)
    if not data:
        raise InputError("files.error.empty", name=name)
    return data


def _unchanged(fd: int, limit: int, name: str) -> bytes:
    """Return what is in a file, none of it as it was before the rest of it."""
    before = os.fstat(fd)
    _refuse_kind(before.st_mode, name)
    for _ in range(_TIMES):
        if before.st_size > limit:
            raise LimitError("files.error.too_large", name=name, limit=size_text(limit))
        data, after = _read_up_to(fd, limit, name, before.st_size), os.fstat(fd)
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return data
        before = after
        os.lseek(fd, 0, os.SEEK_SET)
    raise FileError("files.error.changing", name=name)


def is_private(path: PathLike) -> bool:
    """Say whether only its owner may read or write a file. For warnings about keys and passphrases.

    Where files have no such permissions (:func:`pkitools.files.has_permissions`) nothing is known against it: true.
    """
    name = shown(path)
    with _opened(path, name) as fd:
        return not platform.PERMISSIONS or not os.fstat(fd).st_mode & 0o077


def is_folder(path: PathLike) -> bool:
    """Say whether a path leads to a folder. What may not be seen is none: whoever reads it as a file hears why."""
    return os.path.isdir(path)  # noqa: PTH112  a Path raises where it may not be seen


def is_file(path: PathLike) -> bool:
    """Say whether a path leads to a regular file that may be seen."""
    return os.path.isfile(path)  # noqa: PTH113  as above


def is_for_reading(path: PathLike) -> bool:
    """Say whether what a folder holds is a file, or nobody knows before it is read: a link that leads nowhere too.

    A link of Emacs that locks a file (``.#name``) leads nowhere by design, and is none.
    """
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except OSError:
        return not Path(path).name.startswith(".#")


def may_be_there(path: PathLike) -> bool:
    """Say whether something has this path, or nobody may see whether it does: reading it says so.

    A link that leads nowhere has it.
    """
    try:
        os.lstat(path)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def has_permissions() -> bool:
    """Say whether files have permissions here, so that a secret is written with mode 0600.

    Elsewhere, as on Windows, the folder decides who may read a file in it: tell whoever has a key written.
    """
    return platform.PERMISSIONS


@contextlib.contextmanager
def _opened(path: PathLike, name: str) -> Iterator[int]:
    try:
        if not platform.OPENS_WITHOUT_WAITING:
            _refuse_kind(Path(path).stat().st_mode, name)
        fd = os.open(path, platform.READ_FLAGS)
    except OSError as error:
        if error.errno == errno.ENXIO:  # what opening a socket answers
            raise FileError("files.error.is_socket", name=name) from error
        raise _reading(error, name) from error
    except ValueError as error:  # a NUL, or a character the file system's encoding lacks
        raise FileError("files.error.bad_name", name=name) from error
    try:
        yield fd
    finally:
        os.close(fd)


def _read_up_to(fd: int, limit: int, name: str, likely: int) -> bytes:
    """Return what there is to read; of a file that is as large as it said, the first piece is all of it."""
    pieces: list[bytes] = []
    length, most = 0, min(_CHUNK, max(likely, _LEAST) + 1)  # room is made for all that is asked for
    try:
        while piece := os.read(fd, min(most, limit + 1 - length)):
            pieces.append(piece)
            length += len(piece)
            if length > limit:
                raise LimitError("files.error.too_large", name=name, limit=size_text(limit))
            most = _LEAST if length == likely else _CHUNK
    except OSError as error:
        raise _reading(error, name) from error
    return b"".join(pieces)


def _refuse_kind(mode: int, name: str) -> None:
    if stat.S_ISREG(mode):
        return
    kinds = ((stat.S_ISDIR, "is_folder"), (stat.S_ISFIFO, "is_fifo"), (stat.S_ISSOCK, "is_socket"))
    kind = next((kind for test, kind in kinds if test(mode)), "is_device")
    raise FileError(f"files.error.{kind}", name=name)


def _reading(error: OSError, name: str) -> FileError:
    return file_error(error, name, "unreadable")
