"""The forms of entity IDs and service IDs, as data, and a text taken apart by them."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any, Final

from pkitools.documents import Source, cite
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.package_data import read_toml
from pkitools.text import pattern

ENTITIES: Final = "entities"
SERVICES: Final = "services"
_REST: Final = pattern(r"([^:]{1,20}):([^:]{1,40}):([^:]{1,20}):([0-9]{1,20})")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One form: ``<start><role>:<OIN>:<kind>:<index>``.

    Args:
        name: ``eherkenning`` or ``gdi`` (ST-SAML).
        kind: ``entities`` or ``services``.
        source: where the form stands.
        start: how it begins.
        roles: the roles it knows.
        digits: least and most digits of the index.
        first_index: the lowest index.
        mistaken: wrong spellings of ``start`` that occur.
    """

    name: str
    kind: str
    source: Source
    start: str
    roles: tuple[str, ...]
    digits: tuple[int, int]
    first_index: int
    mistaken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schemes:
    """All forms, and the index at which the test systems begin."""

    schemes: tuple[Scheme, ...]
    first_test_index: int

    def of_kind(self, kind: str) -> tuple[Scheme, ...]:
        """Return the forms of entity IDs or those of service IDs."""
        return tuple(scheme for scheme in self.schemes if scheme.kind == kind)


@cache
def schemes() -> Schemes:
    """Return the forms, read once."""
    data = read_toml(str(__package__), "data/entity_ids.toml")
    return Schemes(tuple(map(_scheme, data["scheme"])), data["first_test_index"])


def _scheme(row: dict[str, Any]) -> Scheme:
    low, high = row["digits"]
    return Scheme(
        row["name"],
        row["kind"],
        cite(row["document"], row["section"]),
        row["start"],
        tuple(row["roles"]),
        (low, high),
        row["first_index"],
        tuple(row["mistaken"]),
    )


def form_of(name: str, kind: str, *, role: str = "", oin: str = "", index: str = "") -> str:
    """Return the form an ID of a scheme has, with what is known filled in; what is not is named in capitals.

    Args:
        name: of the scheme, one that exists.
        kind: ``entities`` or ``services``.
        role, oin, index: what is known of them.
    """
    scheme = next(scheme for scheme in schemes().of_kind(kind) if scheme.name == name)
    shown = index.zfill(scheme.digits[0]) if index else "INDEX"
    return f"{scheme.start}{role or scheme.roles[0]}:{oin or 'OIN'}:{kind}:{shown}"


AROUND: Final = " \t\r\n\"'`´‘’“”„«»<>"  # what is pasted along with an ID


_NAMED: Final = pattern(r"=|>|:(?=[\s\"'])|\s")
_MAX_PASTED: Final = 2000
_AFTER: Final = pattern(r"[\s\"'<>]")


def environment_of(index: int) -> Environment:
    """Return where an index belongs: 9000 and up are test systems."""
    return Environment.PREPRODUCTION if index >= schemes().first_test_index else Environment.PRODUCTION


@dataclass(frozen=True)
class EntitySubject:
    """One text judged as an entity ID or service ID.

    Args:
        given: the text.
        kind: ``entities`` or ``services``.
        environment: where it is to be used, where asked.
        certificate_oin: the OIN in the certificate it is used with, where known.
        catalogue: the service ID as the service catalogue writes it, where known.
        free: where it is used any other text will do as well.
    """

    given: str
    kind: str
    environment: Environment | None = None
    certificate_oin: str | None = None
    catalogue: str | None = None
    free: bool = False

    @cached_property
    def text(self) -> str:
        """The text without what was pasted around it, such as white space, quotes and the name of an attribute.

        A rule of its own tells that.
        """
        bare = self.given.strip()
        inside = self._without_name(bare.strip(AROUND))
        return inside if inside != bare and (self.free or self._start_of(inside) is not None) else bare

    def _without_name(self, text: str) -> str:
        """Return what stands behind ``entityID=`` or in an element, where that begins as such an ID does."""
        for found in _NAMED.finditer(text) if len(text) <= _MAX_PASTED else ():
            inside = text[found.end() :].lstrip(AROUND)
            is_of_address = "://" in text[: found.end()] and not self.given.lstrip().startswith("<")
            if self._start_of(inside) is not None and not is_of_address:
                return _AFTER.split(inside, maxsplit=1)[0]
        return text

    @cached_property
    def _start(self) -> tuple[Scheme, str] | None:
        return self._start_of(self.text)

    def _start_of(self, text: str) -> tuple[Scheme, str] | None:
        lowered = text.lower()
        for scheme in schemes().of_kind(self.kind):
            for start in (scheme.start, *scheme.mistaken):
                if lowered.startswith(start):
                    return scheme, start
        return None

    @property
    def scheme(self) -> Scheme | None:
        """The form it begins like, whatever its case and with its known misspellings."""
        return self._start[0] if self._start else None

    @property
    def is_mistaken(self) -> bool:
        """It begins with a known misspelling."""
        return self._start is not None and self._start[1] != self._start[0].start

    @cached_property
    def _parts(self) -> tuple[str, str, str, str] | None:
        if self._start is None:
            return None
        match = _REST.fullmatch(self.text[len(self._start[1]) :])
        if match is None or match.group(3).lower() != self.kind:
            return None
        return match.group(1), match.group(2), match.group(3), match.group(4)

    @property
    def is_parsed(self) -> bool:
        """It has all its parts."""
        return self._parts is not None

    @property
    def role(self) -> str:
        """The role as written, or nothing."""
        return self._parts[0] if self._parts else ""

    @property
    def has_known_role(self) -> bool:
        """It has a role that its scheme knows, whatever its case."""
        return self.scheme is not None and self.role.upper() in self.scheme.roles

    @property
    def oin(self) -> str:
        """The OIN as written, or nothing."""
        return self._parts[1] if self._parts else ""

    @property
    def index(self) -> str:
        """The digits of the index as written, or nothing."""
        return self._parts[3] if self._parts else ""

    @property
    def repaired(self) -> str:
        """The text with its beginning, role and kind spelled as they should be."""
        if self._parts is None or self.scheme is None:
            return self.text
        return f"{self.scheme.start}{self.role.upper()}:{self.oin.upper()}:{self.kind}:{self.index}"
