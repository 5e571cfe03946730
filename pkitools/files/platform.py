"""What only some operating systems have, and what stands in for it on the others: the one place that knows.

A POSIX system (Linux, macOS) has all of it. Elsewhere, as on Windows:

* Who may read a file is decided by its folder, not by a mode: :data:`PERMISSIONS` is false, and callers say so.
* Names are looked up by path, not in an open folder, and links are looked for before a file is opened rather than while
  it is: somebody who may change the folder meanwhile can lead a file elsewhere. Nothing is overwritten all the same.
* What is no regular file is refused by its kind before it is opened, because opening could wait for ever.
* A file cannot be renamed or removed while it is open (:attr:`Folder.holds_open_files`): it is closed first, which also
  ends its lock. Two runs that overwrite the same files at one moment are not kept apart there.
* The names are not flushed to disk, only the content.

What there is, is asked when this module is imported, by capability and not by the name of a system.
"""

from __future__ import annotations

import errno
import importlib
import os
import stat
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Final


def _module(name: str) -> Any:
    """Return a module of the standard library that only some systems have, or ``None``."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _flags(*names: str) -> int:
    flags = 0
    for name in names:
        flags |= getattr(os, name, 0)
    return flags


_fcntl: Final = _module("fcntl")
_msvcrt: Final = _module("msvcrt")
_resource: Final = _module("resource")
_pwd: Final = _module("pwd")
_grp: Final = _module("grp")

PERMISSIONS: Final = hasattr(os, "geteuid") and hasattr(os, "fchmod")
"""Whether files have an owner and a mode that say who may read them."""

OPENS_WITHOUT_WAITING: Final = hasattr(os, "O_NONBLOCK")
"""Whether :data:`READ_FLAGS` open a FIFO without waiting for its writer. Elsewhere: look at the kind first."""

_IN_FOLDERS: Final = (
    hasattr(os, "O_DIRECTORY")
    and hasattr(os, "O_NOFOLLOW")
    and all(getattr(os, name, None) in os.supports_dir_fd for name in ("open", "stat", "link", "rename", "unlink"))
)

POSIX: Final = PERMISSIONS and OPENS_WITHOUT_WAITING and _IN_FOLDERS and _fcntl is not None
"""Whether everything is there: modes, open folders, opening without waiting, and locks that end with a process."""

# Windows: bytes as they are (O_BINARY), and not handed to child processes (O_NOINHERIT)
_ALWAYS: Final = _flags("O_CLOEXEC", "O_NOINHERIT", "O_BINARY")
READ_FLAGS: Final = os.O_RDONLY | _ALWAYS | _flags("O_NONBLOCK", "O_NOCTTY")
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ALWAYS | _flags("O_NOFOLLOW")
_LOCKED_BYTE: Final = 1 << 30  # where msvcrt locks: its locks keep others from reading, so not in the content


def is_ours_alone(status: os.stat_result, others: int) -> bool:
    """Say whether a file is this user's and gives others none of the mode bits ``others``; true without permissions."""
    return not PERMISSIONS or (status.st_uid == os.geteuid() and not status.st_mode & others)


