"""A test PKI in a folder.

::

    DIR/trust.pem      the roots: what a relying party trusts
    DIR/certs/*.cer    the authorities' certificates, DER
    DIR/crl/*.crl      their newest CRLs, DER
    DIR/private/*.key  their private keys, PKCS#8, mode 0600
    DIR/end-entity/*   certificates and keys of end entities that came along with an imported hierarchy, as they were
    DIR/pki.sqlite3    what was issued, revoked and published (:mod:`pkitools_test_pki.store`)
    DIR/lock           locked by whoever works in the folder; the kernel lets go when a process dies

A new PKI is built whole in ``.DIR.partial-PID`` and then renamed into place: it is there, or it is not. What a killed
creation left is cleared up by the next one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Unpack

from pkitools.errors import FileError, InvalidValueError, StateError
from pkitools.files import Output, check_outputs, is_file, is_private, platform, read_bytes, write_public, write_set
from pkitools.files.common import said
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.authority import DEFAULT_BASE_URL, Authority
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.enrol import Application, Change, enrol
from pkitools_test_pki.issued import IssuedCertificate, outputs
from pkitools_test_pki.keys import KeySource, fresh_keys, load_key, private_pem
from pkitools_test_pki.names import file_name
from pkitools_test_pki.pki import PKI, build, checked_base_url
from pkitools_test_pki.posix import require_posix
from pkitools_test_pki.shapes import Template, authorities_of, authority_spec
from pkitools_test_pki.store import Store

DATABASE: Final = "pki.sqlite3"
LOCK: Final = "lock"
TRUST: Final = "trust.pem"
CERTIFICATES: Final = "certs"
CRLS: Final = "crl"
PRIVATE: Final = "private"
END_ENTITIES: Final = "end-entity"


class PKIFolder:
    """An open test PKI folder. Use as a context manager; several processes may have it open and issue at once."""

    def __init__(self, path: Path, store: Store, pki: PKI, lock: int) -> None:
        self.path = path
        self.store = store
        self.pki = pki
        self._lock = lock

    def __enter__(self) -> PKIFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        self.store.close()
        os.close(self._lock)

    # -- issuing and revoking ----------------------------------------------------------------------------------------

    def issue(
        self,
        profile: str | Template | None = None,
        *,
        key: PrivateKey | None = None,
        request: Application | None = None,
        **wishes: Unpack[Deviation],
    ) -> tuple[IssuedCertificate, tuple[Change, ...]]:
        """Issue a certificate that its profile allows; return it and how it differs from what was asked.

        Raises:
            InvalidValueError: the profile does not allow it.
            StateError: the folder does not work.
        """
        authority = self.pki.issuer_of(profile)
        chosen, changes = enrol(self.pki.template(profile), wishes, request)
        return authority.issue(profile or self.pki.default_profile, key=key, **chosen), changes

    def issue_to(
        self,
        prefix: str | os.PathLike[str],
        profile: str | Template | None = None,
        *,
        request: Application | None = None,
        overwrite: bool = False,
        **wishes: Unpack[Deviation],
    ) -> tuple[IssuedCertificate, tuple[Change, ...], tuple[Path, ...]]:
        """Issue, and write ``PREFIX.pem``, ``PREFIX.chain.pem`` and, for a key made here, ``PREFIX.key``.

        Raises:
            FileError: one of the files exists (without ``overwrite``) or cannot be written: nothing is issued then.
        """
        check_outputs(outputs(prefix, b"", b"", None if request else b""), overwrite=overwrite)
        issued, changes = self.issue(profile, request=request, **wishes)
        return issued, changes, issued.write(prefix, overwrite=overwrite)

    def revoke(self, serial_number: int, reason: str, *, moment: datetime) -> tuple[RevokedEntry, Path]:
        """Revoke a certificate and publish the CRL that says so; return its file as well.

        Raises:
            InvalidValueError: no such certificate, revoked before, or no such reason.
        """
        issuer = self.store.authority_of(serial_number)
        if issuer is None:
            raise InvalidValueError("test_pki.error.serial_unknown", serial_number=f"{serial_number:x}")
        authority = self.pki[issuer]
        revocation = authority.revoke(serial_number, reason, moment=moment)
        return revocation, self.publish_crl(authority, moment=moment)

    def publish_crl(self, authority: Authority, *, moment: datetime, hours: float | None = None) -> Path:
        """Publish the next complete CRL of an authority; return its file."""
        authority.crl(moment=moment, hours=hours)
        return self.write_crl(authority)

    def publish_crls(self, *, moment: datetime, hours: float | None = None) -> tuple[Path, ...]:
        """Publish the next complete CRL of every authority; return their files."""
        return tuple(self.publish_crl(authority, moment=moment, hours=hours) for authority in self.pki)

    def write_crl(self, authority: Authority) -> Path:
        """Bring the file of an authority's CRL up to the newest in the database; return the file."""
        path = self.path / CRLS / f"{authority.file_name}.crl"
        with _locked(self.path / CRLS):  # else an older CRL could be written last
            newest = self.store.crl(authority.name)
            if newest is None:
                raise StateError("test_pki.error.no_base_crl", authority=authority.name)
            write_public(path, newest, overwrite=True)
        return path


