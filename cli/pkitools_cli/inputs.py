"""Read what the command line names: files of any kind, and ``-`` for standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import click

from pkitools.containers import (
    BadItem,
    Contents,
    Item,
    ItemKind,
    items_of,
    may_hold_more,
    read_source,
    unread_file,
    unread_of,
)
from pkitools.containers.wanted import is_surely_without
from pkitools.errors import FileError, InputError, LimitError, PkitoolsError, SecretError, about_file
from pkitools.files import is_private, read_bytes
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.text import size_text
from pkitools_cli.i18n import tr
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.output import complain, complain_once
from pkitools_cli.passphrases import asked_passphrase, can_ask
from pkitools_cli.remedies import error_line

if TYPE_CHECKING:
    from pkitools.reports import ToldError
    from pkitools.requests import PrivateKey
    from pkitools.x509 import PublicKey

T = TypeVar("T")

SUBFOLDERS: Final = "sources.error.subfolders"
"""The code of folders in a folder that were not looked into."""

_MOST_FOLDERS: Final = 100  # of those in a folder with lists: more is no folder with lists
_LISTS: Final = frozenset({"sources.error.only_crl", "sources.error.only_ocsp_response"})


class UnusableError(InputError):
    """None of several files can be used. It is what is wrong with the first; the others come with it.

    Args:
        errors: of each file, at least one.
    """

    def __init__(self, errors: Sequence[PkitoolsError]) -> None:
        super().__init__(errors[0].code, **errors[0].params)
        self.file = errors[0].file
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be used.

    Args:
        name: the file.
        error: why.
        harmless: it was found in a folder and holds no certificate at all.
    """

    name: str
    error: PkitoolsError
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class Used(Generic[T]):
    """What came of the files named on the command line.

    Args:
        results: one of each file that could be used, in their order.
        failures: the files that could not be used.
    """

    results: list[T]
    failures: list[Failure]

    @property
    def errors(self) -> list[ToldError]:
        """The files that could not be used, for a document."""
        from pkitools.reports import ToldError  # of what went well there is none

        return [ToldError.of(each.error, file=each.name, passed_over=each.harmless) for each in self.failures]

    @property
    def complete(self) -> bool:
        """Whether every file that should hold something could be used."""
        return all(failure.harmless for failure in self.failures)


def read_input(name: str, passphrase: bytes | None = None, *, wanted: ItemKind = ItemKind.CERTIFICATE) -> Contents:
    """Return what a file, or standard input for ``-``, holds.

    A keystore that needs a passphrase nobody gave asks for it, when there is a terminal to ask on.
    """
    with about_input(name):
        if name == STANDARD_INPUT:
            shown, data = str(tr("cli.inputs.stdin")), read_standard_input()
        else:
            _refuse_without_files(name, wanted)
            shown, data = name, read_bytes(name)
        try:
            return read_source(data, shown, passphrase=passphrase)
        except SecretError:
            if passphrase is not None or not can_ask():
                raise
            return read_source(data, shown, passphrase=asked_passphrase(shown))


def _refuse_without_files(name: str, wanted: ItemKind) -> None:
    """Refuse a folder with no file in it, which is none to read; any other that is no file is refused in reading.

    Raises:
        InputError: it is one.
    """
    try:
        is_bare = not any(path.is_file() for path in Path(name).iterdir())
    except (OSError, ValueError):
        return
    if is_bare:
        kind = wanted if wanted is ItemKind.REQUEST else ItemKind.CERTIFICATE
        raise InputError(f"sources.error.folder_without_{kind.value}s", name=name)


def called(name: str) -> str:
    """Return what a given file is called."""
    return str(tr("cli.inputs.stdin")) if name == STANDARD_INPUT else name


def about_input(name: str) -> AbstractContextManager[None]:
    """Say of every error inside which file it is about, standard input by its name."""
    return about_file(called(name))