def has_screen() -> bool:
    """Say whether a program that is started would be seen on a screen: without one it may take the terminal."""
    return sys.platform in {"win32", "darwin"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def is_our_peer(local: int, remote: int) -> bool:
    """Say whether a connection on IPv4's loopback comes from a program of this user's; true where nobody can tell.

    Args:
        local: the port it came to.
        remote: the port it came from.
    """
    if not PERMISSIONS:
        return True
    places = tuple(f"0100007F:{port:04X}" for port in (remote, local))  # as the kernel of Linux writes them
    try:
        with open("/proc/net/tcp", encoding="ascii") as table:  # noqa: PTH123  read line by line: there may be many
            found = next((row for row in map(str.split, table) if tuple(row[1:3]) == places), None)
    except OSError:
        return True
    return found is None or int(found[7]) == os.geteuid()


def is_group_of_ours_alone(gid: int) -> bool:
    """Say whether only this user is in a group: where umask is 002, every user has such a group of their own."""
    if _pwd is None or _grp is None:
        return False
    try:
        user, group = _pwd.getpwuid(os.geteuid()), _grp.getgrgid(gid)
    except KeyError:
        return False
    alone = set(group.gr_mem) <= {user.pw_name}
    return bool(group.gr_gid == user.pw_gid and group.gr_name == user.pw_name and alone)


def close_to_others(descriptor: int) -> None:
    """Give an open file mode 0600, where there are modes."""
    if PERMISSIONS:
        os.fchmod(descriptor, 0o600)


def lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> None:
    """Lock an open file; the lock ends when it is closed or the process dies. Nothing where the system has no locks.

    Args:
        descriptor: of the file; on POSIX also of a folder.
        shared: with others that share. Not on Windows.
        wait: until it is free.

    Raises:
        OSError: another process has it, or the file system knows no locks.
    """
    if _fcntl is not None:
        how = _fcntl.LOCK_SH if shared else _fcntl.LOCK_EX
        _fcntl.flock(descriptor, how if wait else how | _fcntl.LOCK_NB)
    elif _msvcrt is not None:
        _lock_byte(descriptor, _msvcrt.LK_LOCK if wait else _msvcrt.LK_NBLCK)


def nobody_else_has(descriptor: int) -> bool:
    """Lock an open file and say whether no other process has it; true as well on a file system without locks."""
    try:
        lock(descriptor)
    except OSError as error:
        return error.errno not in {errno.EAGAIN, errno.EACCES}
    return True


def _lock_if_possible(descriptor: int) -> None:
    try:
        lock(descriptor, wait=True)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES, errno.EDEADLK}:
            raise


def _lock_byte(descriptor: int, how: int) -> None:
    os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
    try:
        _msvcrt.locking(descriptor, how, 1)
    finally:
        os.lseek(descriptor, 0, os.SEEK_SET)


def forbid_core_dumps() -> None:
    """Let a crash of this process write no core file, which would hold its keys. Elsewhere there are none to forbid."""
    if _resource is not None:
        _, hard = _resource.getrlimit(_resource.RLIMIT_CORE)
        _resource.setrlimit(_resource.RLIMIT_CORE, (0, hard))


class Folder(ABC):
    """An existing folder, in which files are found by name and links are never followed."""

    holds_open_files: bool
    """Whether a file must be closed before its name can change."""

    @abstractmethod
    def status(self) -> os.stat_result:
        """Return what the folder itself is."""

    @abstractmethod
    def stat(self, name: str) -> os.stat_result:
        """Return what has a name."""

    @abstractmethod
    def open(self, name: str) -> int:
        """Open what has a name to read it, without waiting. What may not be opened so is an ``OSError``."""

    @abstractmethod
    def create(self, name: str, mode: int) -> int:
        """Make a new file and open it to write; ``FileExistsError`` when anything has that name."""

    @abstractmethod
    def hard_link(self, source: str, target: str) -> None:
        """Give a file a second name; ``FileExistsError`` when that is taken, ``ENOSYS`` where no file has two."""

    @abstractmethod
    def replace(self, source: str, target: str) -> None:
        """Rename a file, in the place of whatever has the new name."""

    @abstractmethod
    def unlink(self, name: str) -> None:
        """Take a name away."""

    @abstractmethod
    def touch(self, name: str) -> None:
        """Make a file the one used last."""

    @abstractmethod
    def entries(self) -> Iterator[os.DirEntry[str]]:
        """Yield what is in the folder."""

    @abstractmethod
    def sync(self) -> None:
        """Flush the names to disk."""

    @abstractmethod
    def lock(self) -> None:
        """Wait until no other process that locks the folder has it, and have it until :meth:`close`.

        Nothing on a file system without locks.

        Raises:
            OSError: it took longer than the system waits.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the folder."""


