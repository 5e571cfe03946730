"""What is asked of the OIN register, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from pkitools.arguments import choice
from pkitools.errors import InvalidValueError, NetworkError, PkitoolsError
from pkitools.frozen import dataclass
from pkitools.messages import Remedy
from pkitools.oin import OIN
from pkitools.text import pattern

MOST_NAME: Final = 200  # the name of an organisation; what is longer is no question
_OIN_FORM: Final = pattern(r"[0-9]{8}[0-9A-Z]{12}\Z")
_KVK_FORM: Final = pattern(r"[0-9]{8}\Z")
_NINE_DIGITS: Final = pattern(r"[0-9]{9}\Z")


class RegisterStatus(StrEnum):
    """What the register says of a number or a name."""

    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"
    NOT_REGISTERED = "not-registered"
    """It is not listed, which most numbers that are right are not: since 2025 few organisations are."""
    UNKNOWN = "unknown"
    """It could not be asked, or its answer is not understood."""


class QueryKind(StrEnum):
    """By what the register is searched."""

    OIN = "oin"
    KVK = "kvk"
    NAME = "name"


class RegisterError(NetworkError):
    """The register could not be asked, or what came is no answer of a register."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    Args:
        kind: by what.
        text: twenty positions, eight digits, or a name.
    """

    kind: QueryKind
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", choice(QueryKind, self.kind, "kind"))

    @classmethod
    def parse(cls, text: str) -> Query:
        """Return what a text asks: an OIN (its groups may stand apart), a KvK number, else a name.

        Raises:
            InvalidValueError: nothing, too much, or nine digits, which may be somebody's BSN and are sent nowhere.
        """
        given = " ".join(text.split())
        together = OIN.compact(given)
        if _OIN_FORM.match(together):
            return cls(QueryKind.OIN, together)
        if _KVK_FORM.match(together):
            return cls(QueryKind.KVK, together)
        if _NINE_DIGITS.match(together):
            raise InvalidValueError("oin_register.error.nine_digits")
        if not 2 <= len(given) <= MOST_NAME or not any(map(str.isalpha, given)) or not given.isprintable():
            raise InvalidValueError("oin_register.error.query", text=given, most=MOST_NAME)
        return cls(QueryKind.NAME, given)


@dataclass(frozen=True, slots=True)
class Organization:
    """One record of the register.

    Args:
        oin: as the register has it.
        name: of the organisation, a part of it, or a service.
        status: what that comes to; unknown for a word that is not known.
        status_text: the word of the register.
        kvk: KvK number.
        kind: kind of organisation, such as ``GM`` for a municipality.
        issued, changed, withdrawn: moments, aware UTC.
        main_oin: of a SubOIN the OIN it belongs to, where the register says so.
    """

    oin: str
    name: str
    status: RegisterStatus
    status_text: str = ""
    kvk: str | None = None
    kind: str | None = None
    issued: datetime | None = None
    changed: datetime | None = None
    withdrawn: datetime | None = None
    main_oin: str | None = None

    def answers(self, query: Query) -> bool:
        """Return whether a query asks for this record."""
        if query.kind is QueryKind.OIN:
            return self.oin == query.text
        if query.kind is QueryKind.KVK:
            return self.kvk == query.text or self.oin == f"00000003{query.text}0000"
        return query.text.casefold() in self.name.casefold()


@dataclass(frozen=True, slots=True)
class Listing:
    """What came of going through a list.

    Args:
        organizations: the records, each once.
        gap: why it is not certain that these are all; ``None`` when it is.
    """

    organizations: tuple[Organization, ...]
    gap: PkitoolsError | None = None


class Register(Protocol):
    """A register that can be asked: handed in, or the library stays offline."""

    @property
    def url(self) -> str:
        """Where it is asked: the source of every answer."""
        ...

    def search(self, query: Query) -> Listing:
        """Return the records a query asks for.

        Raises:
            RegisterError: it could not be asked, or gave no answer of a register.
        """
        ...

    def everything(self) -> Listing:
        """Return every record. Raises :class:`RegisterError` as :meth:`search` does."""
        ...


@dataclass(frozen=True, slots=True)
class RegisterNote:
    """Something to know beside an answer: it never makes it worse.

    Args:
        code: of its message.
        params: the operands.
    """

    code: str
    params: tuple[tuple[str, object], ...] = ()

    @property
    def remedy(self) -> Remedy:
        """What to do about it, as a value."""
        return Remedy(self.code, dict(self.params))


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """What the register says, whence and of when.

    Args:
        query: what was asked.
        status: of the record; of several the best.
        organizations: the records.
        source: the address of the register, also of a snapshot; empty where there is none.
        dated: of when it is, aware UTC: of a snapshot when that was taken. ``None`` where nothing was learnt.
        from_snapshot: the register itself was not asked.
        reason: why the status is unknown.
        notes: what else to know.
    """

    query: Query
    status: RegisterStatus
    organizations: tuple[Organization, ...] = ()
    source: str = ""
    dated: datetime | None = None
    from_snapshot: bool = False
    reason: PkitoolsError | None = None
    notes: tuple[RegisterNote, ...] = ()


def contradicted(organizations: Iterable[Organization]) -> str | None:
    """Return the first OIN of which there are two records that are not the same; ``None`` where there is none."""
    seen: dict[str, Organization] = {}
    return next((one.oin for one in organizations if seen.setdefault(one.oin, one) != one), None)


def status_of(organizations: Sequence[Organization]) -> RegisterStatus:
    """Return the status of several records: the best, as one that is registered is what was looked for."""
    found = {one.status for one in organizations}
    order = (RegisterStatus.REGISTERED, RegisterStatus.UNKNOWN, RegisterStatus.WITHDRAWN)
    return next((status for status in order if status in found), RegisterStatus.NOT_REGISTERED)
