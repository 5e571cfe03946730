"""What a configuration names → the files there are by that name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import Final

from pkitools.limits import MAX_PATTERN_FILES
from pkitools.portfolio.model import Gap, Pointer, Target, Unread

MOST_ROUNDS: Final = 10
"""How often what was pointed to may point further: a main file, its parts, what those name."""
_PARENTS: Final = 3
"""Folders that a relative name is looked for in: that of the file, and those above it."""


def resolved(pointer: Pointer, name: str) -> Sequence[str] | Unread:
    """Return the files that a pointer leads to, or why that is not known.

    A relative name counts from what the same text says, else from the folder of the text or one of those above it,
    whichever has it: what a server's own base is, only its command line tells. Of a folder the files in it are meant.

    Args:
        pointer: what was written.
        name: of the file it was written in.

    Returns:
        One more than :data:`~pkitools.limits.MAX_PATTERN_FILES` at most: then there are more than are looked at.
    """
    match pointer.target:
        case Target.PEER:
            return ()
        case Target.UNKNOWN:
            # of a store of HAProxy the files stand on lines of their own; what the system trusts is none of them
            is_elsewhere = pointer.is_key or pointer.text.startswith("@")
            gap = Gap.SKIPPED if is_elsewhere else Gap.UNREADABLE
            return _unread(pointer, name, gap, "portfolio.error.variable")
        case Target.UNREAD:
            params = {"name": name, "line": pointer.line, "target": pointer.text}
            # by its line, so that each stands for itself
            return Unread(name, Gap.UNREADABLE, "portfolio.error.not_made_out", params, pointer.line)
        case Target.PATTERN:  # it may stand for nothing
            return next(filter(None, map(_matching, _candidates(pointer, name))), ())
        case Target.FILE:
            found = next((path for path in _candidates(pointer, name) if os.path.lexists(path)), None)
            if found is None:
                # without its key a certificate is judged all the same: who hands configurations on leaves keys out
                gap = Gap.SKIPPED if pointer.is_key else Gap.MISSING
                return _variants(pointer, name) or _unread(pointer, name, gap, "portfolio.error.points_nowhere")
            return _matching(found / "*") if found.is_dir() else (str(found),)


def key_beside(pointer: Pointer, certificate: str) -> str | None:
    """Return the private key that a program loads with a certificate by itself; ``None`` where there is none.

    Where none has its usual name one without the end of the certificate's is it too: which of the two is meant a list
    of certificates does not say, and without a key no program starts.

    Args:
        pointer: led to the certificate.
        certificate: its file.
    """
    unnamed = pointer.unnamed
    if unnamed is None:
        return None
    names = [certificate + unnamed.key, certificate.removesuffix(unnamed.cut) + unnamed.key]
    return next(filter(os.path.isfile, reversed(names) if unnamed.is_cut else names), None)


def _variants(pointer: Pointer, name: str) -> tuple[str, ...]:
    """Return the files of several keys that a program takes for a name that no file has."""
    ends = () if pointer.unnamed is None else pointer.unnamed.variants
    found = ([f"{path}{end}" for end in ends] for path in _candidates(pointer, name))
    return next(filter(None, (tuple(filter(os.path.isfile, each)) for each in found)), ())


def not_followed(pointer: Pointer, name: str) -> Unread:
    """Return that what a pointer leads to is not looked at, as too many files lead to one another before it."""
    return _unread(pointer, name, Gap.UNREADABLE, "portfolio.error.too_deep")


def cut_off(pointer: Pointer, name: str) -> Unread:
    """Return that of what a pointer leads to no more was looked at than there is room for."""
    return _unread(pointer, name, Gap.UNREADABLE, "portfolio.error.too_many_files")


def listing_of(pointer: Pointer, name: str) -> tuple[str, ...] | None:
    """Return the folders that the lines of a list count from; ``None`` of what is pointed to as no list."""
    return tuple(str(Path(name).parent.absolute() / base) for base in pointer.bases) if pointer.is_list else None


def _unread(pointer: Pointer, name: str, gap: Gap, code: str) -> Unread:
    params = {"name": name, "line": pointer.line, "target": pointer.text, "limit": MAX_PATTERN_FILES}
    return Unread(pointer.text, gap, code, params, None, (f"{name}:{pointer.line}",))


def _candidates(pointer: Pointer, name: str) -> Iterator[Path]:
    if Path(pointer.text).is_absolute():
        yield Path(pointer.text)
        return
    folder = Path(name).parent
    yield from (folder / base / pointer.text for base in pointer.bases)
    for up in range(_PARENTS):
        # written without what leads up and down again, so that one file has one name
        yield Path(os.path.normpath(folder / Path(*[os.pardir] * up) / pointer.text))


def _matching(path: Path) -> tuple[str, ...]:
    """Return the files that a pattern stands for; only in its last part a ``*`` is followed.

    A link that leads nowhere and a pipe are among them: the program does not take them, and reading them tells why.
    """
    try:
        with os.scandir(path.parent) as entries:
            found = (entry.path for entry in entries if fnmatch(entry.name, path.name) and not entry.is_dir())
            return tuple(sorted(islice(found, MAX_PATTERN_FILES + 1)))
    except (OSError, ValueError):
        return ()
