"""Many requests from one TOML file. All of it is judged before the first key is made.

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
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from pkitools.arguments import octets, text
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError, LimitError
from pkitools.frozen import dataclass
from pkitools.profiles import TSP, Presence, get_profile, get_tsp
from pkitools.requests.making import RequestPlan, SignatureScheme, plan_request
from pkitools.text import pattern
from pkitools.toml_text import read_foreign_toml

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
        data: the TOML.
        file: what to call it in an error.
        overrides: values that go before the file's ``[defaults]``; what a request says itself goes before both.
        tsp_named: returns the TSP of a name; an organisation may have one that is not ours.

    Raises:
        InputError: not TOML, or not of the form shown above.
        LimitError: more than MAX_BATCH requests, or a larger text or longer lines or keys than those need.
        BatchError: with what is wrong in each request.
    """
    document = read_foreign_toml(octets(data, "data"), text(file, "file"))
    shared = {**_table(document.get("defaults", {}), file), **(overrides or {})}
    tables = document.get("request")
    if not isinstance(tables, list) or not tables or document.keys() - {"defaults", "request"}:
        raise InputError("requests.error.batch_form", name=file)
    if len(tables) > MAX_BATCH:
        raise LimitError("requests.error.batch_size", name=file, count=len(tables), limit=MAX_BATCH)
    items: list[BatchItem] = []
    faults: list[tuple[str, InvalidValueError]] = []
    for number, entry in enumerate(tables, start=1):
        table = _table(entry, file)
        try:
            items.append(_item({**shared, **table}, tsp_named))
        except InvalidValueError as error:
            faults.append((str(table.get("name", f"#{number}")), error))
    doubles = [name for name, count in Counter(item.name.lower() for item in items).items() if count > 1]
    faults += [(name, InvalidValueError("requests.error.batch_name_twice", name=name)) for name in doubles]
    if faults:
        raise BatchError(file, faults)
    return tuple(items)


def _table(value: object, file: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError("requests.error.batch_form", name=file)
    return value


def _item(table: Mapping[str, Any], tsp_named: Callable[[str], TSP]) -> BatchItem:
    unknown = sorted(table.keys() - _FIELDS)
    if unknown:
        known = ", ".join(sorted(_FIELDS))
        raise InvalidValueError("requests.error.batch_field", field=unknown[0], known=known)
    for field, value in table.items():
        if not (_is_texts(value) if field == "dns" else isinstance(value, str)):
            raise InvalidValueError("requests.error.batch_text", field=field)
    for field in ("name", *_REQUIRED):
        if field not in table:
            raise InvalidValueError("requests.error.batch_missing", field=field)
    if not _NAME.fullmatch(table["name"]):
        raise InvalidValueError("requests.error.batch_name", name=table["name"])
    return BatchItem(table["name"], plan_of(table, tsp_named=tsp_named))


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
