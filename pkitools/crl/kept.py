"""Lists that were handed in before: read once, however often their bytes come by.

A caller that has bytes hands in the same list with every certificate. Kept are lists whose signature held, the last
ones, of together no more octets than one file may have; what nobody signed takes no place here. They are found by their
length and last octets, which are of the signature, and then compared whole: no digest is as certain, nor as fast.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from threading import Lock
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar
from weakref import WeakSet

from pkitools.limits import MAX_INPUT_BYTES

_LISTS: Final = 32
_END: Final = 64  # octets of a signature of any kind that is taken


class _Encoded(Protocol):
    @property
    def der(self) -> bytes: ...

    @property
    def was_pem(self) -> bool: ...


_ListT = TypeVar("_ListT", bound=_Encoded)
_Key: TypeAlias = tuple[int, bytes, bool]


class KeptLists(Generic[_ListT]):
    """The lists used last.

    Args:
        lists: how many at most.
        octets: how many octets they may have together.
    """

    def __init__(self, lists: int = _LISTS, octets: int = MAX_INPUT_BYTES) -> None:
        self._most, self._octets = lists, octets
        self._kept: OrderedDict[_Key, _ListT] = OrderedDict()
        self._held = 0  # octets, counted as they come and go: of many lists each must not cost a look at all
        self._lock = Lock()
        _ALL.add(self)

    def find(self, der: bytes, was_pem: bool) -> _ListT | None:
        """Return the list with these very bytes, or ``None``: it is not kept."""
        key = len(der), der[-_END:], was_pem
        with self._lock:
            known = self._kept.get(key)
        if known is None or known.der != der:  # with no lock held: of a large list this takes a while
            return None
        with self._lock:
            if self._kept.get(key) is known:
                self._kept.move_to_end(key)
        return known

    def keep(self, read: _ListT) -> None:
        """Keep a list, and let go of those that were not used for longest."""
        key = len(read.der), read.der[-_END:], read.was_pem
        with self._lock:
            if self._kept.pop(key, None) is None:  # one of the same key is as long
                self._held += len(read.der)
            self._kept[key] = read
            while len(self._kept) > self._most or self._held > self._octets:
                self._held -= len(self._kept.popitem(last=False)[1].der)

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._kept.clear()
            self._held = 0

    def begin_in_child(self) -> None:
        """Make the lock anew in a process that was forked: the thread that may have held it is not there."""
        self._lock = Lock()
        self._held = sum(len(each.der) for each in self._kept.values())  # that thread may not have come to count


_ALL: Final[WeakSet[KeptLists[Any]]] = WeakSet()


def _begin_in_child() -> None:
    for lists in _ALL:
        lists.begin_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
