"""What the catalogue knows against a certificate: it imitates an authority, or is one that was revoked."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

from pkitools.arguments import aware
from pkitools.trust.authorities import CAStatus, CatalogueEntry, HierarchyKind, catalogue, same_name
from pkitools.x509.keys import key_identifier
from pkitools.x509.model import CertificateFacts


def imitated(facts: CertificateFacts) -> CatalogueEntry | None:
    """Return the authority of production whose name a certificate bears without its key, or ``None``.

    Names of TRIAL, test and acceptance hierarchies are free for everybody who makes such a hierarchy. That a new key is
    the authority's own only a path to its root can show.
    """
    keyed: list[CatalogueEntry] = []
    for attribute in facts.subject.attributes(_COMMON_NAME):
        keyed += _bearing(attribute.value[:_LONGEST_NAME])
    if not keyed:
        return None
    own = _identifier(facts.public_key.spki)
    return None if any(entry.ski == own for entry in keyed) else keyed[-1]


@lru_cache(maxsize=256)
def _bearing(name: str) -> tuple[CatalogueEntry, ...]:
    """Return the guarded authorities of a name; those of one path are asked about with every end entity below them."""
    return _guarded().get(seen_as(name), ())


def bears_known_name(name: str) -> bool:
    """Return whether a common name is that of an authority of production, as somebody reads it."""
    return seen_as(name) in _guarded()


@lru_cache(maxsize=64)
def _identifier(spki: bytes) -> str | None:
    return key_identifier(spki)


def seen_as(name: str) -> str:
    """Return a name as somebody reads it: whatever its dashes, spaces, accents and invisible characters are.

    Letters of Greek and Cyrillic that look like Latin ones are those, as Unicode Technical Standard 39 has it; and so
    are the digits 0 and 1.
    """
    plain = name[:_LONGEST_NAME]
    if plain.isascii():  # in which nothing is made of parts, and nothing is unseen
        return " ".join(plain.lower().translate(_LOOKS_LIKE).split())
    plain = unicodedata.normalize("NFKD", plain).casefold()
    shown = "".join([letter for letter in plain if unicodedata.category(letter) not in _UNSEEN])
    return " ".join(shown.translate(_LOOKS_LIKE).split())


@cache
def _guarded() -> Mapping[str, tuple[CatalogueEntry, ...]]:
    """Return the authorities of production of which the key is known, by their name as it is seen."""
    return catalogue().grouped(_guarded_name)


def _guarded_name(record: Mapping[str, Any]) -> str | None:
    guarded = record.get("ski") and record["kind"] == HierarchyKind.PRODUCTION
    return seen_as(record["name"]) if guarded else None


_COMMON_NAME: Final = "2.5.4.3"
_LONGEST_NAME: Final = 1024  # a name is 64 characters by X.520
_UNSEEN: Final = frozenset({"Mn", "Me", "Cf"})  # marks on a letter, and what only steers how text is shown
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212"
# small letters, for case was folded before: also those of which only the capital looks the same
_LOOKS_LIKE: Final = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u04cf"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131" + "01" + _DASHES,
    "abekmhopctyxijsdhqwl" + "abezhikmnoptyxi" + "ol" + "-" * len(_DASHES),
)


def known_revoked(facts: CertificateFacts, moment: datetime) -> CatalogueEntry | None:
    """Return the entry of this very certificate when the catalogue knows it as revoked at ``moment``."""
    entry = catalogue().by_sha256.get(facts.sha256)
    return entry if entry is not None and _is_revoked(entry, moment) else None


def is_ever_revoked(facts: CertificateFacts) -> bool:
    """Return whether the catalogue knows this very certificate as revoked, at any moment."""
    entry = catalogue().by_sha256.get(facts.sha256)
    return entry is not None and entry.revoked is not None


def revoked_issuer(facts: CertificateFacts, moment: datetime) -> CatalogueEntry | None:
    """Return the issuer that a certificate names, by name and key, when all its certificates were revoked.

    For a certificate whose issuer's certificate is not at hand.
    """
    name, key = facts.issuer.common_name, facts.authority_key_identifier
    if not name or not key:
        return None
    held = [entry for entry in catalogue().by_name.get(same_name(name), ()) if entry.ski == key]
    return held[-1] if held and all(_is_revoked(entry, moment) for entry in held) else None


def sibling(entry: CatalogueEntry, moment: datetime) -> CatalogueEntry | None:
    """Return another certificate of the same authority, same name and key, that was not revoked."""
    for other in catalogue().by_ski.get(entry.ski or "", ()):
        same = same_name(other.name) == same_name(entry.name) and other.sha256 != entry.sha256
        if same and other.sha256 and not _is_revoked(other, moment):
            return other
    return None


def authority_problems(facts: CertificateFacts, moment: datetime) -> tuple[str, ...]:
    """Return what to know before one looks at a certificate any further, as :mod:`pkitools.x509.problems` tells it.

    That it imitates an authority is what :func:`~pkitools.trust.recognise` says.
    """
    entry = known_revoked(facts, aware(moment))
    if entry is None or entry.revoked is None:
        return ()
    day, reason = entry.revoked.date, entry.revoked.reason
    told = (entry.name, day.isoformat() if day else "", reason or "", entry.revoked.source)
    return (f"revoked_authority:{', '.join(part for part in told if part)}",)


def _is_revoked(entry: CatalogueEntry, moment: datetime) -> bool:
    return entry.status(moment) is CAStatus.REVOKED
