"""The register of documents: every text that a rule, a profile, a system or a prefix rests on, once.

A rule points to its document by key and section: ``cite("rfc-5280", "4.1.2.2")``. Title, version, status, address and
the day it was read stand in ``documents.toml``; a newer version of a document is one changed line there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from pkitools.frozen import Frozen, dataclass, field
from pkitools.package_data import read_toml


class DocumentStatus(StrEnum):
    """What a document is worth as a source today."""

    IN_FORCE = "in_force"  # adopted or published, and not replaced
    DRAFT = "draft"  # under consultation, or laid before those who adopt it
    SUPERSEDED = "superseded"  # a newer one exists; some facts are only in this one
    INFORMAL = "informal"  # minutes, presentations, web pages, source code
    OBSERVED = "observed"  # no text: what certificates and metadata in use show
    OWN = "own"  # our own advice and reasoning
    NONE = "none"  # looked for and not found


class Reading(StrEnum):
    """How the text of a document came to us."""

    READ = "read"  # itself: all that is cited of it
    EXCERPT = "excerpt"  # itself, but no more than a part of it could be had
    QUOTED = "quoted"  # as others quote or translate it
    UNREAD = "unread"  # not at all: somebody told what it says


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the register.

    Args:
        key: how rules and data point to it.
        title: as it is called, by language (``nl``, ``en``); of a text with an official name the same in both.
        version: version, edition or commit; empty where it has none.
        status: what it is worth.
        url: where it is; empty where it has no public address.
        read: the day it was last read for this project, or what ``how`` says instead.
        replaces: key of the document, or name of the version, that it took the place of; empty for none.
        newest: the version that is known to be there now, where its text could not be read or is not adopted yet.
        newer: key of that version, where it was read and is not adopted yet.
        how: whether it was read itself.
        sections: of one that was not wholly read itself, the places whose own words were: in the part that could be
            had, or where others quote them word for word.
        third_party: it is somebody else's word about what it tells: a supplier's page, an issue, code of a user.
    """

    key: str
    title: Mapping[str, str] = field(hash=False)  # what has it by another name is another; a mapping has no hash
    version: str
    status: DocumentStatus
    url: str
    read: date
    replaces: str = ""
    newest: str = ""
    newer: str = ""
    how: Reading = Reading.READ
    sections: tuple[str, ...] = ()
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement stands: a document, and the place in it. Made by :func:`cite`.

    The register is read when the document is asked for: to declare a rule costs nothing.

    Args:
        key: key of the document.
        section: the place in it; empty for the document as a whole.
        own: a document that is not in the register, of a system that an organisation describes for itself.
    """

    key: str
    section: str = ""
    own: Document | None = None

    @property
    def document(self) -> Document:
        """The document."""
        return self.own or document(self.key)

    @property
    def was_read(self) -> bool:
        """Whether the words of this place were read. Where they were not, what it says can be an error of nothing."""
        found = self.document
        if found.how is Reading.READ:
            return True
        return bool(self.section) and all(part in found.sections for part in self.section.split(", "))

    def at(self, section: str) -> Source:
        """Return another place in the same document."""
        return Source(self.key, section, self.own)

    def text(self, language: str) -> str:
        """Return title, version and section for people, in ``nl`` or ``en``."""
        found = self.document
        section = _in_dutch(self.section) if language == "nl" else self.section
        return " ".join(part for part in (found.title[language], found.version, section) if part)


_DUTCH: Final = MappingProxyType(
    {
        "step": "stap",
        "chapter": "hoofdstuk",
        "section": "paragraaf",
        "appendix": "bijlage",
        "table": "tabel",
        "note": "noot",
        "requirements": "eisen",
        "types": "typen",
        "legal person": "rechtspersoon",
        "test certificates": "testcertificaten",
        "trust only the appropriate roots": "alleen de passende stamcertificaten vertrouwen",
    }
)
"""Our own words for a place in a document. Its own headings and file names stay as they are."""


def _in_dutch(section: str) -> str:
    return _DUTCH.get(section) or re.sub(r"\b(step|chapter|section|appendix|table|note)\b", _word, section)


def _word(found: re.Match[str]) -> str:
    return _DUTCH[found[0]]


def cite(key: str, section: str = "") -> Source:
    """Return the place ``section`` of the document with this key; tests hold every key to the register."""
    return Source(key, section)


def documents() -> tuple[Document, ...]:
    """Return every document, in the order of the register."""
    return tuple(map(document, _records()))


@cache
def document(key: str) -> Document:
    """Return one document.

    Raises:
        KeyError: the register has none with this key: a mistake in our own code or data.
    """
    return _read(key, _records()[key])


@cache
def _records() -> Mapping[str, Mapping[str, object]]:
    return MappingProxyType(read_toml("pkitools", "documents.toml"))


def _read(key: str, record: Mapping[str, object]) -> Document:
    read = record["read"]
    assert isinstance(read, date)  # a date of TOML: tests hold the data to it
    return Document(
        key,
        Frozen({"nl": str(record["nl"]), "en": str(record["en"])}),
        str(record.get("version", "")),
        DocumentStatus(str(record["status"])),
        str(record.get("url", "")),
        read,
        str(record.get("replaces", "")),
        str(record.get("newest", "")),
        str(record.get("newer", "")),
        Reading(str(record.get("how", Reading.READ))),
        _sections(record),
        record.get("third_party") is True,
    )


def _sections(record: Mapping[str, object]) -> tuple[str, ...]:
    found = record.get("sections", [])
    assert isinstance(found, list)  # as above
    return tuple(map(str, found))