def read_inputs(
    names: Sequence[str], passphrase: bytes | None = None, *, wanted: ItemKind = ItemKind.CERTIFICATE
) -> Iterator[Contents | PkitoolsError]:
    """Yield each input in turn, or why it cannot be used: one does not keep the others from being read."""
    for name in names:
        try:
            yield read_input(name, passphrase, wanted=wanted)
        except PkitoolsError as error:
            yield error


def read_together(
    names: Sequence[str], passphrase: bytes | None = None, *, wanted: ItemKind = ItemKind.CERTIFICATE
) -> dict[str, Contents | PkitoolsError]:
    """Return what each input holds, or why it cannot be used: which of them belong together shows of all at once."""
    distinct = list(dict.fromkeys(names))
    return dict(zip(distinct, read_inputs(distinct, passphrase, wanted=wanted), strict=True))


def files_of(names: Sequence[str]) -> list[tuple[str, bool]]:
    """Return each file named, and of a folder its files in the order of their names; and whether a folder gave it."""
    found: list[tuple[str, bool]] = []
    for name in names:
        folder = Path(name)
        if name == STANDARD_INPUT or not folder.is_dir():
            found.append((name, False))
            continue
        try:
            inside = [(file, True) for file in _files_inside(folder)]
        except OSError:
            inside = []  # reading it as a file says what is wrong
        found += inside or [(name, False)]
    return found


def _files_inside(folder: Path) -> list[str]:
    """Return the files of a folder in the order of their names, also a link that leads nowhere: reading it says so.

    A link of Emacs that locks a file (``.#name``) leads nowhere by design, and is none.
    """
    return [
        f"./{path}" if str(path).startswith("-") else str(path)
        for path in sorted(folder.iterdir())
        if path.is_file() or (path.is_symlink() and not path.exists() and not path.name.startswith(".#"))
    ]


def use_each(
    names: Sequence[str],
    use: Callable[[str], T],
    *,
    lists_count: bool = False,
    tell_folders: bool = True,
    compared: Collection[str] = (),
    wanted: ItemKind = ItemKind.CERTIFICATE,
) -> Used[T]:
    """Use each file; one that cannot be used is told of, and does not keep the others from being used.

    Args:
        names: files, and folders whose files are meant.
        use: what to do with a file.
        lists_count: a file with nothing but CRLs or OCSP responses is read for the certificates of the others.
        tell_folders: say at once which folders in a folder were not looked into; else whoever asks says it.
        compared: files whose keys and requests are compared with the certificates of the others.
        wanted: of what a file in a folder may hold nothing.

    Raises:
        UnusableError: none can be used.
        InputError: they are folders without a certificate.
    """
    results: list[T] = []
    failures: list[Failure] = []
    passed_over = [Failure(str(error.params["name"]), error, harmless=True) for error in _subfolders(names)]
    for name, in_folder in files_of(names):
        try:
            with about_input(name):
                results.append(use(name))
        except (InputError, FileError, SecretError) as error:
            failures.append(Failure(name, error, in_folder and _is_harmless(name, error, wanted)))
    if failures and not results:
        if all(failure.harmless for failure in failures):
            raise InputError(f"sources.error.folder_without_{wanted.value}s", name=", ".join(names))
        raise UnusableError([failure.error for failure in failures if not failure.harmless])
    failures = [
        replace(each, harmless=True) if each.name in compared or (lists_count and is_list(each.error)) else each
        for each in failures
    ]
    for failure in (*(passed_over if tell_folders else ()), *failures):
        if failure.harmless and failure.name in compared:
            complain(tr(f"cli.inputs.compared{_of_kind(wanted)}", file=failure.name))
            continue
        complain(_told(failure, wanted, used=lists_count and is_list(failure.error)))
    return Used(results, [*passed_over, *failures])


def _is_harmless(name: str, error: PkitoolsError, wanted: ItemKind) -> bool:
    """Return whether a file of a folder that could not be used surely holds nothing of what is wanted."""
    return is_surely_without(error, lambda: read_bytes(name), wanted)


