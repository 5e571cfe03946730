"""An operating system that is not POSIX, as far as that can be had on one: for child interpreters only.

``take_away`` removes what Windows lacks, and gives what is left the manners it has there: a folder cannot be opened,
an open file cannot be renamed or removed, a rename replaces nothing, modes say nothing, bytes change in text mode.
It is no Windows. What stands here was written from the documentation of Python and Windows.
"""

from __future__ import annotations

import errno
import fcntl as _fcntl
import os
import signal
import stat
import subprocess  # noqa: F401 - looks for msvcrt when it is first imported
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

MODULES = ("fcntl", "pwd", "grp", "resource", "termios")
OS = (
    *("O_NONBLOCK", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "O_NOCTTY"),
    *("getuid", "geteuid", "getgid", "getegid", "getgroups", "link", "fchmod", "fchown", "chown", "environb"),
    *("fork", "mkfifo", "mknod", "statvfs"),
)
SIGNALS = ("SIGKILL", "SIGHUP", "SIGALRM", "SIGQUIT")
MANNERS = "dir_fd"
EVERYTHING = (*MODULES, *OS, *SIGNALS, MANNERS)
USED_FOR_FILES = (*MODULES[:3], *OS[:4], "geteuid", "link", "fchmod", MANNERS)
WINDOWS = tuple(name for name in EVERYTHING if name != "link")
"""Hard links are there, without folders by descriptor; so are locks, by ``msvcrt``."""

O_BINARY, O_NOINHERIT = 1 << 28, 1 << 29

fork, mkfifo = os.fork, os.mkfifo  # for the tests themselves
_BY_PATH = ("stat", "lstat", "unlink", "utime", "scandir", "listdir", "chmod", "mkdir")
_real = {
    name: getattr(os, name)
    for name in (*_BY_PATH, "open", "read", "write", "fsync", "fstat", "rename", "replace", "link")
}
_text: set[int] = set()


def take_away(names: Iterable[str], *, msvcrt: bool = False) -> None:
    """Take these of :data:`EVERYTHING` away from this interpreter. Before pkitools is imported."""
    names = set(names)
    if msvcrt:
        sys.modules["msvcrt"] = _msvcrt()
    if MANNERS in names:
        _other_manners()
    if "geteuid" in names:
        _no_modes()
    for name in names & {*MODULES}:
        sys.modules[name] = None  # type: ignore[assignment]  # what makes an import of it fail
    for name in names & {*OS}:
        delattr(os, name)
    for name in names & {*SIGNALS}:
        delattr(signal, name)


def _msvcrt() -> ModuleType:
    module: Any = ModuleType("msvcrt")
    module.LK_LOCK, module.LK_NBLCK = 1, 2

    def locking(descriptor: int, mode: int, _count: int) -> None:
        try:
            _fcntl.flock(descriptor, _fcntl.LOCK_EX | (_fcntl.LOCK_NB if mode == module.LK_NBLCK else 0))
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, "Permission denied") from error

    module.locking = locking
    found: ModuleType = module
    return found


def _other_manners() -> None:
    os.supports_dir_fd.clear()
    os.supports_fd.clear()
    new: Any = os
    new.O_BINARY, new.O_NOINHERIT = O_BINARY, O_NOINHERIT
    for name in (*_BY_PATH, "rename", "replace", "link"):
        setattr(os, name, _by_path(_real[name], name))
    new.open, new.read, new.write, new.fsync = _open, _read, _write, _fsync
    new.remove = os.unlink


def _no_modes() -> None:
    for name in ("stat", "lstat", "fstat"):
        setattr(os, name, _moded(getattr(os, name)))


def _moded(status: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    def call(*arguments: Any, **options: Any) -> os.stat_result:
        return _without_modes(status(*arguments, **options))

    return call


def _by_path(real: Callable[..., Any], name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        if any(options.get(word) is not None for word in ("dir_fd", "src_dir_fd", "dst_dir_fd")):
            raise NotImplementedError(f"{name}: dir_fd unavailable on this platform")
        if arguments and isinstance(arguments[0], int):
            raise TypeError(f"{name}: path should be string, bytes or os.PathLike, not int")
        if name in {"rename", "replace", "unlink"}:
            for path in arguments:
                _refuse_open(path)
        if name == "rename" and os.path.lexists(arguments[1]):
            raise FileExistsError(errno.EEXIST, "File exists", arguments[0])
        return real(*arguments, **options)

    return call


def _refuse_open(path: Any) -> None:
    """Raise when this process has the file open."""
    try:
        inode = _real["lstat"](path).st_ino
    except OSError:
        return
    for descriptor in _real["listdir"]("/proc/self/fd"):
        try:
            if _real["fstat"](int(descriptor)).st_ino == inode:
                raise PermissionError(errno.EACCES, "Permission denied", path)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno == errno.EACCES:
                raise


def _without_modes(found: os.stat_result) -> os.stat_result:
    kind = stat.S_IFMT(found.st_mode)
    mode = kind | (0o777 if stat.S_ISDIR(kind) else 0o666)
    finer = {name: getattr(found, name) for name in ("st_atime_ns", "st_mtime_ns", "st_ctime_ns")}
    return os.stat_result((mode, *found[1:4], 0, 0, *found[6:10]), finer)


def _open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
    if dir_fd is not None:
        raise NotImplementedError("open: dir_fd unavailable on this platform")
    if Path(path).is_dir():
        raise PermissionError(errno.EACCES, "Permission denied", path)
    if flags & os.O_EXCL and Path(path).is_symlink() and not Path(path).exists():
        path = Path(path).resolve()  # makes what a link leads to
    descriptor: int = _real["open"](path, flags & ~(O_BINARY | O_NOINHERIT), mode)
    (_text.discard if flags & O_BINARY else _text.add)(descriptor)
    return descriptor


def _read(descriptor: int, size: int) -> bytes:
    data: bytes = _real["read"](descriptor, size)
    return data.replace(b"\r\n", b"\n") if descriptor in _text else data


def _write(descriptor: int, data: Any) -> int:
    if descriptor in _text:
        _real["write"](descriptor, bytes(data).replace(b"\n", b"\r\n"))
        return len(data)
    written: int = _real["write"](descriptor, data)
    return written


def _fsync(descriptor: int) -> None:
    if _fcntl.fcntl(descriptor, _fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, "Bad file descriptor")
    _real["fsync"](descriptor)
