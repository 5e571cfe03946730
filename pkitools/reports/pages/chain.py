"""The chain of a certificate as a page shows it: one list, from which both the picture and the table are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from pkitools.findings import Outcome
from pkitools.frozen import dataclass
from pkitools.portfolio.judgements import Judgement
from pkitools.portfolio.model import HeldCertificate
from pkitools.text import NameText, pattern

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, FileCheck
    from pkitools.exports import CertificatePath
    from pkitools.exports.chains import Heap
    from pkitools.x509 import CertificateFacts

_NO_PATH: Final = "path.anchor.found"
_INCOMPLETE: Final = "delivery.chain.complete"
_COMMON_NAME: Final = pattern(r"(?:\A|, )CN=(?P<value>(?:[^,\\]|\\.)+)")
_MOST_GIVEN: Final = 1_000
"""Certificates that are looked through for the issuers of those of a file: no delivery has a tenth of that."""


class Role(StrEnum):
    """What a certificate is in its chain."""

    ROOT = "root"
    AUTHORITY = "authority"
    OWN = "own"
    """The one the chain is of."""
    SELF_SIGNED = "self_signed"
    """That one, which signed itself: it is all of its chain."""


class Where(StrEnum):
    """Where a certificate of a chain was found."""

    IN_FILE = "in_file"
    GIVEN = "given"
    """Beside the file."""
    CARRIED = "carried"
    """It came with nothing, and is one of PKIoverheid that we have."""
    MISSING = "missing"
    """It lacks in the file, where it has to be; it is one that is known."""
    NOWHERE = "nowhere"
    """It was not found at all."""
    PROVEN = "proven"
    """It stands in a path that was proved; where it was found is not kept."""
    NAMED = "named"
    """The certificate below names it as its issuer; more is not known."""


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One certificate of a chain.

    Args:
        name: its common name, or what else it is called.
        role: what it is in the chain.
        where: where it was found.
        until: when it ends; ``None`` where that is not known.
        sha256: its thumbprint, hex; empty where it is not at hand.
        revocation: the status that was found, a :class:`~pkitools.revocation.StatusKind`; empty where none was asked.
    """

    name: str
    role: Role
    where: Where
    until: datetime | None = None
    sha256: str = ""
    revocation: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether it lacks where it has to be: it is drawn with a dashed line."""
        return self.where in {Where.MISSING, Where.NOWHERE}


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of one certificate.

    Args:
        steps: the highest first, the certificate itself last.
        is_proven: it is a path that was proved, to a root that is trusted here.
        address: where the missing one is to be had, by what the certificate below it says; empty where nothing says so.
    """

    steps: tuple[ChainLink, ...]
    is_proven: bool
    address: str = ""


class Chains:
    """The chains of the certificates on a page: what was given beside the files is read once, and so is each file.

    Args:
        given: DER of the certificates that were given beside the files.
        moment: when they were judged, aware.
    """

    def __init__(self, given: Sequence[bytes], moment: datetime) -> None:
        self._given, self._moment = tuple(given), moment

    def of_file(self, check: FileCheck) -> Callable[[CheckResult], Chain]:
        """Return what gives the chain of each certificate of a file that was judged."""
        from pkitools.exports.chains import Heap

        certificates = check.contents.certificates
        lacking = (found for found in check.delivery.findings if found.rule.code == _INCOMPLETE)
        missing = frozenset(_short(found.params.get("missing")) for found in lacking)
        surroundings = _Surroundings(frozenset(certificates), self._among, missing)
        heap = cache(lambda: Heap((*certificates, *self._given)[:_MOST_GIVEN], self._moment, self._heap))
        return lambda result: _chain(result, surroundings, heap)

    @cached_property
    def _heap(self) -> Heap:
        from pkitools.exports.chains import Heap

        return Heap(self._given[:_MOST_GIVEN], self._moment)

    @cached_property
    def _among(self) -> frozenset[bytes]:
        return frozenset(self._given)


def _chain(result: CheckResult, surroundings: _Surroundings, heap: Callable[[], Heap]) -> Chain:
    from pkitools.exports.chains import path_within
    from pkitools.x509 import read_certificate

    placed = _Placed(
        surroundings, {one.certificate.sha256: str(one.status.kind) for one in result.revocation.certificates}
    )
    if result.path is not None:
        links = [read_certificate(der) for der in result.path.certificates]
        return Chain(_steps(links, placed), is_proven=True)
    path = path_within(result.facts, heap())
    steps = _steps([link.facts for link in path.links], placed)
    above = _missing(path, is_told=any(found.rule.code == _NO_PATH for found in result.report.findings))
    return Chain((*above, *steps), is_proven=False, address=path.address or "" if any(map(_is_nowhere, above)) else "")