def _subfolders(names: Sequence[str]) -> Iterator[InputError]:
    """Yield of each folder that folders in it were not looked into."""
    for name in dict.fromkeys(names):
        try:
            count = sum(path.is_dir() for path in Path(name).iterdir())
        except (OSError, ValueError):
            continue  # it is no folder, or reading it says what is wrong
        if count:
            yield InputError(SUBFOLDERS, name=name, count=count)


def is_list(error: PkitoolsError) -> bool:
    """Return whether a file has nothing to judge because it is a list, which is used for certificates of others."""
    return error.code in _LISTS


def _told(failure: Failure, wanted: ItemKind, *, used: bool = False) -> str:
    if used:
        return tr("cli.inputs.list_read", file=failure.name)
    if failure.error.code == SUBFOLDERS:
        return subfolders_told(failure.error)
    if failure.harmless:
        return tr(f"cli.inputs.passed_over{_of_kind(wanted)}", file=failure.name)
    return error_line(failure.error)


def _of_kind(wanted: ItemKind) -> str:
    return "" if wanted is ItemKind.CERTIFICATE else f"_{wanted.value}"


def subfolders_told(error: PkitoolsError) -> str:
    """Return that folders in a folder were not looked into."""
    name, count = error.params["name"], error.params["count"]
    return tr(f"cli.inputs.subfolders{'_one' if str(count) == '1' else ''}", folder=name, count=count)


def told_problems(source: Contents, name: str) -> list[ToldError]:
    """Tell of the parts of a file that could not be read, and return them for a document."""
    return [pass_over(name, bad.position, bad.error) for bad in source.problems]


def pass_over(name: str, position: int, error: PkitoolsError) -> ToldError:
    """Tell of one part of a file that could not be read, and return it for a document."""
    complain(tr("cli.inputs.bad_block", file=name, position=position, why=error_line(error)))
    from pkitools.reports import ToldError

    return ToldError.of(error, file=name, position=position)


def read_certificates(name: str, unread: list[ToldError]) -> tuple[Item, ...]:
    """Return the certificates of a file, at least one; parts that are passed over are told of at once.

    Args:
        name: the file.
        unread: gets the parts of it that could not be read, for a document.

    Raises:
        InputError: there is none.
    """
    with about_input(name):
        source = read_input(name)
        unread += told_problems(source, name)
        return tuple(items_of(source, ItemKind.CERTIFICATE))


def read_items(name: str, unread: list[BadItem], kind: ItemKind = ItemKind.CERTIFICATE) -> tuple[bytes, ...]:
    """Return what a file holds of one kind, at least one, as DER.

    Args:
        name: the file.
        unread: gets the parts of it that could not be read: the report tells them.
        kind: what is wanted of it.

    Raises:
        InputError: there is none.
    """
    with about_input(name):
        return tuple(item.der for item in items_of(read_whole(name, unread, kind), kind))


def read_whole(name: str, unread: list[BadItem], kind: ItemKind = ItemKind.CERTIFICATE) -> Contents:
    """Return all that a file holds, of one kind at least one: as :func:`read_items`, which gives only that kind."""
    with about_input(name):
        source = read_input(name)
        items_of(source, kind)
        unread += unread_of(source)
        return source


def each_of(
    names: Iterable[str],
    read: Callable[[str], T],
    unread: Callable[[str, PkitoolsError], object],
    *,
    read_list: Callable[[str], T] | None = None,
) -> Iterator[T]:
    """Yield what is read of each file, and of a folder of each file in it that holds what is wanted.

    Args:
        names: files and folders; of a test PKI its folder, of which its authorities are read.
        read: reads a file. What it refuses in a folder because it holds none is passed over, and told.
        unread: gets a file of a folder that cannot be read and may hold what is wanted; it is told as well.
        read_list: reads a file of a folder that holds CRLs or OCSP responses only; such files are passed over without.

    Raises:
        InputError: a folder holds none.
    """
    for name in names:
        if name == STANDARD_INPUT or not Path(name).is_dir():
            yield read(name)
            continue
        failures: list[Failure] = []
        found = [each for file in _authorities_in(Path(name)) for each in _of_folder(file, read, read_list, failures)]
        if not found:
            raise failures[0].error if failures else InputError("sources.error.folder_without_certificates", name=name)
        for failure in failures:
            complain(error_line(failure.error))  # the report says that something was not read, and not always which
            unread(failure.name, failure.error)
        yield from found


