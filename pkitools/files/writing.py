"""Write one file or a set of them, all or nothing. How, and what a kill can leave: :mod:`pkitools.files`."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pkitools.errors import FileError
from pkitools.files import platform
from pkitools.files.common import PathLike, file_error, shown
from pkitools.files.secrecy import may_hold_key
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_INPUT_BYTES

_NO_HARD_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL})
_NO_SYNC: Final = frozenset({errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS})


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write.

    Args:
        path: where. Its folder must exist.
        data: the content, whole or in pieces: those are taken once, when it is written.
        secret: mode 0600 and a folder nobody else may change; else 0644 less the umask. Where files have no such
            permissions (:func:`pkitools.files.has_permissions`), who may read it is the folder's.
    """

    path: PathLike
    data: bytes | Iterable[bytes] = field(repr=False)
    secret: bool


def write_secret(path: PathLike, data: bytes, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write a private key or the like, mode 0600 from the first byte. See :func:`write_set`."""
    return write_set([Output(path, data, secret=True)], overwrite=overwrite)


def write_public(path: PathLike, data: bytes, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write a file anyone may read: mode 0644 less the umask. See :func:`write_set`."""
    return write_set([Output(path, data, secret=False)], overwrite=overwrite)


def write_set(outputs: Sequence[Output], *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write several files, all or none, in the order given (the secret first: a request without its key is worthless).

    Returns:
        The backups of what was overwritten and held a key, or was closed to somebody who may read what replaced it.

    Raises:
        FileError: one exists (without ``overwrite``), a folder is missing or others may change it, no space, ...
    """
    with _targets(outputs, overwrite) as targets:
        try:
            for target in targets:
                target.stage()
            place = _replace if overwrite else _place
            backups = place(targets)
        finally:
            for target in targets:
                target.clear()
    return backups


@contextlib.contextmanager
def locked_folder(path: PathLike) -> Iterator[None]:
    """Have a folder alone among those that ask this: who reads a file of it and writes it anew loses nothing.

    The lock ends with the process. A file system without locks has none, and then it is as it would be without this.

    Raises:
        FileError: there is no such folder, or another process keeps it locked.
    """
    try:
        folder = platform.open_folder(path)
    except OSError as error:
        raise file_error(error, shown(path), "unreadable") from error
    try:
        _lock(folder, path)
        yield
    finally:
        folder.close()


def _lock(folder: platform.Folder, path: PathLike) -> None:
    try:
        folder.lock()
    except OSError as error:
        raise file_error(error, shown(path), "unwritable") from error


def check_outputs(outputs: Sequence[Output], *, overwrite: bool = False) -> None:
    """Raise what :func:`write_set` would raise before it writes: to refuse before a slow step, such as making a key.

    Also clears up what a killed run left of the same files.
    """
    with _targets(outputs, overwrite):
        pass


@contextlib.contextmanager
def _targets(outputs: Sequence[Output], overwrite: bool) -> Iterator[list[_Target]]:
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(contextlib.closing(_Target(output))) for output in outputs]
        places = [(target.folder.status().st_ino, target.name) for target in targets]
        for target, place in zip(targets, places, strict=True):
            if places.count(place) > 1:
                raise FileError("files.error.named_twice", name=target.shown)
            target.refuse_open_folder()
        _clear_up(targets)
        for target in targets:
            target.refuse_occupied(overwrite)
        yield targets


def _place(targets: Sequence[_Target]) -> tuple[Path, ...]:
    try:
        for target in targets:
            target.link()
        for target in targets:
            target.sync_folder()
    except BaseException:
        for target in targets:
            target.restore()
        raise
    return ()


def _replace(targets: Sequence[_Target]) -> tuple[Path, ...]:
    try:
        for target in targets:
            target.keep_old()
        for target in targets:
            if not target.secret and len(targets) > 1:
                target.remove()
        for target in targets:
            target.rename()
        for target in targets:
            target.sync_folder()
    except BaseException:
        for target in targets:
            target.restore()
        raise
    for target in targets:
        if not target.keeps_old:
            target.drop_backup()
    return tuple(Path(target.shown).with_name(target.backup) for target in targets if target.backup)


def _clear_up(targets: Sequence[_Target]) -> None:
    """Take away what a killed run left. A set that is all there stays; of an unfinished one nothing keeps its name."""
    left = [target.left_behind() for target in targets]
    unfinished = any(left) and any(target.status() is None for target in targets)
    for target, leftover in zip(targets, left, strict=True):
        if leftover is None:
            continue
        status = target.status()
        if unfinished and status and (status.st_ino == leftover.st_ino or not status.st_size):
            if target.secret and status.st_size:
                target.keep_old()
                target.backup = ""  # it is of another run: this one does not report or restore it
            target.remove()
        target.clear()


class _Target:
    """One output on its way."""

    def __init__(self, output: Output) -> None:
        self.shown = shown(output.path)
        self.secret = output.secret
        self._data = output.data
        folder, self.name = os.path.split(self.shown)
        if self.name in {"", ".", ".."}:
            raise FileError("files.error.is_folder", name=self.shown)
        if "\0" in self.name:
            raise FileError("files.error.bad_name", name=self.shown)
        self._temporary = f".{self.name}.partial"
        self._fd = -1
        self._inode: int | None = None  # of the partial file, also when it had to be closed
        self.backup = ""
        self.keeps_old = self.secret
        try:
            self.folder = platform.open_folder(folder or ".")
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR}:
                raise FileError("files.error.no_folder", name=self.shown, folder=folder) from error
            raise self._failed(error) from error
        except ValueError as error:
            raise FileError("files.error.bad_name", name=self.shown) from error

    def close(self) -> None:
        """Let go of the folder and of the lock on the partial file."""
        self._release()
        self.folder.close()

    def status(self) -> os.stat_result | None:
        """Return what stands at the final name, links not followed."""
        return self._status(self.name)

    def refuse_open_folder(self) -> None:
        """Raise if others may rename or replace files in the folder of a secret."""
        status = self.folder.status()
        if not self.secret or not platform.PERMISSIONS or status.st_mode & stat.S_ISVTX:
            return
        by_group = status.st_mode & stat.S_IWGRP and not platform.is_group_of_ours_alone(status.st_gid)
        if by_group or status.st_mode & stat.S_IWOTH:
            raise FileError("files.error.open_folder", name=self.shown, folder=str(Path(self.shown).parent))

    def refuse_occupied(self, overwrite: bool) -> None:
        """Raise if something stands at the final name that may not be replaced."""
        status = self.status()
        if status is None:
            return
        if stat.S_ISDIR(status.st_mode):
            raise FileError("files.error.is_folder", name=self.shown)
        if not overwrite:
            raise FileError("files.error.exists", name=self.shown)

    def left_behind(self) -> os.stat_result | None:
        """Return the partial file of a run that is no more, locked; raise if its run still lives."""
        try:
            fd = self.folder.open(self._temporary)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise (self._failed(error) if error.errno == errno.ENAMETOOLONG else self._in_the_way()) from error
        status = self._take(fd)
        if not stat.S_ISREG(status.st_mode) or not self._lock():
            raise self._in_the_way()
        return status

    def stage(self) -> None:
        """Write the content to the partial file, to the disk."""
        mode = 0o600 if self.secret else 0o644
        try:
            self._take(self.folder.create(self._temporary, mode))
            if not self._lock():
                raise self._in_the_way()
            if self.secret:
                platform.close_to_others(self._fd)  # the umask may have taken from it
            for piece in (self._data,) if isinstance(self._data, bytes) else self._data:
                self._write(piece)
            os.fsync(self._fd)
        except FileExistsError as error:
            raise self._in_the_way() from error
        except OSError as error:
            raise self._failed(error) from error

    def _write(self, piece: bytes) -> None:
        view = memoryview(piece)
        while view:
            view = view[os.write(self._fd, view) :]

    def link(self) -> None:
        """Give the partial file its final name as well, unless that name is taken."""
        try:
            self._link(self._temporary, self.name)
        except OSError as error:
            raise self._failed(error) from error

    def rename(self) -> None:
        """Put the partial file in the place of whatever has the final name."""
        try:
            self._let_go()
            self.folder.replace(self._temporary, self.name)
        except OSError as error:
            raise self._failed(error) from error

    def keep_old(self) -> None:
        """Give what has the final name a second one, ``NAME.bak-1`` or the next free; a secret with mode 0600."""
        number = 1
        while self.status() is not None:
            backup = f"{self.name}.bak-{number}"
            try:
                self._link(self.name, backup)
            except FileExistsError:
                number += 1
                continue
            except OSError as error:
                raise self._failed(error) from error
            self.backup = backup
            self.keeps_old = self.keeps_old or self._was_secret(backup)
            self._close_to_others(backup)
            return

    def _was_secret(self, name: str) -> bool:
        """Whether what stood there held a key, whatever replaces it, or was closed to others as what comes is not."""
        status = self._status(name)
        if status is None or not stat.S_ISREG(status.st_mode):
            return False  # a link: what it leads to stays
        if status.st_size > MAX_INPUT_BYTES or (platform.PERMISSIONS and self._opens(status)):
            return True
        try:
            with os.fdopen(self.folder.open(name), "rb") as file:
                return may_hold_key(file.read())
        except OSError:
            return True

    def _opens(self, status: os.stat_result) -> bool:
        return self._fd >= 0 and bool(os.fstat(self._fd).st_mode & ~status.st_mode & 0o077)

    def restore(self) -> None:
        """Put the old content back under the final name, or take away the new."""
        with contextlib.suppress(OSError):  # the error that led here is the one to report
            if self.backup:
                self.folder.replace(self.backup, self.name)
                self._unlink(self.backup)  # two names of one file: rename leaves both
            elif (status := self.status()) and status.st_ino == self._inode:
                self.remove()

    def drop_backup(self) -> None:
        """Forget the old content."""
        if self.backup:
            self._unlink(self.backup)
            self.backup = ""

    def remove(self) -> None:
        """Take the final name away."""
        self._let_go()  # the partial file may be the same file
        self._unlink(self.name)

    def clear(self) -> None:
        """Take the partial file away, if it is ours, and let go of it."""
        if self._is_ours():
            self._let_go()
            self._unlink(self._temporary)
        self._release()
        self._inode = None

    def sync_folder(self) -> None:
        """Flush the names to disk."""
        try:
            self.folder.sync()
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise self._failed(error) from error

    def _link(self, source: str, target: str) -> None:
        """Give a file another name, never an occupied one, and without a moment in which that name is incomplete."""
        try:
            self.folder.hard_link(source, target)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            self._move(source, target)

    def _move(self, source: str, target: str) -> None:
        """Claim the name, then move onto the claim: for FAT and some network file systems."""
        os.close(self.folder.create(target, 0o600))
        try:
            if source == self._temporary:
                self._let_go()
            self.folder.replace(source, target)
        except OSError:  # it did not move; after an interrupt it may have, and then the claim is the only copy
            self._unlink(target)
            raise

    def _take(self, fd: int) -> os.stat_result:
        self._fd = fd
        status = os.fstat(fd)
        self._inode = status.st_ino
        return status

    def _lock(self) -> bool:
        """Lock the open partial file, and say whether it is still the one of that name."""
        return platform.nobody_else_has(self._fd) and self._is_ours()

    def _is_ours(self) -> bool:
        status = self._status(self._temporary) if self._inode is not None else None
        return status is not None and status.st_ino == self._inode

    def _let_go(self) -> None:
        """Close the partial file where an open file keeps its names."""
        if self.folder.holds_open_files:
            self._release()

    def _close_to_others(self, name: str) -> None:
        if self.keeps_old and platform.PERMISSIONS:
            with contextlib.suppress(OSError):  # a link, or another owner's file: its mode is not ours to set
                fd = self.folder.open(name)
                try:
                    platform.close_to_others(fd)
                finally:
                    os.close(fd)

    def _status(self, name: str) -> os.stat_result | None:
        try:
            return self.folder.stat(name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from error
        except ValueError as error:
            raise FileError("files.error.bad_name", name=self.shown) from error

    def _unlink(self, name: str) -> None:
        with contextlib.suppress(OSError):  # already gone, or a disk that fails: nothing better can be done
            self.folder.unlink(name)

    def _release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _in_the_way(self) -> FileError:
        partial = Path(self.shown).with_name(self._temporary)
        return FileError("files.error.in_the_way", name=self.shown, partial=str(partial))

    def _failed(self, error: OSError) -> FileError:
        return file_error(error, self.shown, "unwritable")


def make_folder(path: PathLike) -> None:
    """Make a folder for secrets, mode 0700; one that exists stays as it is.

    Raises:
        FileError: its parent is missing, or something else has its name.
    """
    name = shown(path)
    try:
        Path(path).mkdir(0o700)
    except FileExistsError:
        if not Path(path).is_dir():
            raise FileError("files.error.exists", name=name) from None
    except FileNotFoundError as error:
        raise FileError("files.error.no_folder", name=name, folder=str(Path(path).parent)) from error
    except OSError as error:
        raise file_error(error, name, "unwritable") from error
    except ValueError as error:
        raise FileError("files.error.bad_name", name=name) from error