# -- opening -----------------------------------------------------------------------------------------------------------


def open_folder(
    path: str | os.PathLike[str], *, moment: datetime, keys: KeySource = fresh_keys, shared: bool = False
) -> PKIFolder:
    """Open a test PKI.

    Args:
        path: its folder.
        moment: now, aware UTC: the default moment of all that is done.
        keys: makes the keys of what is issued.
        shared: several threads use it; they must take turns.

    Raises:
        StateError: there is no test PKI, its database does not work, or this is no POSIX system.
    """
    require_posix()
    folder = Path(path)
    if not is_file(folder / DATABASE):
        raise StateError("test_pki.error.not_a_pki", path=str(path))
    lock = _lock_folder(folder)
    try:
        store = Store(folder / DATABASE, shared=shared)
        try:
            if _alone(lock):
                store.forget_reservations()
            platform.lock(lock, shared=True, wait=True)
            pki = PKI({a.name: a for a in _authorities(folder, store, moment, keys)})
        except BaseException:
            store.close()
            raise
    except BaseException:
        os.close(lock)
        raise
    return PKIFolder(folder, store, pki, lock)


def _lock_folder(folder: Path) -> int:
    try:
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StateError("test_pki.error.lock", path=str(folder / LOCK), detail=said(error)) from error


def _alone(lock: int) -> bool:
    """Say whether no other process has the folder open, so that every open reservation is of a dead one."""
    try:
        platform.lock(lock)
    except OSError:
        return False
    return True


def _authorities(folder: Path, store: Store, moment: datetime, keys: KeySource) -> Iterator[Authority]:
    base_url = store.settings()["base_url"]
    certificates: dict[str, IssuedCertificate] = {}
    for row in store.authorities():
        spec = authority_spec(row.name).as_issued(row.der)
        issuer = certificates.get(row.issuer or "")
        certificates[row.name] = IssuedCertificate(row.der, row.serial_number, spec.level, issuer)
        authority = Authority(
            spec,
            certificates[row.name],
            partial(_load_private, folder / PRIVATE / f"{file_name(spec.common_name)}.key"),
            moment=moment,
            base_url=base_url,
            ledger=store,
            keys=keys,
        )
        yield authority


def _load_private(path: Path) -> PrivateKey:
    if not is_private(path):
        raise StateError("test_pki.error.key_not_private", path=str(path))
    return load_key(read_bytes(path), str(path))


# -- creating ----------------------------------------------------------------------------------------------------------


def create_folder(
    path: str | os.PathLike[str],
    shapes: Sequence[str],
    *,
    moment: datetime,
    keys: KeySource = fresh_keys,
    base_url: str = DEFAULT_BASE_URL,
) -> tuple[Path, ...]:
    """Create a test PKI in a folder that does not exist yet, or is empty; return the files of interest.

    Raises:
        FileError: the folder has content, or cannot be made.
        InvalidValueError: no such shape.
    """
    target = Path(path)
    authorities_of(shapes)
    checked_base_url(base_url)
    new_folder(target, lambda unfinished: _fill(unfinished, shapes, moment, keys, base_url))
    return (target / TRUST, target / CERTIFICATES, target / CRLS, target / PRIVATE)


