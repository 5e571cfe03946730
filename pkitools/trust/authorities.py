"""The catalogue of certification authorities: what a CA is, by its fingerprint, its key or its name.

148 authorities of PKIoverheid and of the test hierarchies beside it (``data/catalogue.json``), so that an unknown,
revoked or test CA can be named. Only a fingerprint identifies; a name or key identifier merely suggests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar

from pkitools.arguments import aware
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.package_data import read_json

N = TypeVar("N")
V_co = TypeVar("V_co", covariant=True)


class HierarchyKind(StrEnum):
    """What a hierarchy is: the real thing, Logius' TRIAL model, or a TSP's own test or acceptance PKI."""

    PRODUCTION = "production"
    TRIAL = "trial"
    TEST = "test"
    ACCEPTANCE = "acceptance"

    @property
    def word(self) -> str:
        """How the authorities of such a hierarchy begin their names; empty of the real thing."""
        return _WORDS.get(self, "")

    @property
    def environment(self) -> Environment:
        """The environment its certificates are meant for."""
        return Environment.PRODUCTION if self is HierarchyKind.PRODUCTION else Environment.PREPRODUCTION


_WORDS: Final = {
    HierarchyKind.TRIAL: "TRIAL",
    HierarchyKind.TEST: "TEST",
    HierarchyKind.ACCEPTANCE: "ACCEPTATIE",
}


class Knowledge(StrEnum):
    """What an entry of the catalogue rests on, best first."""

    VERIFIED = "verified"  # certificate read, signed by its issuer, found in several places
    ONE_PUBLISHER = "one_publisher"  # certificate read, signed by its issuer, but published by one party
    ISSUER_NOT_HELD = "issuer_not_held"  # certificate read, its issuer not held
    FINGERPRINT_PUBLISHED = "fingerprint_published"  # fingerprint from a published text, certificate not held
    NO_FIXED_KEY = "no_fixed_key"  # name of a model: everybody who makes it makes other keys
    NAME_ONLY = "name_only"
    NAME_INFERRED = "name_inferred"  # by analogy with the TRIAL names


class CAStatus(StrEnum):
    """A CA at one moment, by its dates and by the revocations known when the catalogue was made."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


COMPROMISES: Final = frozenset({"keyCompromise", "cACompromise", "aACompromise"})
"""The reasons by which a key is no longer its owner's alone (CRLReason of RFC 5280 5.3.1)."""
_FIRST_HAND: Final = ("CRL of issuer", "CCADB")  # how the sources of the catalogue begin


