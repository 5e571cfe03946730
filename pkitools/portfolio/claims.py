"""Who says what a certificate is for: connections of an organisation, by the places that each names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from pkitools.arguments import choice, each_of, optional, text
from pkitools.checking.expectation import Expectation
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.portfolio.where import same_place
from pkitools.systems import System


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

    Raises:
        InvalidValueError: there is no such environment, or something is of another type.
    """

    name: str
    places: tuple[str, ...]
    environment: Environment
    oin: str | None = None
    system: System | None = None
    entity_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", choice(Environment, self.environment, "environment"))
        object.__setattr__(self, "places", each_of(self.places, str, "places"))
        text(self.name, "name")
        optional(self.system, System, "system")
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
