"""A document of the register to records: tolerant of names and places of fields, strict about what is no answer.

The texts that describe the register write one field as ``KVKNummer`` and as ``kvkNummer``: names are compared without
their capitals. A number must be text, as an OIN that was written as a number has lost its zeros.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pkitools.frozen import dataclass
from pkitools.oin import OIN
from pkitools.oin_register.model import Organization, RegisterError, RegisterStatus
from pkitools.text import pattern

_MOST_TEXT: Final = 1000
_STATUS: Final = {
    "actief": RegisterStatus.REGISTERED,
    "active": RegisterStatus.REGISTERED,
    "ingetrokken": RegisterStatus.WITHDRAWN,
    "inactief": RegisterStatus.WITHDRAWN,
    "inactive": RegisterStatus.WITHDRAWN,
}
_LISTS: Final = frozenset({"organisaties", "organisations", "organizations", "items", "results"})
_WITHDRAWN: Final = ("intrekdatum", "deactivationdate")
_PROBLEM: Final = ("detail", "title", "message", "code", "error")
_FAILURES: Final = ("error", "errors")
_FIRST_ERROR: Final = 400
_STATUSES: Final = ("status", "statuscode", "code")
_SAID: Final = ("message", "detail")
_FAILED: Final = frozenset({"error", "failed", "failure", "fout", "fail"})
_TOTALS: Final = ("total", "totalcount", "totalelements", "totalitems", "totaal", "totaalaantal")
_LAST_OIN: Final = pattern(r"([0-9]{8}[0-9A-Z]{12})/?(?:\?.*)?\Z")


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Args:
        organizations: the records that could be read.
        size: how many there are, with those that could not.
        last: whether the page says that none follows.
        more: whether the page names one that follows.
        total: how many there are on all pages together, where the page says so.
    """

    organizations: tuple[Organization, ...]
    size: int
    last: bool = False
    more: bool = False
    total: int | None = None


def page_of(body: bytes, url: str, content_type: str = "") -> Page:
    """Return the records in a body.

    Args:
        body: as it came.
        url: where it came from.
        content_type: as the server called it.

    Raises:
        RegisterError: no JSON, no list of records, or an empty one beside the word that something failed.
    """
    document = _json(body, url, content_type)
    records = _only_list(document, url)
    if not records and _fails(document):
        raise RegisterError("oin_register.error.problem", url=url, said=_problem(document) or "–")
    read = tuple(found for each in records if (found := _organization(each)) is not None)
    return Page(read, len(records), _is_last(document), _has_next(document), _total(document))


def problem_in(body: bytes) -> str:
    """Return what a document says went wrong (``application/problem+json``, older forms); empty where it does not."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return _problem(document)


def _json(body: bytes, url: str, content_type: str) -> object:
    try:
        return json.loads(body, object_pairs_hook=_agreed)
    except (ValueError, RecursionError):
        raise RegisterError("oin_register.error.not_json", url=url, kind=content_type) from None


def _agreed(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object; what is said of one field twice, and differently, is not known."""
    found: dict[str, object] = {}
    for name, value in pairs:
        found[name] = value if found.get(name, value) == value else None
    return found


def _only_list(document: object, url: str) -> list[object]:
    """Return the list of records; of two nobody knows which is the one, and what is not in one may be in the other."""
    lists = list(_lists(document))
    if not lists:
        raise _no_list(document, url)
    if len(lists) > 1:
        raise RegisterError("oin_register.error.several_lists", url=url, count=len(lists))
    return lists[0]


def _no_list(document: object, url: str) -> RegisterError:
    said = _problem(document)
    return RegisterError("oin_register.error.problem" if said else "oin_register.error.no_list", url=url, said=said)


def _problem(document: object) -> str:
    found = _lowered(document)
    said = (found.get(name) for name in _PROBLEM)
    return next((each[:_MOST_TEXT] for each in said if isinstance(each, str) and each.strip()), "")


