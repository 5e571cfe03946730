"""A mapping that does not change, and unlike :class:`types.MappingProxyType` can be pickled and copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class Frozen(Mapping[K, V_co]):
    """The entries of another mapping, as they were when it was made. Equal to any mapping with the same entries."""

    __slots__ = ("_held",)

    def __init__(self, entries: Mapping[K, V_co]) -> None:
        self._held = dict(entries)

    def __getitem__(self, key: K) -> V_co:
        return self._held[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return repr(self._held)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._held,)
