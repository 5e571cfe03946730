"""What was found of a certificate for one use of it, and what another chain would mend, as values."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from pkitools.environment import Environment
from pkitools.findings import Outcome, Severity, Status, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.x509.above import Above

_OF_PATH: Final = "path."  # the codes of pkitools.validation.rules begin with it
_HOST: Final = "path.host.name"
_PUBLISHED: Final = "received.private_key.published"  # of pkitools.checking.private_keys: who has it needs no file

VERDICTS: Final = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED)  # the worst first


class EnvironmentBasis(StrEnum):
    """Why a certificate was judged for the environment it was judged for."""

    ASKED = "asked"
    """Whoever scanned said so."""
    HIERARCHY = "hierarchy"
    """It is the environment of the hierarchy that the certificate says to stand under."""
    CONNECTION = "connection"
    """The connection that claims it says so."""
    UNKNOWN = "unknown"
    """Nothing says which: it was judged for production, or for preproduction where roots of a test were given."""


@dataclass(frozen=True, slots=True)
class Mend:
    """A way up by which a certificate lasts longer than by the chain that its file brings: that is to be mended.

    Args:
        above: what stands above it by that way, its issuer first.
        file: with the certificate and that chain; not made safe for a terminal, as the next is not.
        place: the file with the first of them that is not brought.
        is_all: nothing else is wrong with the certificate.
    """

    above: tuple[Above, ...]
    file: str
    place: str
    is_all: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found of a certificate, for one use of it.

    Args:
        environment: for which it was judged.
        basis: why for that one.
        verdict: what came of it.
        told: what is violated or could not be checked, without evidence; what is met is not kept.
        entity_id: the entity ID that metadata gives it to; ``None`` where none does.
        host: the name of the peer that sent it, which has to be in it; ``None`` of what was found in a file.
        has_path: a path was proved from it to a root that is trusted here.
        path: the authorities of that path, its issuer first, the root last.
        way: without such a path those above it that are at hand and signed what is below them, its issuer first; none
            where all that may be above it last as long as it does.
        connection: the name of the connection that claims it; ``None`` where none does.
        systems: the names of the systems it was judged for.
        beside: which of ``told`` a file that it lies in says of it, with the name of that file as evidence: what it is
            judged by once more says no less. What is wrong with the chain of such a file is among it.
        is_brought: what stands above it came with it, or nothing did where something is sent as it is; else the
            authorities of other files were looked among as well.
        of_entity: which of ``told`` is about that entity ID, and not about the certificate.
        mend: a better way up, where the chain that its file brings cuts it short; ``None`` where none is at hand.
        lies_in: the file with what the chain that its file brings lacks, by which there is a path; empty where none is.
    """

    environment: Environment
    basis: EnvironmentBasis
    verdict: Verdict
    told: tuple[Outcome, ...] = ()
    entity_id: str | None = None
    host: str | None = None
    has_path: bool = False
    path: tuple[Above, ...] = ()
    connection: str | None = None
    systems: tuple[str, ...] = ()
    beside: tuple[Outcome, ...] = ()
    way: tuple[Above, ...] = ()
    is_brought: bool = False
    of_entity: tuple[Outcome, ...] = ()
    mend: Mend | None = None
    lies_in: str = ""

    @property
    def of_places(self) -> tuple[Outcome, ...]:
        """Which of ``told`` another certificate would not mend: it is about a place that this one lies at.

        That is the entity ID of metadata, the name of a peer, and what is wrong with a file; not a private key that
        everybody can read, nor a path that no place proves.
        """
        of_files = (one for one in self.beside if self.has_path or not one.rule.code.startswith(_OF_PATH))
        of_peer = (one for one in self.told if self.host is not None and one.rule.code == _HOST)
        return tuple(one for one in (*self.of_entity, *of_peer, *of_files) if one.rule.code != _PUBLISHED)

    @property
    def own(self) -> tuple[Outcome, ...]:
        """What is told of the certificate itself, wherever it lies."""
        of_places = set(map(_said, self.of_places))
        return self.told if not of_places else tuple(one for one in self.told if _said(one) not in of_places)

    @property
    def own_verdict(self) -> Verdict:
        """The verdict on the certificate itself, wherever it lies."""
        if self.verdict is Verdict.PASSED or not self.of_places:
            return self.verdict
        return VERDICTS[min(map(VERDICTS.index, map(_weighs, self.own)), default=VERDICTS.index(Verdict.PASSED))]

    @property
    def findings(self) -> tuple[Outcome, ...]:
        """What is violated, worst first."""
        found = [one for one in self.told if one.status is Status.VIOLATED]
        return tuple(sorted(found, key=lambda one: -one.rule.severity))

    @property
    def above(self) -> tuple[Above, ...]:
        """What stands above it, as far as that is known: its path, or else its way."""
        return self.path or self.way

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst that is violated; ``None`` where nothing is."""
        return max((one.rule.severity for one in self.told if one.status is Status.VIOLATED), default=None)

    def with_beside(self, further: Iterable[Outcome]) -> Judgement:
        """Return the same with what a file that it lies in says of it besides: violated, or not looked at."""
        further = tuple(further)
        if not further:
            return self  # as of most
        known = set(map(_said, self.beside))
        new = tuple({_said(one): one for one in further if _said(one) not in known}.values())
        if not new:
            return self
        verdict = VERDICTS[min(map(VERDICTS.index, (self.verdict, *map(_weighs, new))))]
        return replace(self, told=(*self.told, *new), beside=(*self.beside, *new), verdict=verdict)


def _said(one: Outcome) -> tuple[object, ...]:
    return one.rule.code, one.status, one.reason, tuple(one.params.items())


def _weighs(one: Outcome) -> Verdict:
    """Return the worst verdict that stands beside one outcome."""
    if one.rule.severity is not Severity.ERROR:
        return Verdict.PASSED
    return Verdict.FAILED if one.status is Status.VIOLATED else Verdict.INDETERMINATE
