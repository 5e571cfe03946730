"""What a configuration names → the files there are by that name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from pkitools.containers.templates import ENDINGS
from pkitools.files import is_file, is_folder, may_be_there
from pkitools.files.common import file_error
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_PATTERN_FILES, MAX_PATTERN_FOLDERS
from pkitools.portfolio.model import Gap, Unread
from pkitools.portfolio.pointing import Pointer, Target
from pkitools.text import pattern

MOST_ROUNDS: Final = 20
"""How often what was pointed to may point further: a main file, its parts, what those name. Apache stops there too."""
POINTS_NOWHERE: Final = "portfolio.error.points_nowhere"
"""The code of what is told of a name that no file has."""
_PARENTS: Final = 3
"""Folders that a relative name is looked for in: that of the file, and those above it."""
_ON_TOKEN: Final = ("engine:", "store:", "pkcs11:")
"""How a value begins that names a private key which is in no file."""
_MAGIC: Final = pattern(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a pointer leads to.

    Args:
        files: that it stands for, as far as they are known.
        unread: what of it is not known, and why; ``None`` where these are all.
    """

    files: tuple[str, ...] = ()
    unread: Unread | None = None


def resolved(pointer: Pointer, name: str) -> Leads:
    """Return the files that a pointer leads to, and what of it is not known.

    A relative name counts from where its program is known to open it. Else from what the same text says, or from the
    folder of the text or one of those above it, whichever has it: the rest only a command line tells. Of a folder the
    files in it are meant, and of one that is included also those in the folders below it.

    Args:
        pointer: what was written.
        name: of the file it was written in.

    Returns:
        :data:`~pkitools.limits.MAX_PATTERN_FILES` at most: where there are more, that is what is not known.
    """
    match pointer.target:
        case Target.PEER:
            return Leads()
        case Target.UNKNOWN:
            # of a store of HAProxy the files stand on lines of their own; what the system trusts is none of them;
            # a template gets its names when it is filled in
            is_none = pointer.is_idle or (pointer.is_key and pointer.text.startswith(_ON_TOKEN))
            is_elsewhere = is_none or pointer.text.startswith("@") or name.lower().endswith(ENDINGS)
            gap = Gap.SKIPPED if is_elsewhere else Gap.UNREADABLE
            return Leads(unread=_unread(pointer, name, gap, "portfolio.error.variable"))
        case Target.NO_PEER:
            return Leads(unread=_unread(pointer, name, Gap.UNREADABLE, "portfolio.error.no_peer"))
        case Target.UNREAD:
            params = {"name": name, "line": pointer.line, "target": pointer.text}
            # by its line, so that each stands for itself
            unread = Unread(name, Gap.UNREADABLE, "portfolio.error.not_made_out", params, pointer.line)
            return Leads(unread=unread)
        case Target.PATTERN if _MAGIC.search(pointer.text):  # it may stand for nothing
            found = (_matching(path, pointer, name) for path in _candidates(pointer, name))
            return next(filter(None, found), Leads())
        case Target.PATTERN | Target.FILE:
            return _named(pointer, name)


def stands_for_none(pointer: Pointer, name: str) -> bool:
    """Return whether a pattern without files stands in a folder that is there: what is not, may be on another machine.

    Args:
        pointer, name: as of :func:`resolved`.
    """
    is_pattern = _MAGIC.search(pointer.text) is not None
    return is_pattern and any(is_folder(path.parent) for path in _candidates(pointer, name))


def too_deep(pointer: Pointer, name: str) -> Unread:
    """Return what is told of a pointer that is not followed, as what it stands in was reached by too many others."""
    return _unread(pointer, name, Gap.UNREADABLE, "portfolio.error.too_deep", limit=MOST_ROUNDS)


def key_beside(pointer: Pointer, certificate: str) -> str | None:
    """Return the private key that a program loads with a certificate by itself; ``None`` where there is none.

    Where none has its usual name one without the end of the certificate's is it too: which of the two is meant a list
    of certificates does not say, and without a key no program starts.

    Args:
        pointer: led to the certificate.
        certificate: its file.
    """
    is_loaded = pointer.unnamed is not None and pointer.unnamed.is_loaded
    return next(iter(keys_called(pointer, certificate)), None) if is_loaded else None


def keys_called(pointer: Pointer, certificate: str) -> list[str]:
    """Return the files that are called as the key that a program would load with a certificate by itself.

    Args:
        pointer: led to the certificate.
        certificate: its file.
    """
    unnamed = pointer.unnamed
    if unnamed is None:
        return []
    whole, cut = certificate + unnamed.key, certificate.removesuffix(unnamed.cut) + unnamed.key
    names = {True: (cut, whole), False: (whole,), None: (whole, cut)}[unnamed.is_cut]
    return [*filter(is_file, dict.fromkeys(names))]


def _variants(pointer: Pointer, name: str) -> tuple[str, ...]:
    """Return the files of several keys that a program takes for a name that no file has."""
    ends = () if pointer.unnamed is None else pointer.unnamed.variants
    found = ([f"{path}{end}" for end in ends] for path in _candidates(pointer, name))
    return next(filter(None, (tuple(filter(is_file, each)) for each in found)), ())


def listing_of(pointer: Pointer, name: str) -> tuple[str, ...] | None:
    """Return the folders that the lines of a list count from; ``None`` of what is pointed to as no list."""
    return tuple(str(Path(name).parent.absolute() / base) for base in pointer.bases) if pointer.is_list else None


def _unread(pointer: Pointer, name: str, gap: Gap, code: str, **more: object) -> Unread:
    params = {"name": name, "line": pointer.line, "target": pointer.text, **more}
    return Unread(pointer.text, gap, code, params, None, (f"{name}:{pointer.line}",))


