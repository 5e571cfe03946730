"""Which key is of which certificate in another file, by the names in texts, and by those of the files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pkitools.checking.file_names import matched, stem_of
from pkitools.checking.sections import Standing, label_of
from pkitools.containers.parts import ObjectName
from pkitools.frozen import dataclass

K = TypeVar("K")
C = TypeVar("C")


class Named(Protocol):
    """Where something stands in a text: see :class:`~pkitools.containers.Item`."""

    @property
    def alias(self) -> str | None:
        """Its own name."""

    @property
    def within(self) -> tuple[tuple[int, str], ...]:
        """The sections around it; none where it stands under no name."""


@dataclass(frozen=True, slots=True)
class Value(Generic[C]):
    """Something that stands under a name in a text.

    Args:
        file: the text.
        where: in it.
        keys: names of its public key; none of a private key that is only there, so that its certificate is of no other.
        what: what is told of it.
    """

    file: str
    where: Named
    keys: frozenset[str]
    what: C


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where it stands among all texts of its folder."""

    alias: str | None
    among: int
    within: tuple[tuple[int, str], ...]
    place: None = None


def misplaced(certificates: Iterable[Value[C]], keys: Iterable[Value[K]]) -> Iterator[tuple[Value[K], list[Value[C]]]]:
    """Yield the private keys that do not fit the certificates that they go with by their names, and those.

    Only what lies in one folder is compared. That two texts belong together their own names say, or those of the
    objects of Kubernetes in them. Where nothing does, a key is told only where another certificate there is its own:
    then it was exchanged, and else it may be of something else that is called so.

    Args:
        certificates: those of end entities.
        keys: the private keys.
    """
    folders: dict[Path, tuple[list[Value[C]], list[Value[K]]]] = {}
    for key in keys:
        folders.setdefault(Path(key.file).parent, ([], []))[1].append(key)
    for each in certificates:
        if (found := folders.get(Path(each.file).parent)) is not None:
            found[0].append(each)
    for held, own in folders.values():
        yield from _misplaced_in_folder(held, own)


def exchanged_files(
    certificates: Mapping[str, Collection[str]],
    keys: Mapping[str, Collection[str]],
    alike: Callable[[str], Collection[str]],
) -> Iterator[tuple[str, str]]:
    """Yield the files with private keys that are exchanged by a part of their names, each with that of its certificate.

    Files that are called alike are held to one another elsewhere. Words may be chance, so that a key is told only where
    what it fits in its folder has another key by its name.

    Args:
        certificates: by file the public keys of those of end entities.
        keys: by file those of its private keys.
        alike: gives the files with certificates that are called as one with a key is.
    """
    folders: dict[Path, tuple[list[str], list[str]]] = {}
    for at, names in enumerate((certificates, keys)):
        for name in names:
            folders.setdefault(Path(name).parent, ([], []))[at].append(name)
    for held, own in folders.values():
        first = list({stem_of(name).text: name for name in reversed(held)}.values())[::-1]  # its chain is called alike
        likely = {own[to]: first[at] for to, at in matched(first, own).items()}
        settled = {name: set(alike(name)) for name in likely}
        holders: dict[str, set[str]] = {}
        for name, beside in likely.items():
            for each in settled[name] or (beside,):
                holders.setdefault(each, set()).add(name)
        for name, beside in likely.items():
            if settled[name] or not set(keys[name]).isdisjoint(certificates[beside]):
                continue
            fitting = [each for each in first if not set(keys[name]).isdisjoint(certificates[each])]
            if fitting and all(holders.get(each, set()) - {name} for each in fitting):
                yield name, beside


def _misplaced_in_folder(
    held: Collection[Value[C]], own: Collection[Value[K]]
) -> Iterator[tuple[Value[K], list[Value[C]]]]:
    if {each.file for each in held} <= {each.file for each in own} and len({each.file for each in own}) == 1:
        return  # what is in one file is compared where that is read
    numbers: dict[object, int] = {}
    at = list(held)
    placed = [(_placed(each, numbers), number) for number, each in enumerate(at)]
    asked = [(_placed(each, numbers), each) for each in own]
    standing: Standing[int] = Standing(placed, [(one, number) for number, (one, _) in enumerate(asked)])
    in_folder = frozenset().union(*(each.keys for each in at))
    for one, key in asked:
        if not key.keys:
            continue
        alike = [at[number] for number in standing.with_item(one)]
        if not alike or any(not each.keys.isdisjoint(key.keys) or each.file == key.file for each in alike):
            continue
        related = [each for each in alike if _are_related(each, key)]
        if related or not in_folder.isdisjoint(key.keys):
            yield key, related or alike


def _placed(value: Value[Any], numbers: dict[object, int]) -> _Placed:
    """Return where a value stands, each section with a number that no other in the folder has."""
    around = [(numbers.setdefault(value.file, len(numbers) + 1), Path(value.file).name)]
    around += [
        (numbers.setdefault((value.file, number), len(numbers) + 1), name) for number, name in value.where.within
    ]
    return _Placed(value.where.alias, around[-1][0], tuple(around))


def _are_related(one: Value[C], other: Value[K]) -> bool:
    """Return whether two texts are called alike, or the objects of Kubernetes that two values are in."""
    files = [label_of(Path(each.file).name) for each in (one, other)]
    objects = [
        {label_of(name) for _, name in each.where.within if isinstance(name, ObjectName)} for each in (one, other)
    ]
    return files[0] == files[1] or not objects[0].isdisjoint(objects[1])