def _missing(path: CertificatePath, *, is_told: bool) -> tuple[ChainLink, ...]:
    """Return the issuer that stands above the last one at hand: it is missing where that was told.

    Else a root was given that is in no file: what is wrong is another thing.
    """
    if path.missing is None:
        return ()
    name = path.links[-1].facts.issuer.text.short
    role = Role.ROOT if path.lacks_root_only else Role.AUTHORITY
    return (ChainLink(name, role, Where.NOWHERE if is_told else Where.NAMED),)


def _is_nowhere(step: ChainLink) -> bool:
    return step.where is Where.NOWHERE


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Where certificates are: of the file, given beside it, told to be missing in it."""

    in_file: frozenset[bytes]
    given: frozenset[bytes]
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where the certificates of a chain are, and the status of each that one was found of, by its thumbprint."""

    around: _Surroundings
    statuses: Mapping[str, str]

    def where(self, facts: CertificateFacts, role: Role) -> Where:
        """Return where a certificate was found; a root need not be in a file."""
        if facts.der in self.around.in_file:
            return Where.IN_FILE
        if role is not Role.ROOT and facts.subject.text.short in self.around.missing:
            return Where.MISSING
        return Where.GIVEN if facts.der in self.around.given else _carried(facts)


def _carried(facts: CertificateFacts) -> Where:
    return Where.CARRIED if facts.sha256 in _embedded() else Where.GIVEN


@cache
def _embedded() -> frozenset[str]:
    from pkitools.trust import embedded_certificates

    return frozenset(each.sha256 for each in embedded_certificates())


def _short(name: object) -> str:
    return name.short if isinstance(name, NameText) else str(name)


def _common_name(line: str) -> str:
    """Return the common name in a name of one line, which is what fits a box; of one without it the line."""
    found = _COMMON_NAME.search(line)
    return line if found is None else found["value"]


def _steps(links: Sequence[CertificateFacts], placed: _Placed) -> tuple[ChainLink, ...]:
    return tuple(_step(facts, number, len(links), placed) for number, facts in reversed([*enumerate(links)]))


def _step(facts: CertificateFacts, number: int, count: int, placed: _Placed) -> ChainLink:
    name, role = facts.subject.text.short, _role(facts, number, count)
    where, status = placed.where(facts, role), placed.statuses.get(facts.sha256, "")
    return ChainLink(name, role, where, facts.not_after, facts.sha256, status)


def _role(facts: CertificateFacts, number: int, count: int) -> Role:
    from pkitools.trust import is_self_signed

    signed_itself = number == count - 1 and is_self_signed(facts)
    if number == 0:
        return Role.SELF_SIGNED if signed_itself else Role.OWN
    return Role.ROOT if signed_itself else Role.AUTHORITY


def chain_of_held(one: HeldCertificate) -> Chain:
    """Return the chain of a certificate of a portfolio, as far as its judgements tell.

    A path that was proved is told whole. Without one it is what stands between the certificate and the issuer that is
    missing, or the name of its issuer.
    """
    proven = next((judgement for judgement in one.judgements if judgement.has_path), None)
    role = Role.SELF_SIGNED if one.is_self_issued else Role.OWN
    own = ChainLink(one.name, role, Where.IN_FILE, until=one.not_after, sha256=one.sha256)
    if proven is not None:
        return Chain((*_above(proven), own), is_proven=True)
    return Chain((own,) if role is Role.SELF_SIGNED else (*_named_above(one), own), is_proven=False)


def _above(judgement: Judgement) -> Iterator[ChainLink]:
    """Yield the authorities of a path, the root first."""
    for number, each in enumerate(reversed(judgement.path)):
        role = Role.AUTHORITY if number else Role.ROOT
        yield ChainLink(each.name, role, Where.PROVEN, until=each.not_after, sha256=each.sha256)


def _named_above(one: HeldCertificate) -> Iterator[ChainLink]:
    """Yield what is known to stand above a certificate without a path, the highest first."""
    direct = ChainLink(_common_name(one.issuer), Role.AUTHORITY, Where.NAMED)
    lacking = _lacking(one.judgements)
    if lacking is None:
        yield direct
        return
    highest, missing = lacking.params.get("name"), lacking.params.get("issuer")
    if highest != missing:
        yield ChainLink(_short(missing), Role.AUTHORITY, Where.NOWHERE)
    if highest != one.subject:
        yield ChainLink(_short(highest), Role.AUTHORITY, Where.GIVEN)
        if highest != one.issuer:
            yield direct


def _lacking(judgements: Sequence[Judgement]) -> Outcome | None:
    """Return what says that an issuer is missing; a root that is there and not trusted is not missing."""
    found = (each for judgement in judgements for each in judgement.findings if each.rule.code == _NO_PATH)
    return next(found, None)