def new_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Make a folder whole or not at all: ``fill`` works in an unfinished one, which is then renamed into place.

    Raises:
        FileError: the folder has content, or cannot be made.
        StateError: this is no POSIX system.
    """
    require_posix()
    if "\0" in str(target):
        raise FileError("files.error.bad_name", name=str(target))
    _refuse_occupied(target)
    try:
        _clear_partials(target)
        unfinished, lock = _new_partial(target)
        made = unfinished
        try:
            fill(unfinished)
            made = unfinished.rename(target)
            _sync(target.parent)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        finally:
            os.close(lock)
    except OSError as error:
        raise _folder_error(error, target) from error


def _fill(folder: Path, shapes: Sequence[str], moment: datetime, keys: KeySource, base_url: str) -> None:
    make_folders(folder)
    store = Store(folder / DATABASE, create=True)
    try:
        store.write_setting("base_url", checked_base_url(base_url))
        store.write_setting("shapes", " ".join(shapes))
        for spec in authorities_of(shapes):
            store.add_authority(spec.name, spec.issuer)
        pki = build(*shapes, moment=moment, keys=keys, base_url=base_url, ledger=store)
        files = [Output(folder / TRUST, pki.trust_pem(), secret=False)]
        for authority in pki:
            store.finish_authority(authority.name, authority.certificate.serial_number)
            files += files_of(folder, authority)
        write_set(files)
        (folder / LOCK).touch(0o644)
    except BaseException:
        store.close()
        raise
    store.finish()


def make_folders(folder: Path) -> None:
    """Make the folders inside a test PKI folder."""
    for name, mode in ((CERTIFICATES, 0o755), (CRLS, 0o755), (PRIVATE, 0o700)):
        (folder / name).mkdir(mode)


def files_of(folder: Path, authority: Authority) -> Iterable[Output]:
    """Return the files of an authority, a new CRL among them."""
    name = authority.file_name
    yield Output(folder / PRIVATE / f"{name}.key", private_pem(authority.key), secret=True)
    yield Output(folder / CERTIFICATES / f"{name}.cer", authority.certificate.der, secret=False)
    yield Output(folder / CRLS / f"{name}.crl", authority.crl(), secret=False)


def _refuse_occupied(target: Path) -> None:
    try:
        if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
            raise FileError("test_pki.error.folder_occupied", path=str(target))
        if not target.name or not target.parent.is_dir():
            raise FileError("test_pki.error.no_parent", path=str(target), parent=str(target.parent))
    except OSError as error:
        raise _folder_error(error, target) from error


def _clear_partials(target: Path) -> None:
    """Remove what killed creations of the same folder left; one that lives holds the lock on its folder."""
    for unfinished in target.parent.glob(f".{_escaped(target.name)}.partial-*"):
        with contextlib.suppress(OSError):
            lock = os.open(unfinished, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                if _alone(lock):
                    shutil.rmtree(unfinished)
            finally:
                os.close(lock)


def _escaped(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _new_partial(target: Path) -> tuple[Path, int]:
    unfinished = target.with_name(f".{target.name}.partial-{os.getpid()}")
    while True:
        unfinished.mkdir(0o755)
        lock = os.open(unfinished, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        platform.lock(lock, wait=True)
        # another creation may have cleared it up between mkdir and flock
        with contextlib.suppress(FileNotFoundError):
            if unfinished.stat().st_ino == os.fstat(lock).st_ino:
                return unfinished, lock
        os.close(lock)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        platform.lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder_error(error: OSError, target: Path) -> FileError:
    if error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
        return FileError("test_pki.error.folder_occupied", path=str(target))
    return FileError("test_pki.error.folder", path=str(target), detail=said(error))
