"""Who says what a certificate is for: connections of an organisation, by the places that each names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import PurePath

from pkitools.arguments import choice, each_of, of_type, optional, optional_day, text
from pkitools.checking.expectation import Expectation
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.portfolio.where import same_place
from pkitools.systems import System


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody states that was done with the certificate at some places, and no file shows.

    Args:
        live: the day on which it goes live, or did.
        tested: the day on which it is tested, or was.

    Raises:
        InvalidValueError: one of them is no day.
    """

    live: date | None = None
    tested: date | None = None

    def __post_init__(self) -> None:
        optional_day(self.live, "live")
        optional_day(self.tested, "tested")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody says that the certificates at some places are for.

    Args:
        name: what to call it.
        places: its files and folders.
        environment: where it connects.
        oin: the OIN of whose certificate it has; ``None`` where that is not said: all that lies there is claimed.
        system: to which it connects; ``None`` where that is not said.
        entity_id: as what it is known there.
        named: those of its files that it names themselves, and by no folder or pattern, where all it names is there:
            what lies in one of them is meant to be its certificate.
        stated: what was done with it, as far as that is said.

    Raises:
        InvalidValueError: there is no such environment, or something is of another type.
    """

    name: str
    places: tuple[str, ...]
    environment: Environment
    oin: str | None = None
    system: System | None = None
    entity_id: str | None = None
    named: tuple[str, ...] = ()
    stated: Stated = Stated()

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", choice(Environment, self.environment, "environment"))
        for name in ("places", "named"):
            object.__setattr__(self, name, each_of(getattr(self, name), str, name))
        text(self.name, "name")
        optional(self.system, System, "system")
        of_type(self.stated, Stated, "stated")
        for name in ("oin", "entity_id"):
            optional(getattr(self, name), str, name)

    @property
    def systems(self) -> tuple[System, ...]:
        """The system it connects to, if that is said."""
        return () if self.system is None else (self.system,)

    @property
    def expected(self) -> Expectation | None:
        """What its certificate is held against; ``None`` where it is not said whose that is."""
        return None if self.oin is None else Expectation(oin=self.oin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodger:
    """A certificate at a place of a connection whose holder it does not name.

    Args:
        oin: the one in it; ``None``: none.
        enclosed: its key lies in its own file.
        is_used: its key lies at a place of that connection, or a configuration there says that a program sends it.
        is_named: the connection names its file itself, and nothing else is in that.
        sharing: the OINs of all whose place it is.
    """

    oin: str | None
    enclosed: bool
    is_used: bool
    is_named: bool
    sharing: Collection[str | None]

    def is_in_place_of_its_own(self, known: Collection[str | None], *, has_own: bool) -> bool:
        """Return whether it is used as that of the connection, as far as can be seen: with the wrong OIN.

        The public part of a counterpart's may lie anywhere, and a folder of several tenants holds what is of each.

        Args:
            known: the OINs of all that connect.
            has_own: one of its holder lies at the places of the connection too.
        """
        if self.oin in self.sharing:
            return False
        if self.oin is None:
            return self.enclosed or (self.is_used and not has_own)  # beside its own it may be of any other server
        if self.oin in known and len({*self.sharing}) > 1 and not self.is_named:
            return False
        return self.enclosed or self.is_used or (self.is_named and not has_own and self.oin not in known)


def namers(named_by: Iterable[str]) -> Iterator[str]:
    """Yield the files that point to something, of what is written ``FILE:LINE``."""
    return (each.rpartition(":")[0] for each in named_by)


class Claims:
    """Finds who claims what lies somewhere.

    Args:
        claims: what is found names one by its place in this sequence, from 0.
    """

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._by_path: dict[str, list[int]] = {}
        for number, claim in enumerate(claims):
            for place in claim.places:
                self._by_path.setdefault(same_place(place), []).append(number)

    def of_file(self, name: str, named_by: Iterable[str] = ()) -> tuple[int, ...]:
        """Return the numbers of those at whose places a file lies, or something that points to it.

        Args:
            name: of the file.
            named_by: what points to it, as ``FILE:LINE``.
        """
        if not self._by_path:
            return ()
        names = (name, *namers(named_by))
        return tuple(dict.fromkeys(number for each in names for number in self._above(each)))

    def of_found(self, name: str, *, in_folder: bool) -> tuple[int, ...]:
        """Return the numbers of those that name a file itself, or of those that name a folder above it.

        Args:
            name: of the file.
            in_folder: it was found in a folder.
        """
        path = PurePath(same_place(name))
        places = path.parents if in_folder else (path,)
        return tuple(dict.fromkeys(number for each in places for number in self._by_path.get(str(each), ())))

    def _above(self, name: str) -> Iterator[int]:
        path = PurePath(same_place(name))
        for each in (path, *path.parents):
            yield from self._by_path.get(str(each), ())
