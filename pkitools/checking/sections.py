"""What stands together in a file: keys with certificates, requests with keys, each in the sections of its text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from pkitools.checking.file_names import Stem, stem_of

if TYPE_CHECKING:
    from pkitools.containers import Item

_Place: TypeAlias = tuple[int, str | None]
_T = TypeVar("_T", bound=Hashable)

_ANYWHERE: Final = 0  # no file numbers a place so


class Standing(Generic[_T]):
    """Says for some items of a file with which of others each stands.

    What stands together in its own section comes first: what is called alike there; else, where only two stand there
    that could belong together, these two whatever they are called. A name counts anywhere in the file only for what has
    no counterpart in its own section: keys may stand by themselves, in ``keys`` beside ``certs``, or in the Secret that
    belongs to a ConfigMap.

    Args:
        others: those that the items may stand with, each with what it is taken for.
        items: those that are asked about, each with what tells it from the others of them.
        aside: of the others those that no item is expected with, such as authorities: by their names alone.
    """

    def __init__(
        self,
        others: Iterable[tuple[Item, _T]],
        items: Iterable[tuple[Item, Hashable]],
        aside: Iterable[Item] = (),
    ) -> None:
        given, left = [*others], {id(item) for item in aside}
        asked: dict[int, set[Hashable]] = {}
        for item, mark in items:
            if item.among is not None:
                asked.setdefault(item.among, set()).add(mark)
        self._sections: dict[int, set[_T]] = {}
        for item, value in given:
            if item.among is not None and id(item) not in left:
                self._sections.setdefault(item.among, set()).add(value)
        self._pairs = {
            section for section, found in self._sections.items() if len(found) == len(asked.get(section, ())) == 1
        }
        self._places: dict[_Place, dict[_T, None]] = {}
        for item, value in given:
            for place in _own_places(item):
                self._places.setdefault(place, {})[value] = None
            if item.among is not None and item.among not in asked:
                for place in _anywhere(item):
                    self._places.setdefault(place, {})[value] = None

    def with_item(self, item: Item) -> tuple[_T, ...]:
        """Return what an item stands with; nothing where that is not said."""
        named = next((self._places[place] for place in _own_places(item) if place in self._places), None)
        if named is not None:
            return tuple(named)
        if item.among in self._sections:
            return tuple(self._sections[item.among]) if item.among in self._pairs else ()
        return tuple(next((self._places[place] for place in _anywhere(item) if place in self._places), ()))


def _own_places(item: Item) -> Iterator[_Place]:
    """Yield where something stands: in the same entry or element, and under the same name in the same section."""
    if item.place is not None:
        yield item.place, None
    if item.among is not None:
        yield item.among, _stem(item).text


def _anywhere(item: Item) -> Iterator[_Place]:
    """Yield the place of what is called alike anywhere in the file, where the name says something there."""
    stem = _stem(item)
    if item.among is not None and not stem.is_local:
        yield _ANYWHERE, stem.text


def _stem(item: Item) -> Stem:
    """Return what the name of something shares; of ``server/key`` it is ``server``."""
    name = item.alias or ""
    stem = stem_of(name)
    return stem if stem.text else stem_of(name.rpartition("/")[0])