class _OpenFolder(Folder):
    """A folder by descriptor, so that no renamed folder or link can lead a name elsewhere."""

    holds_open_files = False

    def __init__(self, path: str | os.PathLike[str], follow: bool) -> None:
        flags = os.O_RDONLY | os.O_DIRECTORY | _ALWAYS
        self._fd = os.open(path, flags if follow else flags | os.O_NOFOLLOW)

    def status(self) -> os.stat_result:
        return os.fstat(self._fd)

    def stat(self, name: str) -> os.stat_result:
        return os.stat(name, dir_fd=self._fd, follow_symlinks=False)

    def open(self, name: str) -> int:
        return os.open(name, READ_FLAGS | os.O_NOFOLLOW, dir_fd=self._fd)

    def create(self, name: str, mode: int) -> int:
        return os.open(name, _CREATE, mode, dir_fd=self._fd)

    def hard_link(self, source: str, target: str) -> None:
        os.link(source, target, src_dir_fd=self._fd, dst_dir_fd=self._fd, follow_symlinks=False)

    def replace(self, source: str, target: str) -> None:
        os.rename(source, target, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def unlink(self, name: str) -> None:
        os.unlink(name, dir_fd=self._fd)

    def touch(self, name: str) -> None:
        os.utime(name, dir_fd=self._fd, follow_symlinks=False)

    def entries(self) -> Iterator[os.DirEntry[str]]:
        with os.scandir(self._fd) as found:
            yield from found

    def sync(self) -> None:
        os.fsync(self._fd)

    def lock(self) -> None:
        _lock_if_possible(self._fd)

    def close(self) -> None:
        os.close(self._fd)


class _NamedFolder(Folder):
    """A folder by its path, made absolute at once: the working folder may change."""

    holds_open_files = True

    def __init__(self, path: str | os.PathLike[str], follow: bool) -> None:
        if not stat.S_ISDIR(os.stat(path, follow_symlinks=follow).st_mode):  # noqa: PTH116 - an error of the system's own
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), os.fspath(path))
        self._path = os.path.abspath(path)  # noqa: PTH100 - pathlib's would follow links
        self._locked = -1

    def _at(self, name: str) -> str:
        return os.path.join(self._path, name)  # noqa: PTH118 - names come and go as text here

    def status(self) -> os.stat_result:
        return os.stat(self._path)  # noqa: PTH116 - as all of this class

    def stat(self, name: str) -> os.stat_result:
        return os.stat(self._at(name), follow_symlinks=False)  # noqa: PTH116 - as all of this class

    def open(self, name: str) -> int:
        if not stat.S_ISREG(self.stat(name).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)
        return os.open(self._at(name), READ_FLAGS)

    def create(self, name: str, mode: int) -> int:
        return os.open(self._at(name), _CREATE, mode)

    def hard_link(self, source: str, target: str) -> None:
        link = getattr(os, "link", None)
        if link is None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), target)
        link(self._at(source), self._at(target))

    def replace(self, source: str, target: str) -> None:
        os.replace(self._at(source), self._at(target))  # noqa: PTH105 - as all of this class

    def unlink(self, name: str) -> None:
        os.unlink(self._at(name))  # noqa: PTH108 - as all of this class

    def touch(self, name: str) -> None:
        os.utime(self._at(name))

    def entries(self) -> Iterator[os.DirEntry[str]]:
        with os.scandir(self._path) as found:
            yield from found

    def sync(self) -> None:
        """Nothing: only a descriptor of a folder can be flushed."""

    def lock(self) -> None:
        # a file beside the others, as this system locks no folder; it stays, as another may be waiting for it
        self._locked = os.open(self._at(".lock"), os.O_RDWR | os.O_CREAT | _ALWAYS, 0o600)
        _lock_if_possible(self._locked)

    def close(self) -> None:
        if self._locked >= 0:
            os.close(self._locked)
            self._locked = -1


def open_folder(path: str | os.PathLike[str], *, follow: bool = True) -> Folder:
    """Return an existing folder.

    Args:
        path: its name.
        follow: also when the name is that of a link to it.

    Raises:
        OSError: there is none of that name, or it may not be used.
    """
    return _OpenFolder(path, follow) if _IN_FOLDERS else _NamedFolder(path, follow)
