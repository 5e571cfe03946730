"""Files that have ended and are called copies of what was before: whether anything uses them all the same.

A configuration of a program that no reader of ours knows names what it uses too, and a folder may be reached by a link
that is called otherwise than the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from pkitools.checking.file_names import is_called_copy
from pkitools.frozen import replace
from pkitools.portfolio.model import HeldCertificate, Place, Reading, Unread
from pkitools.text import pattern

_WORD: Final = pattern(r"[\w.~@+-]+")
_ENTERED_BEFORE: Final = "portfolio.error.entered_before"
_OWN: Final = "pkitools"
_HEADERS: Final = ("standing,not_after,", "standing;not_after;")
"""What a report of ours says of itself, and one in CSV begins with: that tells of certificates, and uses no file."""
_DIGITS: Final = 16  # of a thumbprint: a report for people has no more


class Copies:
    """What a scan found in such files."""

    def __init__(self) -> None:
        self._files: dict[str, list[HeldCertificate]] = {}
        self._links: dict[str, str] = {}

    def note(self, name: str, one: HeldCertificate) -> None:
        """Keep a certificate that has ended, where its file is called a copy."""
        if not one.is_authority and is_called_copy(name):
            places = tuple(each for each in one.places if each.container != "tls")
            if places:
                self._files.setdefault(name, []).append(replace(one, judgements=(), places=places))

    def note_link(self, unread: Unread) -> None:
        """Keep by which further name a folder was reached."""
        if unread.code == _ENTERED_BEFORE:
            self._links[unread.name] = str(unread.params["other"])

    def __bool__(self) -> bool:
        return bool(self._files)

    def by_links(self) -> Iterator[Reading]:
        """Yield what is in a file once more, under each name that it is reached by through a link to its folder."""
        for name, held in self._files.items():
            for link, folder in self._links.items():
                begin = folder.rstrip(os.sep) + os.sep
                if name.startswith(begin):
                    other = os.path.join(link, name[len(begin) :])  # noqa: PTH118  as a walk names it
                    if not is_called_copy(other):
                        yield _reading(held, other)

    def by_texts(self, texts: Iterable[tuple[str, str]]) -> Iterator[Reading]:
        """Yield what is in a file once more, with the first line of each text that names that file.

        Args:
            texts: the name and the content of each.
        """
        by_word: dict[str, list[str]] = {}
        for name in self._files:
            words = _WORD.findall(_bare(name))
            if words:
                by_word.setdefault(words[-1], []).append(name)
        for source, text in texts:
            folded = text.casefold()
            is_report = _OWN in folded or folded.lstrip("\ufeff").startswith(_HEADERS)
            for word in by_word.keys() & set(_WORD.findall(folded)):
                for name in by_word[word]:
                    if source != name and not (
                        is_report and any(one.sha256[:_DIGITS] in folded for one in self._files[name])
                    ):
                        at = _named_at(folded.replace("\\", "/"), name, source)
                        if at is not None:
                            line = folded.count("\n", 0, at) + 1
                            yield _reading(self._files[name], name, f"{source}:{line}")


def _bare(name: str) -> str:
    return name.replace(os.sep, "/").rpartition("/")[2].casefold()


def _named_at(text: str, name: str, source: str) -> int | None:
    """Return where a text names a file.

    Where it is the folder that is called so, other files are called as this one: they are told apart by the folder
    beside it, or by where the text lies.
    """
    path, bare = name.replace(os.sep, "/").casefold(), _bare(name)
    folder = path.rpartition("/")[0]
    is_near = f"{source.replace(os.sep, '/').casefold().rpartition('/')[0]}/".startswith(f"{folder}/")
    told = bare if is_called_copy(bare) or is_near else f"{folder.rpartition('/')[2]}/{bare}"
    at = text.find(told)
    return None if at < 0 else at


def _reading(held: Iterable[HeldCertificate], name: str, *named_by: str) -> Reading:
    """Return what is in a file once more, under a name, with what names it."""
    return Reading(name, tuple(replace(one, places=_places(one, name, named_by)) for one in held), is_again=True)


def _places(one: HeldCertificate, name: str, named_by: tuple[str, ...]) -> tuple[Place, ...]:
    return tuple(replace(place, name=name, named_by=named_by or place.named_by) for place in one.places)
