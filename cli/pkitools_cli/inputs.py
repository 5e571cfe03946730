"""Read what the command line names: files of any kind, folders of them, and ``-`` for standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from pkitools.containers import (
    BadItem,
    Contents,
    Item,
    ItemKind,
    items_of,
    read_source,
    unread_of,
)
from pkitools.containers.wanted import is_surely_without
from pkitools.errors import FileError, InputError, LimitError, PkitoolsError, SecretError, about_file
from pkitools.files import is_file, is_folder, is_for_reading, read_bytes
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.text import size_text
from pkitools_cli.i18n import form_of, tr
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.output import complain
from pkitools_cli.passphrases import asked_passphrase, can_ask
from pkitools_cli.remedies import POINTS_ELSEWHERE, error_line

if TYPE_CHECKING:
    from pkitools.reports import ToldError

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)
U_co = TypeVar("U_co", covariant=True)

SUBFOLDERS: Final = "sources.error.subfolders"
"""The code of folders in a folder that were not looked into."""

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


class WithUnread(NamedTuple, Generic[T_co, U_co]):
    """What was read, and what could not be: the report of what is made of it tells that something is missing.

    Args:
        value: what was read.
        unread: each file, or part of one, that could not be read.
    """

    value: T_co
    unread: tuple[U_co, ...] = ()


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


_NONE_OF_OURS: Final = frozenset(
    f"sources.error.{slug}" for slug in ("nothing", "other_kind", "unrecognised", "html", "xml")
)


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
        except InputError as error:
            if error.code not in _NONE_OF_OURS or not _points_elsewhere(data, name):
                raise
            import shlex  # of what is no certificate alone

            raise InputError(error.code, **error.params, **{POINTS_ELSEWHERE: shlex.quote(name)}) from None


def _points_elsewhere(data: bytes, name: str) -> bool:
    """Return whether a file is a configuration or a list, of which a scan reads what it names."""
    from pkitools.portfolio.pointers import pointers_of  # of what is no certificate alone

    try:
        return bool(pointers_of(data, name, is_inventory=True))
    except PkitoolsError:
        return False


def _refuse_without_files(name: str, wanted: ItemKind) -> None:
    """Refuse a folder with no file in it, which is none to read; any other that is no file is refused in reading.

    Raises:
        InputError: it is one.
    """
    try:
        is_bare = not files_inside(Path(name))
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
        if name == STANDARD_INPUT or not is_folder(folder):
            found.append((name, False))
            continue
        try:
            inside = [(file, True) for file in files_inside(folder)]
        except OSError:
            inside = []  # reading it as a file says what is wrong
        found += inside or [(name, False)]
    return found


def files_inside(folder: Path) -> list[str]:
    """Return the files of a folder in the order of their names, also a link that leads nowhere: reading it says so."""
    return [
        f"./{path}" if str(path).startswith("-") else str(path)
        for path in sorted(folder.iterdir())
        if is_for_reading(path)
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
    return is_surely_without(error, lambda: read_bytes(name), wanted, name)


def _subfolders(names: Sequence[str]) -> Iterator[InputError]:
    """Yield of each folder that folders in it were not looked into."""
    for name in dict.fromkeys(names):
        try:
            count = sum(is_folder(path) for path in Path(name).iterdir())
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
    return tr(f"cli.inputs.subfolders{form_of(int(str(count)))}", folder=name, count=count)


def told_problems(source: Contents, name: str) -> list[ToldError]:
    """Tell of the parts of a file that could not be read, and return them for a document."""
    return [pass_over(name, bad.position, bad.error) for bad in source.problems]


def pass_over(name: str, position: int, error: PkitoolsError) -> ToldError:
    """Tell of one part of a file that could not be read, and return it for a document."""
    complain(tr("cli.inputs.bad_block", file=name, position=position, why=error_line(error)))
    from pkitools.reports import ToldError

    return ToldError.of(error, file=name, position=position)


def read_certificates(name: str) -> WithUnread[tuple[Item, ...], ToldError]:
    """Return the certificates of a file, at least one; parts that are passed over are told of at once.

    Raises:
        InputError: there is none.
    """
    with about_input(name):
        source = read_input(name)
        told = told_problems(source, name)
        return WithUnread(tuple(items_of(source, ItemKind.CERTIFICATE)), tuple(told))


def read_items(name: str, kind: ItemKind = ItemKind.CERTIFICATE) -> WithUnread[tuple[bytes, ...], BadItem]:
    """Return what a file holds of one kind, at least one, as DER; what could not be read of it the report tells.

    Args:
        name: the file.
        kind: what is wanted of it.

    Raises:
        InputError: there is none.
    """
    found = read_whole(name, kind)
    return WithUnread(tuple(item.der for item in found.value.of_kind(kind)), found.unread)


def read_whole(name: str, kind: ItemKind = ItemKind.CERTIFICATE) -> WithUnread[Contents, BadItem]:
    """Return all that a file holds, of one kind at least one: as :func:`read_items`, which gives only that kind."""
    with about_input(name):
        source = read_input(name)
        items_of(source, kind)
        return WithUnread(source, unread_of(source))


def each_of(
    names: Iterable[str],
    read: Callable[[str], WithUnread[T, U]],
    unread: Callable[[str, PkitoolsError], U],
    *,
    read_list: Callable[[str], WithUnread[T, U]] | None = None,
) -> WithUnread[list[T], U]:
    """Return what is read of each file, and of a folder of each file in it that holds what is wanted.

    Args:
        names: files and folders; of a test PKI its folder, of which its authorities are read.
        read: reads a file. What it refuses in a folder because it holds none is passed over, and told.
        unread: makes of a file of a folder that cannot be read and may hold what is wanted what stands for it; it is
            told as well.
        read_list: reads a file of a folder that holds CRLs or OCSP responses only; such files are passed over without.

    Raises:
        InputError: a folder holds none.
    """
    found: list[T] = []
    missing: list[U] = []
    for name in names:
        failures: list[Failure] = []
        if name == STANDARD_INPUT or not is_folder(name):
            of_name = [read(name)]
        else:
            tried = [_of_folder(file, read, read_list) for file in _authorities_in(Path(name))]
            of_name = [each for each in tried if isinstance(each, WithUnread)]
            failures = [each for each in tried if isinstance(each, Failure)]
            if not of_name:
                none = InputError("sources.error.folder_without_certificates", name=name)
                raise failures[0].error if failures else none
        found += [each.value for each in of_name]
        missing += [one for each in of_name for one in each.unread]
        for failure in failures:
            complain(error_line(failure.error))  # the report says that something was not read, and not always which
            missing.append(unread(failure.name, failure.error))
    return WithUnread(found, tuple(missing))


def _authorities_in(folder: Path) -> list[str]:
    """Return the files of a folder; of a test PKI those with its authorities, and not its database and keys."""
    trusted, authorities = folder / "trust.pem", folder / "certs"
    if is_file(trusted) and is_folder(authorities):
        return [str(trusted), *files_inside(authorities)]
    return files_inside(folder)


def _of_folder(
    file: str, read: Callable[[str], WithUnread[T, U]], read_list: Callable[[str], WithUnread[T, U]] | None
) -> WithUnread[T, U] | Failure | None:
    """Return what is read of a file of a folder, or why it cannot be; nothing of one that is passed over and told."""
    try:
        return read(file)
    except (InputError, SecretError, FileError) as error:
        failure = Failure(file, error, _is_harmless(file, error, ItemKind.CERTIFICATE))
        if is_list(error) and read_list is not None:
            return read_list(file)
        if not (failure.harmless or is_list(error)):
            return failure
        complain(_told(replace(failure, harmless=True), ItemKind.CERTIFICATE))
        return None


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
