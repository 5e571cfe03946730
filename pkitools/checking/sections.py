"""What stands together in a file: keys with certificates, requests with keys, each in the sections of its text."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from pkitools.checking.file_names import matched, stem_of, words_of


class Item(Protocol):
    """What stands in a text: see :class:`~pkitools.containers.Item`."""

    @property
    def alias(self) -> str | None:
        """Its own name."""

    @property
    def among(self) -> int | None:
        """The number of the section it stands in."""

    @property
    def within(self) -> tuple[tuple[int, str], ...]:
        """The sections around it."""

    @property
    def place(self) -> int | None:
        """The number of the place it stands in, where that is somebody's own."""


_Place: TypeAlias = tuple[int, str | None]
_T = TypeVar("_T", bound=Hashable)

# of a section or a file: how what is in it is kept, and not whose it is
_KEPT_IN: Final = frozenset((
    "configmap", "configmaps", "cm", "config", "configs", "secret", "secrets", "sealedsecret", "values", "vars", "data",
    "yaml", "yml", "json", "toml", "env", "ini", "conf", "tf", "tfvars", "properties", "sops", "enc",
))  # fmt: skip
_OF_ALL: Final = frozenset(("tls", "ssl"))  # as all Secrets of Kubernetes call theirs: whose, says what is around it
# of a certificate: the other side has the key of it; of a key: its certificate is still to come
_OF_OTHERS: Final = frozenset(("idp", "partner", "partners", "broker", "brokers", "peer", "peers"))
_OF_NEXT: Final = frozenset(("next", "new", "nieuw", "nieuwe", "volgende"))
_MOST_KEYS: Final = 8  # of a section in which no name says what belongs together
_MOST_PLACES: Final = 100  # of one certificate that are looked at for each key that is not beside it
_ANYWHERE: Final = 0  # no section has this number: it is the whole file


