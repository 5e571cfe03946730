"""What a configuration at the places of a connection names: that is in use, whatever else lies there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Self

from pkitools.frozen import dataclass
from pkitools.portfolio import HeldCertificate, Place


@dataclass(frozen=True, slots=True)
class Naming:
    """Where a certificate is named as one that a program uses.

    Args:
        place: the file with the certificate that is named.
        file, line: the configuration that names it, and where.
    """

    place: str
    file: str
    line: str

    @classmethod
    def of(cls, place: Place, is_used: Callable[[str], bool]) -> Self | None:
        """Return what names a place and puts it into use; ``None`` where nothing does.

        Args:
            place: it.
            is_used: whether a line puts what it names into use, as ``FILE:LINE``.
        """
        origin = next(filter(is_used, place.named_by), None)
        if origin is None:
            return None
        file, _, line = origin.rpartition(":")
        return cls(place.name, file, line)

    @property
    def told(self) -> dict[str, object]:
        """The operands of a sentence about it."""
        return {"old": self.place, "file": self.file, "at": self.line}


@dataclass(frozen=True, slots=True)
class Early:
    """The next certificate, which lies ready and begins only after the end of the one that is in use.

    Args:
        place: a file of it.
        begins, ends: the day on which it begins, and the one on which the other ends.
    """

    place: str
    begins: date
    ends: date

    @property
    def days(self) -> int:
        """How many days there is none: part of a day is one."""
        return max(1, (self.begins - self.ends).days)


def naming_of(
    one: HeldCertificate, keys: Mapping[str, str], alone: frozenset[str], is_used: Callable[[str], bool]
) -> Naming | None:
    """Return where a certificate is named as one that a program uses; ``None`` where that is not seen.

    What is named may be there to be trusted: among others in a file without a key, or in metadata. It is used where it
    is sent, where its key is found, or where it has a file of its own.

    Args:
        one: it.
        keys: the private keys that were found, by their public halves.
        alone: the files with one certificate that is of no authority.
        is_used: whether a line puts what it names into use, as ``FILE:LINE``.
    """
    for place in one.places:
        is_only = place.name in alone and place.is_alone_for_its_holder
        is_own = place.is_sent or place.with_key or is_only or one.spki_sha256 in keys
        if place.entity_id is None and is_own and (found := Naming.of(place, is_used)) is not None:
            return found
    return None
