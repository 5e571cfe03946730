"""Go through a list in pages, and say whether that was all of it.

A server may count wrongly, ignore the number of the page, give the first page for ever or never end. Each of these ends
the walk within its bounds, and what is not certain to be whole is said to have a gap: of a list with a gap "it is not
in it" is never concluded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from pkitools.errors import PkitoolsError
from pkitools.fetching import Clock, Fetched, Fetcher, FetchError, FetchRequest, HttpStatus, refusal
from pkitools.frozen import dataclass
from pkitools.oin_register.model import Listing, Organization, RegisterError, contradicted
from pkitools.oin_register.records import Page, page_of, problem_in

MAX_PAGE_BYTES: Final = 4 * 1024 * 1024  # a hundred records take some 60 kB
MAX_ORGANIZATIONS: Final = 100_000  # the register has some thousands
MOST_SEARCH_PAGES: Final = 20  # what a name finds on more pages is not what somebody looks for
MOST_PAGES: Final = 2000
_PROBLEM_BYTES: Final = 64 * 1024
_UNAUTHORIZED: Final = frozenset({401, 403})

_Wanted = Callable[[Organization], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMeans:
    """How a register is asked.

    Args:
        fetcher: the means to use the network.
        accept: media types.
        headers: such as an API key.
        seconds: for everything that one question takes.
        pause: seconds between two pages, so that the register is not burdened.
        clock: for durations.
        sleep: waits.
    """

    fetcher: Fetcher
    accept: str
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 30.0
    pause: float = 0.2
    clock: Clock = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __repr__(self) -> str:
        return "<RegisterMeans>"  # a key is among the headers

    def ask(self, url: str, seconds: float) -> Fetched:
        """Return one document.

        Raises:
            RegisterError: it did not come.
        """
        request = FetchRequest(
            url, MAX_PAGE_BYTES, accept=self.accept, headers=self.headers, seconds=seconds, error_limit=_PROBLEM_BYTES
        )
        try:
            return self.fetcher.fetch(request)
        except FetchError as error:
            raise _told(error) from error


def _told(error: FetchError) -> RegisterError:
    """Return what a fetch that failed says of the register."""
    fault = error.fault
    if not isinstance(fault, HttpStatus):
        refused = refusal(fault, error.detail)
        code = "oin_register.error.fetch" if refused is None else f"oin_register.error.refused_{refused}"
        return RegisterError(code, url=error.url, fault=str(fault), detail=error.detail)
    said = problem_in(error.body)
    if fault.number in _UNAUTHORIZED:
        return RegisterError("oin_register.error.key", url=error.url, status=fault.number, said=said)
    return RegisterError("oin_register.error.status", url=error.url, status=fault.number, said=said)


def walk(
    means: RegisterMeans, page_url: Callable[[int], str], size: int, *, most: int, wanted: _Wanted | None = None
) -> Listing:
    """Return the records of a list.

    Args:
        means: how to ask.
        page_url: number of a page, from 1 → its address.
        size: records on a page, when nobody says.
        most: the most pages that are asked.
        wanted: the walk ends at the first record that is; without it, at the end of the list.

    Raises:
        RegisterError: a page did not come, or was none.
    """
    held = _Held(size)
    end = means.clock() + means.seconds
    for number in range(1, most + 1):
        left = end - means.clock()
        if left <= 0:
            return held.listing(RegisterError("oin_register.error.time", seconds=round(means.seconds)))
        url = page_url(number)
        fetched = means.ask(url, left)
        new = held.take(page_of(fetched.body, url, fetched.content_type), fetched)
        if wanted is not None and any(map(wanted, new)):
            return held.listing()
        if held.is_over(new):
            return held.listing(held.gap(url))
        means.sleep(min(means.pause, max(end - means.clock(), 0)))
    return held.listing(RegisterError("oin_register.error.too_many", most=most))


class _Held:
    """What was read so far."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._found: dict[Organization, None] = {}  # of one number there may be two, which contradict each other
        self._total: int | None = None
        self._totals: set[int] = set()
        self._unreadable = 0
        self._page = Page((), 0)

    def take(self, page: Page, fetched: Fetched) -> list[Organization]:
        """Keep a page; return what is new."""
        self._page = page
        self._size = _number(fetched, "x-pagination-limit") or self._size
        total = _number(fetched, "x-total-count")
        total = page.total if total is None else total
        if total is not None:
            self._total = total
            self._totals.add(total)
        self._unreadable += page.size - len(page.organizations)
        new = [one for one in page.organizations if one not in self._found]
        self._found.update(dict.fromkeys(new))
        return new

    def is_over(self, new: list[Organization]) -> bool:
        """Return whether the list has ended, or goes round."""
        if len(self._found) > MAX_ORGANIZATIONS or not new:
            return True
        if self._total is not None:
            return len(self._found) + self._unreadable >= self._total
        return self._page.last or (self._page.size < self._size and not self._page.more)

    def gap(self, url: str) -> PkitoolsError | None:
        """Return why what was read may not be all."""
        if self._unreadable:
            return RegisterError("oin_register.error.unreadable", url=url, count=self._unreadable)
        if self._total is None and self._page.more and not self._page.size:
            return RegisterError("oin_register.error.more", url=url)
        if self._page.size and self._total is None and not (self._page.last or self._page.size < self._size):
            return RegisterError("oin_register.error.loop", url=url)
        if self._totals and self._totals != {len(self._found)}:
            said = self._total if len(self._totals) == 1 else "?"
            return RegisterError("oin_register.error.count", url=url, said=said, found=len(self._found))
        oin = contradicted(self._found)
        if oin is not None:
            return RegisterError("oin_register.error.contradiction", oin=oin)
        return None

    def listing(self, gap: PkitoolsError | None = None) -> Listing:
        """Return what was read."""
        return Listing(tuple(self._found), gap)


def _number(fetched: Fetched, name: str) -> int | None:
    """Return the number in a header; ``None`` where there is none."""
    values = [value for key, value in fetched.headers if key == name]
    return (
        int(values[0])
        if len(values) == 1 and values[0].isascii() and values[0].isdecimal() and len(values[0]) < 9
        else None
    )