class Standing(Generic[_T]):
    """Says for some items of a file with which of others each stands.

    What is nearest comes first: the smallest section around an item that has a counterpart at all, however deep that
    is in it (``app1.cert.value`` and ``app1.key.value``). What has a counterpart nearer by is none of another. In one
    section what is called alike stands together; else, where only two are left there, these two whatever they are
    called, but in the whole file. Keys may stand by themselves, in ``keys`` beside ``certs``, or in the Secret that
    belongs to a ConfigMap: these are told apart by what the names on the way to them share. What is called that of the
    other side (``idp_certificate``) is in no pair but one of names.

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
        given = [(item, value) for item, value in others if item.among is not None or item.place is not None]
        asked = [(item, mark) for item, mark in items if item.among is not None]
        self._places: dict[int, dict[_T, None]] = {}
        for item, value in given:
            if item.place is not None:
                self._places.setdefault(item.place, {})[value] = None
        with_items = {number for item, _ in asked for number in _sections(item)}
        left = {id(item) for item in aside}
        left.update(id(item) for item, _ in given if item.among is not None and _is_of_other(item, with_items))
        self._with_others = {
            number for item, _ in given if item.among is not None and id(item) not in left for number in _sections(item)
        }
        # by the section in which an item and its counterpart meet
        self._found: dict[int, list[tuple[Item, _T]]] = {}
        self._values: dict[int, set[_T]] = {}
        for item, value in given:
            if item.among is not None:
                meeting = _meeting(item, with_items)
                self._found.setdefault(meeting, []).append((item, value))
                if id(item) not in left:
                    self._values.setdefault(meeting, set()).add(value)
        self._marks: dict[int, set[Hashable]] = {}
        self._asked: dict[int, list[Item]] = {}
        for item, mark in asked:
            self._marks.setdefault(self._nearest(item), set()).add(mark)
            self._asked.setdefault(self._nearest(item), []).append(item)
        self._with_items, self._left = with_items, left
        self._named: dict[tuple[int, str], list[tuple[Item, _T]]] = {}
        for number, found in self._found.items():
            for one, value in found:
                for text in _names_in(one, number):
                    self._named.setdefault((number, text), []).append((one, value))

        self._alike: dict[tuple[int, str, frozenset[str]], tuple[_T, ...]] = {}
        self._matched: dict[int, dict[int, _T]] = {}
        self._holders: dict[_T, set[int]] | None = None

    def held_to(
        self, item: Item, mark: Hashable, fitting: Iterable[tuple[Item, _T]], fits: Callable[[Hashable, _T], bool]
    ) -> tuple[_T, ...]:
        """Return what an item is held to; nothing where that is not said, or where it may be of another.

        Alike names in one section are enough. What only stands together there, or shares a part of its name, may be of
        others: the item is held to it where it was exchanged, as what it fits is elsewhere beside another item, or
        where it fits nothing at all. Where both say only what they are (``cert``, ``key``) that is enough too, unless
        what the item fits stands in a section around it, or in one below: then that may be what it is of.

        Args:
            item: one of those that are asked about.
            mark: what tells it from the others of them.
            fitting: those of the others that it fits.
            fits: whether what has this mark fits this.
        """
        named = self.with_item(item)
        if item.among is None or self._is_named(item) or any(fits(mark, value) for value in named):
            return named
        own = list(islice(fitting, _MOST_PLACES))
        if not own:
            return () if _OF_NEXT.intersection(words_of(item.alias or "")) else named
        if self._is_of_its_kind(item, mark, named, fits) and not any(_is_near(one, item) for one, _ in own):
            return named
        likely = named or self._likely_with(item, mark, fits)
        is_likely = likely and not any(fits(mark, value) for value in likely)
        return likely if is_likely and all(self._has_other(one, value, item) for one, value in own) else ()

    def _is_named(self, item: Item) -> bool:
        """Return whether its name says what it stands with in its section, or its place is somebody's own."""
        text = _stem(item.alias or "")
        called = self._named.get((item.among or _ANYWHERE, text), ()) if text else ()
        return item.place in self._places or any(one.among == item.among for one, _ in called)

    def _is_of_its_kind(
        self, item: Item, mark: Hashable, named: tuple[_T, ...], fits: Callable[[Hashable, _T], bool]
    ) -> bool:
        """Return whether an item and another of its section say no more than what they are, and no third fits that."""
        called = self._named.get((item.among or _ANYWHERE, next(_names_in(item, item.among or _ANYWHERE), "")), ())
        others = (other for other in self._marks[self._nearest(item)] if other != mark)
        is_called = any(one.among == item.among for one, _ in called)
        return is_called and not any(fits(other, value) for other in others for value in named)

    def _likely_with(self, item: Item, mark: Hashable, fits: Callable[[Hashable, _T], bool]) -> tuple[_T, ...]:
        """Return what an item may stand with by a part of its name, or as its section has no other item for it."""
        number = self._nearest(item)
        if (value := self._matched_in(number).get(id(item))) is not None:
            return (value,)
        marks, values = self._marks[number], self._values.get(number, set())
        if number == _ANYWHERE or len(marks) > _MOST_KEYS or len(values) > _MOST_KEYS:
            return ()
        has_own = any(fits(other, one) for other in marks if other != mark for one in values)
        return () if has_own else tuple(values)

    def _matched_in(self, number: int) -> dict[int, _T]:
        """Return with which of the others each item goes by a part of its name, of those that meet in a section."""
        if number not in self._matched:
            names: dict[_T, list[str]] = {}  # one may stand there twice, once with its chain
            for one, value in self._found.get(number, ()):
                if id(one) not in self._left:
                    names.setdefault(value, []).append(_way(one, number))
            values, asked = list(names), self._asked[number]
            pairs = matched([" ".join(each) for each in names.values()], [_way(one, number) for one in asked])
            self._matched[number] = {id(asked[at]): values[to] for at, to in pairs.items()}
        return self._matched[number]

    def _has_other(self, one: Item, value: _T, item: Item) -> bool:
        """Return whether another item stands beside one of the others, or under its name."""
        meeting = _ANYWHERE if one.among is None else _meeting(one, self._with_items)
        if meeting != _ANYWHERE:
            return any(other is not item for other in self._asked.get(meeting, ()))
        if self._holders is None:
            self._holders = {}
            for number, other in ((number, other) for number, asked in self._asked.items() for other in asked):
                likely = self._matched_in(number).get(id(other))
                for held in self.with_item(other) or (() if likely is None else (likely,)):
                    self._holders.setdefault(held, set()).add(id(other))
        return not self._holders.get(value, set()) <= {id(item)}

    def with_item(self, item: Item, *, by_name: bool = False) -> tuple[_T, ...]:
        """Return what an item stands with; nothing where that is not said.

        Args:
            item: one of those that are asked about.
            by_name: only where it is called alike, or the place of both is somebody's own: that one of each is left in
                a section says nothing of what may be for a next one.
        """
        if item.place in self._places:
            return tuple(self._places[item.place])
        if item.among is None:
            return ()
        nearest = self._nearest(item)
        sections = list(_sections(item))
        for number in sections[sections.index(nearest) :]:
            named = self._called_alike(item, number)
            if named:
                return named
            is_pair = len(self._values.get(number, ())) == len(self._marks.get(number, ())) == 1
            if number == nearest and is_pair and not by_name:
                return tuple(self._values[number])
            if number == nearest == item.among:
                break
        return ()

    def _nearest(self, item: Item) -> int:
        """Return the smallest section around an item that has a counterpart in it."""
        return next((number for number in _sections(item) if number in self._with_others), _ANYWHERE)

    def _called_alike(self, item: Item, number: int) -> tuple[_T, ...]:
        """Return what is called as an item is in a section; of several, those with most names around them alike."""
        text = next((text for text in _names_in(item, number) if (number, text) in self._named), None)
        if text is None:
            return ()
        around = frozenset(_around(item))
        if (number, text, around) not in self._alike:
            counted = [(value, len(around.intersection(_around(one)))) for one, value in self._named[number, text]]
            most = max(count for _, count in counted)
            self._alike[number, text, around] = tuple({value: None for value, count in counted if count == most})
        return self._alike[number, text, around]