def _authorities_in(folder: Path) -> list[str]:
    """Return the files of a folder; of a test PKI those with its authorities, and not its database and keys."""
    trusted, authorities = folder / "trust.pem", folder / "certs"
    if trusted.is_file() and authorities.is_dir():
        return [str(trusted), *_files_inside(authorities)]
    return _files_inside(folder)


def _of_folder(
    file: str, read: Callable[[str], T], read_list: Callable[[str], T] | None, failures: list[Failure]
) -> Iterator[T]:
    try:
        yield read(file)
    except (InputError, SecretError, FileError) as error:
        failure = Failure(file, error, _is_harmless(file, error, ItemKind.CERTIFICATE))
        if is_list(error) and read_list is not None:
            yield read_list(file)
        elif failure.harmless or is_list(error):
            complain(_told(replace(failure, harmless=True), ItemKind.CERTIFICATE))
        else:
            failures.append(failure)


def trusted_files(names: Iterable[str]) -> Iterator[Contents]:
    """Yield what the files and folders of ``--trust`` hold besides roots; what cannot be read is told by its store."""
    for name in names:
        if (Path(name) / "trust.pem").is_file():
            continue  # a test PKI, whose lists have a folder of their own
        for file in _files_inside(Path(name)) if Path(name).is_dir() else [name]:
            with suppress(PkitoolsError):
                yield read_source(read_bytes(file), str(file))


def read_crls(name: str, unread: list[BadItem], names: dict[bytes, str]) -> Iterator[bytes]:
    """Yield the CRLs of a file or, of a folder, those of every file in it, by content and whatever it is called.

    Args:
        name: the file or folder.
        unread: gets what could not be read, be it a part of a file or a whole file of a folder.
        names: gets of each the name of its file.

    Raises:
        InputError: there is none.
    """
    with about_input(name):
        if name == STANDARD_INPUT or not Path(name).is_dir():
            source = read_input(name)
            if not source.of_kind(ItemKind.CRL):
                raise InputError("revocation.error.no_crl", name=name)
            yield from _crls_of(source, unread, names)
            return
        before, count = len(unread), 0
        for crl in _crls_of_folder(name, unread, names):
            count += 1
            yield crl
        if not count:
            raise unread[before].error if len(unread) > before else InputError("revocation.error.no_crl", name=name)


def _crls_of_folder(name: str, unread: list[BadItem], names: dict[bytes, str]) -> Iterator[bytes]:
    for file in _files_below(name, unread):
        try:
            with about_input(file):
                data = read_bytes(file)
                source = read_source(data, file)
        except PkitoolsError as error:
            if _may_be_a_list(file, error):
                unread.append(unread_file(file, error))
            continue
        yield from _crls_of(source, unread, names)


_HEXADECIMAL: Final = "sources.kind.hexadecimal"


def _files_below(name: str, unread: list[BadItem]) -> Iterator[str]:
    """Yield the files of a folder and of those in it; a folder that was not looked into is told as unread.

    A link to a folder is not followed: it may lead back, or anywhere. One to a folder within the folder that is walked
    leads to what is looked into all the same: Kubernetes mounts what it holds as ``..data``, a link.
    """
    first = _lists_in(Path(name))
    waiting, seen = [first], 0
    top = Path(os.path.realpath(first))
    while waiting:
        folder = waiting.pop(0)
        seen += 1
        is_link = seen > 1 and folder.is_symlink()
        if is_link and Path(os.path.realpath(folder)).is_relative_to(top):
            continue
        if seen > _MOST_FOLDERS or is_link:
            unread.append(_not_looked_into(folder))
            continue
        try:
            files, folders = _files_inside(folder), sorted(path for path in folder.iterdir() if path.is_dir())
        except OSError:
            unread.append(_not_looked_into(folder))
            continue
        waiting += folders
        yield from files