@dataclass(frozen=True, slots=True)
class AuthorityRevocation:
    """A revocation on record; ``None`` where the source gives no day or reason."""

    date: date | None
    reason: str | None
    source: str

    @property
    def is_compromise(self) -> bool:
        """Its key was no longer its own."""
        return self.reason in COMPROMISES

    @property
    def is_first_hand(self) -> bool:
        """Who revoked it said so: in its CRL, or to the list of the root programmes."""
        return self.source.startswith(_FIRST_HAND)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One certification authority.

    Args:
        name: its common name.
        level: ``root``, ``domain`` or ``tsp``.
        generation: ``G4``, ``G3``, ``G2``, ``EV``, ``G1-private``, ``G1-public``.
        kind: production, TRIAL, or a TSP's own test or acceptance.
        operator: who runs a test hierarchy.
        hierarchy: name of its :class:`~pkitools.trust.Hierarchy`; ``None`` where not known.
        ski: subject key identifier, hex: the SHA-1 of its public key.
        serial: serial number of the certificate, hex.
        superseded_by: SHA-256 of a later certificate of the same name.
        basis: what the entry rests on.
    """

    name: str
    level: str
    generation: str
    kind: HierarchyKind
    basis: Knowledge
    sources: tuple[str, ...]
    hierarchy: str | None = None
    operator: str | None = None
    subject: str | None = None
    issuer: str | None = None
    issuer_sha256: str | None = None
    sha256: str | None = None
    sha1: str | None = None
    ski: str | None = None
    serial: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: str | None = None
    policies: tuple[str, ...] = ()
    extended_key_usage: tuple[str, ...] = ()
    crl: tuple[str, ...] = ()
    ca_issuers: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()
    download: str | None = None
    revoked: AuthorityRevocation | None = None
    superseded_by: str | None = None
    note: str | None = None

    def status(self, moment: datetime) -> CAStatus:
        """Return what the CA is at ``moment``; VALID is by date only, a revocation after the record is not seen."""
        aware(moment)
        if self.revoked and (self.revoked.date is None or moment.date() >= self.revoked.date):
            return CAStatus.REVOKED
        return status_by_date(self.not_before, self.not_after, moment)


def status_by_date(not_before: datetime | None, not_after: datetime | None, moment: datetime) -> CAStatus:
    """Return where ``moment`` falls against a validity whose ends both count (RFC 5280 4.1.2.5)."""
    aware(moment)
    if not_before is None or not_after is None:
        return CAStatus.UNKNOWN
    if moment < not_before:
        return CAStatus.NOT_YET_VALID
    return CAStatus.EXPIRED if moment > not_after else CAStatus.VALID


class _Made(Mapping[str, V_co]):
    """What is made of each number when it is asked for."""

    def __init__(self, numbers: Mapping[str, N], make: Callable[[N], V_co]) -> None:
        self._numbers: Mapping[str, Any] = numbers
        self._make: Callable[[Any], V_co] = make

    def __getitem__(self, key: str) -> V_co:
        return self._make(self._numbers[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class Catalogue:
    """The entries and the indexes on them; an entry is made of its record when it is asked for, and once.

    Args:
        raw: the file, parsed.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._records: list[dict[str, Any]] = raw["authorities"]
        self._entries: dict[int, CatalogueEntry] = {}
        self.source: str = raw["source"]
        self.retrieved = date.fromisoformat(raw["retrieved"])
        by_sha256 = {record["sha256"]: number for number, record in enumerate(self._records) if record.get("sha256")}
        self.by_sha256: Mapping[str, CatalogueEntry] = _Made(by_sha256, self._at)
        self.by_ski = self.grouped(lambda record: record.get("ski"))
        self.by_name = self.grouped(lambda record: same_name(record["name"]))

    @property
    def entries(self) -> tuple[CatalogueEntry, ...]:
        """Every entry, in the order of the file."""
        return tuple(map(self._at, range(len(self._records))))

    def grouped(self, key: Callable[[Mapping[str, Any]], str | None]) -> Mapping[str, tuple[CatalogueEntry, ...]]:
        """Return the entries by what a function makes of a record of the file; without those it makes nothing of."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, record in enumerate(self._records):
            if name := key(record):
                found[name].append(number)
        # no defaultdict from here: whatever name is looked for would then be there, and stay
        return _Made(dict(found), lambda numbers: tuple(map(self._at, numbers)))

    def _at(self, number: int) -> CatalogueEntry:
        if number not in self._entries:
            self._entries[number] = _entry(self._records[number])
        return self._entries[number]


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read once."""
    return Catalogue(read_json(str(__package__), "data/catalogue.json"))


def same_name(common_name: str) -> str:
    """Return the form in which names compare: case and runs of white space do not make another CA."""
    return " ".join(common_name.split()).casefold()


def identify(*, sha256: str | None = None, ski: str | None = None, name: str | None = None) -> CatalogueEntry | None:
    """Return the entry that fits best: by fingerprint, else by key identifier, else by name.

    Only the first identifies. What was matched by name may be a look-alike: :func:`pkitools.trust.recognition` tells.
    Among several of one key or name, the one issued last is returned.

    Args:
        sha256: of the certificate, hex; colons and case do not matter.
        ski: subject key identifier, hex.
        name: common name.
    """
    known = catalogue()
    if sha256 and (found := known.by_sha256.get(_hex(sha256))):
        return found
    candidates = known.by_ski.get(_hex(ski), ()) if ski else ()
    if not candidates and name:
        candidates = known.by_name.get(same_name(name), ())
    return max(candidates, key=lambda e: e.not_before or datetime.min.replace(tzinfo=UTC), default=None)


def _hex(text: str) -> str:
    return text.replace(":", "").replace(" ", "").lower()


_NAMES = frozenset(CatalogueEntry.__match_args__)


def _entry(record: dict[str, Any]) -> CatalogueEntry:
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in record.items() if key in _NAMES}
    values["kind"], values["basis"] = HierarchyKind(values["kind"]), Knowledge(values["basis"])
    for key in ("not_before", "not_after"):
        if key in values:
            values[key] = datetime.fromisoformat(values[key])
    if mark := record.get("revoked"):
        day = mark.get("date")
        values["revoked"] = AuthorityRevocation(
            date.fromisoformat(day) if day else None, mark.get("reason"), mark["source"]
        )
    return CatalogueEntry(**values)