def any_together(key: Pointer, name: str) -> tuple[tuple[str, str], ...]:
    """Return the certificates and private keys that a line may mean, where both lie in more than one folder.

    Nothing where something says which folder its names count from, or one folder alone has both.

    Args:
        key: names the private key.
        name: of the file it was written in.
    """
    if key.roots or key.bases or key.key_of_bases or _are_absolute(key.text, key.key_of):
        return ()
    places = zip(_candidates(replace(key, text=key.key_of), name), _candidates(key, name), strict=True)
    found = [(str(of), str(one)) for of, one in places if all(map(is_file, (of, one)))]
    return tuple(found) if len(found) > 1 else ()


def _are_absolute(*names: str) -> bool:
    return any(Path(name).is_absolute() for name in names)


def _named(pointer: Pointer, name: str) -> Leads:
    candidates = list(_candidates(pointer, name))
    found = next((path for test in (os.path.lexists, may_be_there) for path in candidates if test(path)), None)
    if found is None:
        if pointer.is_optional:
            return Leads()
        if variants := _variants(pointer, name):
            return Leads(variants)
        # without its key a certificate is judged all the same: who hands configurations on leaves keys out
        gap = Gap.SKIPPED if pointer.is_key else Gap.MISSING
        return Leads(unread=_unread(pointer, name, gap, POINTS_NOWHERE))
    if is_folder(found):
        listing = _Listing()
        listing.take_folder(str(found), is_deep=pointer.target is Target.PATTERN)
        return listing.leads(pointer, name) or Leads()
    return Leads((str(found),))


def _candidates(pointer: Pointer, name: str) -> Iterator[Path]:
    if Path(pointer.text).is_absolute():
        yield Path(pointer.text)
        return
    if pointer.roots:
        yield from (Path(os.path.normpath(Path(root) / pointer.text)) for root in pointer.roots)
        return
    folder = Path(name).parent
    yield from (folder / base / pointer.text for base in pointer.bases)
    for up in range(_PARENTS):
        # written without what leads up and down again, so that one file has one name
        yield Path(os.path.normpath(folder / Path(*[os.pardir] * up) / pointer.text))


def _matching(path: Path, pointer: Pointer, name: str) -> Leads | None:
    listing = _Listing()
    listing.take_matching(path)
    return listing.leads(pointer, name)


@dataclass
class _Listing:
    """The files that a pattern or a folder stands for, in the order of their names, within bounds."""

    files: list[str] = field(default_factory=list)
    is_cut: bool = False
    error: tuple[OSError, str] | None = None
    _entered: set[str] = field(default_factory=set)
    _left: int = field(default_factory=lambda: MAX_PATTERN_FOLDERS)

    def leads(self, pointer: Pointer, name: str) -> Leads | None:
        """Return what was found, and what of it is not all; ``None`` where there is nothing."""
        files = tuple(self.files[:MAX_PATTERN_FILES])
        if self.is_cut or len(self.files) > MAX_PATTERN_FILES:
            unread = _unread(pointer, name, Gap.UNREADABLE, "portfolio.error.too_many_matches", limit=MAX_PATTERN_FILES)
            return Leads(files, unread)
        if self.error is not None:
            error = file_error(*self.error, "unreadable")
            origin = (f"{name}:{pointer.line}",)
            return Leads(files, Unread(self.error[1], Gap.UNREADABLE, error.code, error.params, None, origin))
        return Leads(files) if files else None

    def take_matching(self, path: Path) -> None:
        """Take what a pattern stands for: a ``*`` may be in any part of it, as nginx and Apache have it."""
        folders, parts = [path.anchor], path.parts[1:] if path.anchor else path.parts
        for number, part in enumerate(parts, start=1):
            is_last = number == len(parts)
            found: list[tuple[str, bool]] = []
            for folder in folders:
                if _MAGIC.search(part):
                    found += self._entries(folder, part)
                    continue
                one = os.path.join(folder, part)  # noqa: PTH118  a Path takes ten times as long
                if not is_last:
                    found.append((one, True))  # whether it is there is seen when it is entered
                elif os.path.lexists(one):
                    found.append((one, is_folder(one)))
            folders = [each for each, is_below in found if is_below]
            if is_last:
                self.files += [each for each, is_below in found if not is_below]
                for each in folders:
                    self.take_folder(each, is_deep=True)

    def take_folder(self, folder: str, *, is_deep: bool) -> None:
        """Take the files in a folder, and where it is included as Apache does those below it; each folder once."""
        waiting = [folder]
        while waiting and len(self.files) <= MAX_PATTERN_FILES:
            each = waiting.pop()
            real = os.path.realpath(each)
            if real in self._entered:
                continue
            self._entered.add(real)
            found = self._entries(each, "*")
            self.files += [path for path, is_below in found if not is_below]
            waiting += [path for path, is_below in reversed(found) if is_below and is_deep]

    def _entries(self, folder: str, part: str) -> list[tuple[str, bool]]:
        """Return what in a folder goes by a pattern, and whether each is a folder: hidden only where it says so."""
        if self._left <= 0:
            self.is_cut = True
            return []
        self._left -= 1
        part = part.replace("[^", "[!")
        try:
            with os.scandir(folder or os.curdir) as entries:
                found = sorted(
                    (os.path.join(folder, entry.name), _is_folder(entry))  # noqa: PTH118  as above
                    for entry in entries
                    if fnmatchcase(entry.name, part) and (part[0] == "." or entry.name[0] != ".")
                )
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return []
        except OSError as error:
            self.error = self.error or (error, folder)
            return []
        return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # reading it says what is wrong
