"""Read the revocation lists that the command line names: in files, and in folders of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from pkitools.containers import BadItem, Contents, ItemKind, may_hold_more, read_source, unread_file, unread_of
from pkitools.errors import FileError, InputError, PkitoolsError
from pkitools.files import is_file, is_folder, read_bytes
from pkitools.files.common import file_error
from pkitools_cli.inputs import SUBFOLDERS, WithUnread, about_input, files_inside, read_input
from pkitools_cli.options import STANDARD_INPUT

_MOST_FOLDERS: Final = 100  # of those in a folder with lists: more is no folder with lists
_HEXADECIMAL: Final = "sources.kind.hexadecimal"


def trusted_files(names: Iterable[str]) -> Iterator[Contents]:
    """Yield what the files and folders of ``--trust`` hold besides roots; what cannot be read is told by its store."""
    for name in names:
        if is_file(Path(name) / "trust.pem"):
            continue  # a test PKI, whose lists have a folder of their own
        for file in files_inside(Path(name)) if is_folder(name) else [name]:
            with suppress(PkitoolsError):
                yield read_source(read_bytes(file), str(file))


NamedList: TypeAlias = tuple[bytes, str]
"""A CRL, DER, and the name of its file."""


def read_crls(name: str) -> WithUnread[list[NamedList], BadItem]:
    """Return the CRLs of a file or, of a folder, those of every file in it, by content and whatever it is called.

    Args:
        name: the file or folder.

    Raises:
        InputError: there is none.
    """
    with about_input(name):
        if name == STANDARD_INPUT or not is_folder(name):
            source = read_input(name)
            if not source.of_kind(ItemKind.CRL):
                raise InputError("revocation.error.no_crl", name=name)
            return _crls_of(source)
        found = _crls_of_folder(name)
        if not found.value:
            raise found.unread[0].error if found.unread else InputError("revocation.error.no_crl", name=name)
        return found


def _crls_of_folder(name: str) -> WithUnread[list[NamedList], BadItem]:
    found: list[NamedList] = []
    unread: list[BadItem] = []
    for file in _files_below(name):
        if isinstance(file, BadItem):
            unread.append(file)
            continue
        try:
            with about_input(file):
                source = read_source(read_bytes(file), file)
        except PkitoolsError as error:
            if _may_be_a_list(file, error):
                unread.append(unread_file(file, error))
            continue
        of_file = _crls_of(source)
        found += of_file.value
        unread += of_file.unread
    return WithUnread(found, tuple(unread))


def _files_below(name: str) -> Iterator[str | BadItem]:
    """Yield the files of a folder and of those in it, and each folder that was not looked into as unread.

    A link to a folder is not followed: it may lead back, or anywhere. One to a folder within the folder that is walked
    leads to what is looked into all the same: Kubernetes mounts what it holds as ``..data``, a link.
    """
    first = _lists_in(Path(name))
    waiting, seen = [first], 0
    top = Path(os.path.realpath(first))
    while waiting:
        folder = waiting.pop(0)
        seen += 1
        is_link = seen > 1 and os.path.islink(folder)  # noqa: PTH114  a Path raises where it may not be seen
        if is_link and Path(os.path.realpath(folder)).is_relative_to(top):
            continue
        if seen > _MOST_FOLDERS or is_link:
            yield _not_looked_into(folder)
            continue
        try:
            files, folders = files_inside(folder), sorted(path for path in folder.iterdir() if is_folder(path))
        except OSError as error:
            yield unread_file(str(folder), file_error(error, str(folder), "unreadable"))
            continue
        waiting += folders
        yield from files


def _lists_in(folder: Path) -> Path:
    """Return the folder in which the lists are: of a test PKI not that of its database and keys."""
    inside = folder / "crl"
    return inside if is_file(folder / "trust.pem") and is_folder(inside) else folder


def _not_looked_into(folder: Path) -> BadItem:
    return unread_file(str(folder), InputError(SUBFOLDERS, name=str(folder.parent), count=1))


def _may_be_a_list(name: str, error: PkitoolsError) -> bool:
    """Return whether a file of a folder that could not be read may be a CRL, or hold one."""
    if isinstance(error, FileError) or Path(name).suffix.lower() == ".crl":
        return True
    if error.params.get("problem") == _HEXADECIMAL:  # which reads as nothing but a note
        return True
    return error.code != "files.error.empty" and may_hold_more(read_bytes(name))


def _crls_of(source: Contents) -> WithUnread[list[NamedList], BadItem]:
    return WithUnread([(item.der, source.name) for item in source.of_kind(ItemKind.CRL)], unread_of(source))