def _sections(item: Item) -> Iterator[int]:
    """Yield the sections around an item, its own first and the whole file last."""
    yield from (number for number, _ in reversed(item.within))
    if not item.within and item.among is not None:
        yield item.among
    yield _ANYWHERE


def _is_near(one: Item, item: Item) -> bool:
    """Return whether one of two stands in a section around the other, as the whole file is, or in the same."""
    outermost = [not around.within or (len(around.within) == 1 and not around.within[0][1]) for around in (one, item)]
    if outermost[0] != outermost[1]:  # what stands in nothing with a name has no number around the rest
        return True
    return one.among in set(_sections(item)) or item.among in set(_sections(one))


def _meeting(item: Item, with_items: Container[int]) -> int:
    """Return the smallest section around an item in which there is one that is asked about."""
    return next((number for number in _sections(item) if number in with_items), _ANYWHERE)


def _is_of_other(item: Item, with_items: Container[int]) -> bool:
    """Return whether something is called that of the other side, by what says so below where an item is asked about."""
    return not _OF_OTHERS.isdisjoint(words_of(_way(item, _meeting(item, with_items))))


def _way(item: Item, section: int) -> str:
    """Return the names that lead to an item in a section, its own last."""
    numbers = [number for number, _ in item.within]
    inside = item.within[numbers.index(section) + 1 :] if section in numbers else item.within
    return " ".join((*(name for _, name in inside), (item.alias or "").rpartition("/")[2]))


def _names_in(item: Item, section: int) -> Iterator[str]:
    """Yield what an item is called in a section: by its own name, and where that says nothing by what is around it.

    In its own section also a name that says only what is in it (``tls.crt`` beside ``tls.key``) is one.
    """
    text = _stem(item.alias or "")
    if section == item.among:
        yield text or _stem((item.alias or "").rpartition("/")[0])
        return
    if text and text not in _OF_ALL:
        yield text
        return
    numbers = [number for number, _ in item.within]
    inside = item.within[numbers.index(section) + 1 :] if section in numbers else item.within
    around = [label for _, name in reversed(inside) if (label := label_of(name))]
    yield from around or filter(None, [text])


def _around(item: Item) -> Iterator[str]:
    """Yield what the names say that are on the way to an item."""
    return (text for _, name in item.within if (text := label_of(name)))


@lru_cache(maxsize=1024)
def _stem(name: str) -> str:
    return stem_of(name).text


@lru_cache(maxsize=1024)
def label_of(name: str) -> str:
    """Return what the name of a section shares with that of another: less what only says how things are kept there."""
    return "-".join(word for word in _stem(name).split("-") if word not in _KEPT_IN)