def _fails(document: object) -> bool:
    """Return whether a document says that something went wrong, also where it came as a good answer.

    What an empty list says of itself in words is nobody's to understand: the register may be out of order.
    """
    found = _lowered(document)
    said = [found.get(name) for name in (*_STATUSES, *_SAID)]
    numbers = [each for each in said if isinstance(each, int)]
    words = [each for each in map(found.get, _SAID) if isinstance(each, str)]
    failed = {each.strip().lower() for each in said if isinstance(each, str)} & _FAILED
    return max(numbers, default=0) >= _FIRST_ERROR or bool(failed) or any(words) or any(map(found.get, _FAILURES))


def _total(document: object) -> int | None:
    """Return how many records a document says there are, by itself or in what it tells of its pages."""
    found = _lowered(document)
    told = [each.get(name) for each in (found, _lowered(found.get("page"))) for name in _TOTALS]
    return next((each for each in told if isinstance(each, int) and not isinstance(each, bool) and each >= 0), None)


def _lowered(found: object) -> dict[str, Any]:
    """Return an object with the names of its fields in lower case; of two with one name the one that says something.

    Two that say something else leave it unknown.
    """
    if not isinstance(found, Mapping):
        return {}
    lowered: dict[str, Any] = {}
    for name, value in found.items():
        before = lowered.get(name.lower())
        lowered[name.lower()] = value if before is None else before if value is None or value == before else None
    return lowered


def _lists(document: object) -> Iterator[list[object]]:
    """Yield every list of records, also those inside ``_embedded``."""
    if isinstance(document, list):
        yield document
    for name, each in document.items() if isinstance(document, Mapping) else ():
        if name.lower() in _LISTS and isinstance(each, list):
            yield each
        elif name.lower() == "_embedded" and isinstance(each, Mapping):
            yield from _lists(each)


def _is_last(document: object) -> bool:
    links = _lowered(document).get("_links")
    return (
        isinstance(links, Mapping)
        and "self" in _lowered(links)
        and "last" not in links
        and not _lowered(links).get("next")
    )


def _has_next(document: object) -> bool:
    return bool(_lowered(_lowered(document).get("_links")).get("next"))


def _organization(record: object) -> Organization | None:
    found = _lowered(record)
    oin, word = OIN.compact(_text(found, "oin")), _text(found, "status")
    if not oin:
        return None
    return Organization(
        oin=oin,
        name=_text(found, "naam", "name"),
        status=_status(found, word),
        status_text=word,
        kvk=_text(found, "kvknummer", "kvknumber") or None,
        kind=_text(found, "organisatietype", "organisationtype") or None,
        issued=_moment(found, "afgiftedatum", "creationdate"),
        changed=_moment(found, "laatstaangepastdatum", "modificationdate"),
        withdrawn=_moment(found, *_WITHDRAWN),
        main_oin=_main(found.get("hoofdoin")),
    )


def _status(found: Mapping[str, Any], word: str) -> RegisterStatus:
    """Return what a word comes to; beside a day of withdrawal that nobody can read, nothing is sure to be listed."""
    status = status_of_word(word)
    withdrawn = any(found.get(name) for name in _WITHDRAWN) and _moment(found, *_WITHDRAWN) is None
    return RegisterStatus.UNKNOWN if withdrawn and status is RegisterStatus.REGISTERED else status


def status_of_word(word: str) -> RegisterStatus:
    """Return the status that a word of the register means; unknown for one that is not known."""
    return _STATUS.get(word.strip().lower(), RegisterStatus.UNKNOWN)


def _text(found: Mapping[str, Any], *names: str) -> str:
    given = (found.get(name) for name in names)
    return next((each.strip()[:_MOST_TEXT] for each in given if isinstance(each, str)), "")


def _moment(found: Mapping[str, Any], *names: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(found, *names))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _main(given: object) -> str | None:
    """Return the OIN that a link to another record ends in, or that stands there as it is."""
    if isinstance(given, Mapping):
        found = _lowered(given)
        links = _lowered(_lowered(found.get("_links")).get("self"))
        given = found.get("oin") or links.get("href") or found.get("href")
    match = _LAST_OIN.search(given) if isinstance(given, str) else None
    return match[1] if match else None
