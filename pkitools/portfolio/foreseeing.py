"""Every file once before anything is judged: what it says of the certificates in others, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pkitools.containers import read_source
from pkitools.errors import FileError, InputError, PkitoolsError
from pkitools.portfolio.following import MOST_ROUNDS, listing_of, resolved
from pkitools.portfolio.known import Collecting, holds_one_leaf
from pkitools.portfolio.model import Unread
from pkitools.portfolio.opening import KeptContent, ToRead, content_of
from pkitools.portfolio.pointers import pointers_of
from pkitools.portfolio.reading import Unit
from pkitools.portfolio.walking import FoundFile
from pkitools.portfolio.where import folder_of


def gathered_from(
    found: Iterable[Unit | FoundFile | Unread],
    collecting: Collecting,
    kept: KeptContent | None = None,
    *,
    raise_crashes: bool = False,
) -> Iterator[tuple[str, int]]:
    """Give everything in some files, and in those they point to, to what collects it.

    No keystore is opened: what a passphrase costs is paid once, where its certificates are judged.

    Args:
        found: the files; what cannot be reached is told elsewhere.
        collecting: takes what is in each.
        kept: keeps the content of those of which nothing is taken, for who judges them.
        raise_crashes: let what crashes raise.

    Yields:
        Each file of which there was no room for a part, and for how many.
    """
    waiting: Iterable[Unit | ToRead] = (
        ToRead(one.name, one.in_folder) if isinstance(one, FoundFile) else one
        for one in found
        if not isinstance(one, Unread)
    )
    followed: set[Unit | ToRead] = set()
    for _ in range(MOST_ROUNDS + 1):
        further: list[ToRead] = []
        for file in waiting:
            left_out = _taken(file, collecting, kept, further, raise_crashes=raise_crashes)
            if left_out:
                yield file.name, left_out
        waiting = [file for file in dict.fromkeys(further) if file not in followed]
        followed.update(waiting)


def _taken(
    file: Unit | ToRead, collecting: Collecting, kept: KeptContent | None, further: list[ToRead], *, raise_crashes: bool
) -> int:
    try:
        data, state = (file.data, None) if isinstance(file, Unit) else content_of(file)
    except (FileError, InputError):
        return 0
    if holds_one_leaf(data):
        collecting.with_others[folder_of(file.name)] = None
        if kept is not None:
            kept.keep(file.name, state, data)
        return 0
    try:
        return collecting.take(read_source(data, file.name, keystores=False), file.name)
    except PkitoolsError:
        further += _pointed_to(file, data)
    except Exception:  # the same file crashes again where it is judged, and is told
        if raise_crashes:
            raise
    return 0


def _pointed_to(file: Unit | ToRead, data: bytes) -> Iterator[ToRead]:
    try:
        pointers = pointers_of(data, file.name, is_inventory=not file.in_folder, listing=file.listing)
    except PkitoolsError:
        return
    for pointer in pointers:
        listing = listing_of(pointer, file.name)
        yield from (ToRead(path, in_folder=True, listing=listing) for path in resolved(pointer, file.name).files)
