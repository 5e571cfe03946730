"""One document at a time from the network, and a folder to keep documents in: the means handed to the library.

What is asked (:class:`FetchRequest`), what comes (:class:`Fetched`) or does not (:class:`FetchError`), and the two
protocols anyone may implement: :class:`Fetcher` and :class:`Cache`. :class:`HttpFetcher` and :class:`DiskCache` are
ours; they are imported when first named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from pkitools.fetching.model import (
    Cache,
    CacheEntry,
    Clock,
    Fault,
    Fetched,
    Fetcher,
    FetchError,
    FetchFault,
    FetchRequest,
    HttpStatus,
    Refusal,
    refusal,
)

if TYPE_CHECKING:
    from pkitools.fetching.cache import DiskCache
    from pkitools.fetching.fetcher import HttpFetcher
    from pkitools.fetching.issuers import Completion, IssuerFetch, complete_from_aia
    from pkitools.fetching.proxies import Proxies

__all__ = [
    "Cache",
    "CacheEntry",
    "Clock",
    "Completion",
    "DiskCache",
    "Fault",
    "FetchError",
    "FetchFault",
    "FetchRequest",
    "Fetched",
    "Fetcher",
    "HttpFetcher",
    "HttpStatus",
    "IssuerFetch",
    "Proxies",
    "Refusal",
    "complete_from_aia",
    "refusal",
]

_LATER: Final = {
    "Completion": "issuers",
    "DiskCache": "cache",
    "HttpFetcher": "fetcher",
    "IssuerFetch": "issuers",
    "Proxies": "proxies",
    "complete_from_aia": "issuers",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
