"""The two ways to ask the register, behind :class:`~pkitools.oin_register.Register`."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from pkitools.errors import InvalidValueError
from pkitools.fetching import Fetcher
from pkitools.frozen import replace
from pkitools.oin_register.model import Listing, Organization, Query, QueryKind, Register, RegisterError
from pkitools.oin_register.paging import MOST_PAGES, MOST_SEARCH_PAGES, RegisterMeans, walk
from pkitools.oin_register.places import RegisterPlace, register_places

_HAL: Final = "application/hal+json, application/json;q=0.9, application/problem+json;q=0.5"
_JSON: Final = "application/json"
_FIELDS: Final = {QueryKind.OIN: "oin", QueryKind.KVK: "kvkNummer", QueryKind.NAME: "naam"}
_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_MOST_SECONDS: Final = 600.0  # the whole register: some forty pages


class HalRegister:
    """The API that the OIN-Stelsel describes: it searches.

    Args:
        url: of the API, without ``/organisaties``.
        means: how to ask.
        page_size: records on a page, when the register does not say.
    """

    def __init__(self, url: str, means: RegisterMeans, page_size: int = 30) -> None:
        self._url, self._means, self._size = url.rstrip("/"), means, page_size

    @property
    def url(self) -> str:
        """Where it is asked."""
        return self._url

    def search(self, query: Query) -> Listing:
        """Return the records a query asks for. Raises :class:`~pkitools.oin_register.RegisterError`."""
        wanted = _answering(query) if query.kind is QueryKind.OIN else None
        try:
            found = self._walk({_FIELDS[query.kind]: query.text}, self._means, MOST_SEARCH_PAGES, wanted)
        except RegisterError as error:
            # none found, says a 404, or there is no register: only who gives a list can say that something is not in it
            if error.params.get("status") != 404 or not error.params.get("said") or not self._gives_a_list():
                raise
            return Listing(())
        # a server may pass over what it was asked; by name it may search wider than we would
        if query.kind is QueryKind.NAME:
            return found
        return replace(found, organizations=tuple(filter(_answering(query), found.organizations)))

    def everything(self) -> Listing:
        """Return every record. Raises :class:`~pkitools.oin_register.RegisterError`."""
        return self._walk({}, replace(self._means, seconds=_MOST_SECONDS), MOST_PAGES)

    def _gives_a_list(self) -> bool:
        return bool(self._walk({}, self._means, 1).organizations)

    def _walk(self, asked: dict[str, str], means: RegisterMeans, most: int, wanted: _Test | None = None) -> Listing:
        def page(number: int) -> str:
            return f"{self._url}/organisaties?{urlencode({**asked, 'pagina': number})}"

        return walk(means, page, self._size, most=most, wanted=wanted)


class ListedRegister:
    """The list that the website of the register uses: it has no search that is known, so that it is gone through.

    Args:
        url: of the list.
        means: how to ask.
        page_size: records to ask for at a time.
    """

    def __init__(self, url: str, means: RegisterMeans, page_size: int = 100) -> None:
        self._url, self._means, self._size = url.rstrip("/"), means, page_size

    @property
    def url(self) -> str:
        """Where it is asked."""
        return self._url

    def search(self, query: Query) -> Listing:
        """Return the records a query asks for. Raises :class:`~pkitools.oin_register.RegisterError`."""
        found = self._walk(_answering(query) if query.kind is QueryKind.OIN else None)
        if not found.organizations and found.gap is None:  # it gives the whole register, which is not empty
            raise RegisterError("oin_register.error.empty", url=self._url)
        return replace(found, organizations=tuple(filter(_answering(query), found.organizations)))

    def everything(self) -> Listing:
        """Return every record. Raises :class:`~pkitools.oin_register.RegisterError`."""
        return self._walk()

    def _walk(self, wanted: _Test | None = None) -> Listing:
        def page(number: int) -> str:
            return f"{self._url}?{urlencode({'page': number, 'pageSize': self._size})}"

        means = replace(self._means, seconds=_MOST_SECONDS)
        return walk(means, page, self._size, most=MOST_PAGES, wanted=wanted)


class _Test:
    """Whether a record answers a query."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def __call__(self, organization: Organization) -> bool:
        return organization.answers(self._query)


def _answering(query: Query) -> _Test:
    return _Test(query)


def open_register(
    fetcher: Fetcher, *, way: str = "api", url: str | None = None, key: str | None = None, pause: float = 0.2
) -> Register:
    """Return a register to ask.

    Args:
        fetcher: the means to use the network.
        way: ``api``, which is documented, or ``public``, which is not and asks no key.
        url: another address than the one of this way.
        key: an API key; it is a secret.
        pause: seconds between two pages.

    Raises:
        InvalidValueError: there is no such way, the address is none, or a key would go over a connection that others
            can read.
    """
    place = _place(way)
    where = place.url if url is None else url
    _refuse_address(where, key)
    headers = ((place.key_header or "apikey", key),) if key else ()
    if place.form == "hal":
        return HalRegister(
            where, RegisterMeans(fetcher=fetcher, accept=_HAL, headers=headers, pause=pause), place.page_size
        )
    return ListedRegister(
        where, RegisterMeans(fetcher=fetcher, accept=_JSON, headers=headers, pause=pause), place.page_size
    )


def _place(way: str) -> RegisterPlace:
    known = {place.name: place for place in register_places()}
    if way not in known:
        raise InvalidValueError("oin_register.error.way", way=way, known=", ".join(known))
    return known[way]


def _refuse_address(url: str, key: str | None) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise InvalidValueError("oin_register.error.url", url=url) from None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise InvalidValueError("oin_register.error.url", url=url)
    if key and parts.scheme != "https" and host not in _LOCAL:
        raise InvalidValueError("oin_register.error.key_in_clear", url=url)