def _lists_in(folder: Path) -> Path:
    """Return the folder in which the lists are: of a test PKI not that of its database and keys."""
    inside = folder / "crl"
    return inside if (folder / "trust.pem").is_file() and inside.is_dir() else folder


def _not_looked_into(folder: Path) -> BadItem:
    return unread_file(str(folder), InputError(SUBFOLDERS, name=str(folder.parent), count=1))


def _may_be_a_list(name: str, error: PkitoolsError) -> bool:
    """Return whether a file of a folder that could not be read may be a CRL, or hold one."""
    if isinstance(error, FileError) or Path(name).suffix.lower() == ".crl":
        return True
    if error.params.get("problem") == _HEXADECIMAL:  # which reads as nothing but a note
        return True
    return error.code != "files.error.empty" and may_hold_more(read_bytes(name))


def _crls_of(source: Contents, unread: list[BadItem], names: dict[bytes, str]) -> Iterator[bytes]:
    unread += unread_of(source)
    for item in source.of_kind(ItemKind.CRL):
        names.setdefault(item.der, source.name)
        yield item.der


def read_key(path: str, passphrase: bytes | None) -> PrivateKey:
    """Return the private key in a file, asking for its passphrase when it needs one and somebody is there.

    Raises:
        PkitoolsError: unreadable, not a key, or encrypted without a passphrase.
    """
    from pkitools.requests.keys import MAX_KEY_FILE_BYTES, load_key

    with about_input(path):
        data = read_bytes(path, limit=MAX_KEY_FILE_BYTES)
        try:
            key = load_key(data, path, passphrase=passphrase)
        except SecretError:
            if passphrase is not None or not can_ask():
                raise
            key = load_key(data, path, passphrase=asked_passphrase(path))
        except InputError as error:
            raise _swapped(error, path) or error from None
    if not is_private(path):  # of what turned out to be a key: anybody may read a certificate
        complain_once(tr("cli.csr.key_readable", name=path))
    return key


def read_either_key(path: str, passphrase: bytes | None) -> PrivateKey | PublicKey:
    """Return the key in a file to compare with: a private one, see :func:`read_key`, or a public one by itself."""
    from pkitools.checking.expectation import public_key_alone
    from pkitools.requests.keys import MAX_KEY_FILE_BYTES

    with about_input(path):
        alone = public_key_alone(read_bytes(path, limit=MAX_KEY_FILE_BYTES), path)
    return read_key(path, passphrase) if alone is None else alone


def _swapped(error: InputError, path: str) -> InputError | None:
    """Return that another of the files that were given is the key, where the one given as the key is something else."""
    if error.code != "requests.error.no_key":
        return None
    ctx = click.get_current_context(silent=True)
    values = ctx.params.values() if ctx is not None else ()
    names = [name for value in values for name in (value if isinstance(value, tuple) else (value,))]
    found = next((name for name in names if isinstance(name, str) and name != path and _is_key(name)), None)
    return InputError("requests.error.key_swapped", **{**error.params, "other": found}) if found else None


def _is_key(name: str) -> bool:
    from pkitools.requests.keys import MAX_KEY_FILE_BYTES

    try:
        return b"PRIVATE KEY-----" in read_bytes(name, limit=MAX_KEY_FILE_BYTES)
    except PkitoolsError:
        return False


def read_standard_input() -> bytes:
    """Return standard input.

    Raises:
        InputError: it is empty, or too large.
    """
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        raise LimitError("files.error.too_large", name=tr("cli.inputs.stdin"), limit=size_text(MAX_INPUT_BYTES))
    if not data:
        raise InputError("files.error.empty", name=tr("cli.inputs.stdin"))
    return data
