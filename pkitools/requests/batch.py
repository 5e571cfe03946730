"""Many requests from one TOML file, or a table. All of it is judged before the first key is made.

::

    [defaults]                     # for every request that does not say otherwise
    profile = "g4-tls"
    environment = "production"
    organization = "Gemeente Voorbeeld"
    oin = "00000003273229750000"

    [[request]]
    name = "api"                   # writes api.key and api.csr
    common_name = "api.example.nl"
    dns = ["api.example.nl", "www.example.nl"]

A name may be written with hyphens too. A table (CSV) has the same names as its columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from pkitools.arguments import octets, text
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError, LimitError
from pkitools.frozen import dataclass
from pkitools.profiles import TSP, Presence, get_profile, get_tsp
from pkitools.requests.csv_rows import field_name, is_workbook, looks_like_csv, lost_zeros, read_csv_rows
from pkitools.requests.making import RequestPlan, SignatureScheme, plan_request
from pkitools.text import pattern
from pkitools.toml_text import read_foreign_toml

T = TypeVar("T")

MAX_BATCH: Final = 1000
"""Requests in one file: with a key of 4096 bits each, ten minutes of work."""

SIGNATURES: Final = {"pss": SignatureScheme.PSS, "pkcs1": SignatureScheme.PKCS1}
"""How a signature is named by people."""

_FIELDS: Final = frozenset(
    [
        "name",
        "profile",
        "environment",
        "common_name",
        "organization",
        "oin",
        "kvk",
        "organization_identifier",
        "tsp",
        "dns",
        "country",
        "locality",
        "province",
        "key_type",
        "signature",
    ]
)
_REQUIRED: Final = ("profile", "environment", "common_name")
_BAD_NAME: Final = "requests.error.batch_name"
_LOST_ZEROS: Final = "requests.error.batch_zeros"
_NAME: Final = pattern(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One request of a batch: the name of its files, and its plan."""

    name: str
    plan: RequestPlan


class BatchError(InvalidValueError):
    """One or more requests of a batch are wrong; ``faults`` has each of them as (name, error)."""

    def __init__(self, file: str, faults: list[tuple[str, InvalidValueError]]) -> None:
        super().__init__("requests.error.batch", name=file, count=len(faults))
        self.faults = tuple(faults)


def read_batch(
    data: bytes,
    file: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    tsp_named: Callable[[str], TSP] = get_tsp,
) -> tuple[BatchItem, ...]:
    """Return the plans of all requests in a batch file.

    Args:
        data: the TOML, or a table (CSV) whose columns have the names of the fields.
        file: what to call it in an error.
        overrides: values that go before the file's ``[defaults]``; what a request says itself goes before both.
        tsp_named: returns the TSP of a name; an organisation may have one that is not ours.

    Raises:
        InputError: neither TOML nor CSV, or not of the form shown above.
        LimitError: more than MAX_BATCH requests, or a larger text or longer lines or keys than those need.
        BatchError: with what is wrong in each request.
    """
    found = read_rows(data, file, overrides, planned=lambda values: plan_of(values, tsp_named=tsp_named))
    return tuple(BatchItem(name, plan) for name, plan in found)


def read_rows(
    data: bytes,
    file: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    planned: Callable[[Mapping[str, Any]], T],
    faults_of: Callable[[Mapping[str, Any]], Sequence[InvalidValueError]] | None = None,
    more: Sequence[str] = (),
) -> tuple[tuple[str, T], ...]:
    """Return name and plan of each request in a batch file, as :func:`read_batch` does, however it is planned.

    Args:
        data, file, overrides: as there.
        planned: makes the plan of one request of its fields.
        faults_of: returns everything that is wrong with a request that cannot be planned; else that is the first thing.
        more: fields that are known beside those of a request; one of them may say which profile it is.

    Raises:
        InputError, LimitError, BatchError: as there.
    """
    data, file = octets(data, "data"), text(file, "file")
    defaults, rows = _rows(data, file)
    if len(rows) > MAX_BATCH:
        raise LimitError("requests.error.batch_size", name=file, count=len(rows), limit=MAX_BATCH)
    shared = {**defaults, **(overrides or {})}
    items: list[tuple[str, T]] = []
    faults: list[tuple[str, InvalidValueError]] = []
    for number, row in enumerate(rows, start=1):
        values = {**_without_rivals(shared, row, more), **row}
        called = str(values.get("name", f"#{number}"))
        wrong = list(_wrong_fields(values, more))
        if all(_hides_nothing(error) for error in wrong):
            plan, errors = _planned(_mended(values, wrong), planned, faults_of)
            wrong += errors
            items += [(called, plan)] if plan is not None and not wrong else []
        faults += [(called, error) for error in wrong]
    named = [str(row["name"]) for row in ({**shared, **row} for row in rows) if isinstance(row.get("name"), str)]
    doubles = [name for name, count in Counter(map(str.lower, named)).items() if count > 1]
    faults += [(name, InvalidValueError("requests.error.batch_name_twice", name=name)) for name in doubles]
    if faults:
        raise BatchError(file, faults)
    return tuple(items)


def _hides_nothing(error: InvalidValueError) -> bool:
    """Return whether the rest of a request can be looked at in spite of this."""
    lacks_name = error.code == "requests.error.batch_missing" and error.params["field"] in {"name", "common_name"}
    return lacks_name or error.code in {_BAD_NAME, _LOST_ZEROS}


def _mended(values: Mapping[str, Any], wrong: Sequence[InvalidValueError]) -> dict[str, Any]:
    """Return the fields to plan a request of, as they may have been meant: what is wrong does not hide the rest."""
    lost = {error.params["field"]: error.params["whole"] for error in wrong if error.code == _LOST_ZEROS}
    meant = {"oin": lost["oin"]} if "oin" in lost else {}
    given = {"common_name": "voorbeeld.example.nl", **values, **meant}
    left = {"name", *(lost.keys() - meant.keys())}  # a KvK number that is only probable would be held to the OIN
    return {key: given[key] for key in given if key not in left}


def _planned(
    values: Mapping[str, Any],
    planned: Callable[[Mapping[str, Any]], T],
    faults_of: Callable[[Mapping[str, Any]], Sequence[InvalidValueError]] | None,
) -> tuple[T | None, Sequence[InvalidValueError]]:
    """Return the plan of a request, or what is wrong with it."""
    try:
        return planned(values), ()
    except InvalidValueError as error:
        return None, (error,) if faults_of is None else faults_of(values)


def _rows(data: bytes, file: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what holds for every request, and the fields of each."""
    if is_workbook(data):
        raise InputError("requests.error.batch_workbook", name=file)
    if looks_like_csv(data):
        return {}, read_csv_rows(data, file)
    document = read_foreign_toml(data, file)
    tables = document.get("request")
    if not isinstance(tables, list) or not tables or document.keys() - {"defaults", "request"}:
        raise InputError("requests.error.batch_form", name=file)
    return _table(document.get("defaults", {}), file), [_table(entry, file) for entry in tables]


def _without_rivals(shared: Mapping[str, Any], row: Mapping[str, Any], more: Sequence[str]) -> Mapping[str, Any]:
    """Return what holds for every request without what a row says in another way: a profile, or what chooses one."""
    rivals = {"profile", *more}
    return {key: value for key, value in shared.items() if key not in rivals} if rivals & set(row) else shared


def _table(value: object, file: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError("requests.error.batch_form", name=file)
    written: dict[str, str] = {}
    for key in value:
        if (before := written.setdefault(field_name(key), key)) != key:
            raise InputError("requests.error.batch_field_twice", name=file, first=before, second=key)
    return {field_name(key): entry for key, entry in value.items()}


def _wrong_fields(values: Mapping[str, Any], more: Sequence[str]) -> Iterator[InvalidValueError]:
    """Yield what is wrong with the fields themselves, before what is in them is looked at; last with the name."""
    fields = {*_FIELDS, *more}
    unknown = sorted(values.keys() - fields)
    for field in unknown:
        yield InvalidValueError("requests.error.batch_field", field=field, known=", ".join(sorted(fields)))
    odd = [
        name for name, value in values.items() if not (_is_texts(value) if name == "dns" else isinstance(value, str))
    ]
    for field in odd:
        if field in fields:
            yield InvalidValueError("requests.error.batch_text", field=field)
    needed = _REQUIRED if not set(more) & values.keys() else tuple(name for name in _REQUIRED if name != "profile")
    for field in ("name", *needed):
        if field not in values:
            yield InvalidValueError("requests.error.batch_missing", field=field)
    if not odd:
        yield from lost_zeros(values)
    if isinstance(name := values.get("name"), str) and not _NAME.fullmatch(name):
        yield InvalidValueError(_BAD_NAME, name=name, suggestion=_better_name(name))


def _better_name(name: str) -> str:
    """Return what the files can be called, as near to a name as can be."""
    return re.sub("[^A-Za-z0-9._-]+", "-", name).strip("-._")[:100] or "request"


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)


def plan_of(
    values: Mapping[str, Any], *, tsp_named: Callable[[str], TSP] = get_tsp, tsp: TSP | None = None
) -> RequestPlan:
    """Return the plan of one request described by words, such as those of a batch file or of the command line.

    The OIN and the organisation are required, except where the TSP fills them in itself (UZI).

    Args:
        values: the words, by the names of the columns of a batch.
        tsp_named: returns the TSP of a name; an organisation may have one that is not ours.
        tsp: who it goes to, where that is known already; the words do not name it then.

    Raises:
        InvalidValueError: with one sentence that says what to mend.
    """
    profile = get_profile(values["profile"])
    if profile.serial_number == "oin" and not values.get("oin"):
        raise InvalidValueError("requests.error.missing_oin", profile=profile.name)
    if "O" in profile.subject.names(Presence.REQUIRED) and not values.get("organization"):
        raise InvalidValueError("requests.error.missing_o", profile=profile.name)
    return plan_request(
        profile,
        environment_named(values["environment"]),
        common_name=values["common_name"],
        organization=values.get("organization"),
        oin=values.get("oin"),
        kvk=values.get("kvk"),
        organization_identifier=values.get("organization_identifier"),
        tsp=tsp if values.get("tsp") is None else tsp_named(values["tsp"]),
        dns_names=values.get("dns", ()),
        country=values.get("country"),
        locality=values.get("locality"),
        province=values.get("province"),
        key_type=values.get("key_type"),
        signature=signature_named(values["signature"]) if values.get("signature") else None,
    )


def signature_named(value: str) -> SignatureScheme:
    """Return the signature that people call so: ``pss``, ``pkcs1``."""
    chosen: SignatureScheme = _choice("signature", value, SIGNATURES)
    return chosen


def environment_named(value: str) -> Environment:
    """Return the environment of this name."""
    try:
        return Environment(value.lower())
    except ValueError:
        return Environment(_choice("environment", value, {each.value: each for each in Environment}))


def _choice(field: str, value: str, choices: Mapping[str, Any]) -> Any:
    if value not in choices:
        raise InvalidValueError("requests.error.choice", field=field, value=value, choices=", ".join(choices))
    return choices[value]
