"""The metadata of a connection: is its certificate a key in them, and would whoever receives them take them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from pkitools.checking.stated_ids import EXPIRED, UNTIL
from pkitools.connections.model import Connection
from pkitools.containers.saml_names import SIGNATURE
from pkitools.errors import PkitoolsError
from pkitools.files import read_bytes
from pkitools.findings import Outcome, Report, Verdict
from pkitools.frozen import dataclass
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.messages import Detail
from pkitools.portfolio import HeldCertificate, Judgement, Judging

if TYPE_CHECKING:
    from pkitools.environment import Environment
    from pkitools.systems import System

_ENDS: Final = {EXPIRED.code: "over", UNTIL.code: "undated"}


@dataclass(frozen=True, slots=True)
class Described:
    """How a certificate stands in the metadata of its connection.

    Args:
        why: ``unknown`` where there are none, ``elsewhere`` where those that it is a key in are of another entity ID,
            ``other`` where they have another certificate, ``signs`` where it signed them and is no key in them,
            ``over`` and ``undated`` where their end is past or is no moment, ``refused`` where whoever receives them
            refuses them, ``unchecked`` where that is not known; ``done``.
        file: the file with those; ``None`` where there are none.
        reason: why they are refused or not known to be good; ``None`` where they are neither.
    """

    why: str = "unknown"
    file: str | None = None
    reason: Detail | None = None


class _Standing(IntEnum):
    """How a certificate stands in metadata: not at all, beside the keys of an entity, or as one of them."""

    NONE = 0
    SIGNS = 1
    KEY = 2


class Metadata:
    """Looks at the metadata of connections; each file is read once, and judged once for a system and an environment.

    Args:
        judging: what every certificate is asked.
    """

    def __init__(self, judging: Judging) -> None:
        self._judging = judging
        self._judged: dict[tuple[str, str, Environment], Report | PkitoolsError] = {}
        self._read: dict[str, bytes | PkitoolsError] = {}

    def of(
        self, connection: Connection, certificate: HeldCertificate | None, here: Iterable[HeldCertificate]
    ) -> Described:
        """Return how the certificate of a connection stands in the metadata at its places.

        What may not be used any more is metadata of before: it says something only where there are no others.

        Args:
            connection: it.
            certificate: the one it is held to be; ``None`` where there is none.
            here: the certificates at its places.
        """
        here = tuple(here)
        described = _described(certificate, here, connection.entity_id)
        if not described:
            files = [name for name, (standing, _) in _described(certificate, here, None).items() if standing is KEY]
            return self._first_refused(files, connection, here, "elsewhere") if files else Described()
        in_force = {name: told for name, told in described.items() if told[1] is None} or described
        file = max(in_force, key=lambda name: in_force[name][0])
        standing, end = in_force[file]
        if standing is not KEY:
            return Described("other" if standing is _Standing.NONE else "signs", file)
        if end is not None:
            return Described(_ENDS[end], file)
        return self._first_refused(
            [name for name, (standing, _) in in_force.items() if standing is KEY], connection, here, "done"
        )

    def _first_refused(
        self, files: list[str], connection: Connection, here: tuple[HeldCertificate, ...], otherwise: str
    ) -> Described:
        """Return how files stand that a certificate is a key in: as the first that is refused, or not known."""
        if connection.system is None:
            return Described(otherwise, files[0])
        found = {name: self._report(name, connection.system, connection.environment, here) for name in files}
        for name, report in found.items():
            if isinstance(report, Report) and report.verdict is Verdict.FAILED:
                return Described("refused", name, in_short(report.findings[0]))
        for name, report in found.items():
            if isinstance(report, PkitoolsError):
                return Described("unchecked", name, Detail(report.code, **report.params))
            if report.verdict is Verdict.INDETERMINATE:
                missing = next(iter(report.not_checked), None)
                return Described("unchecked", name, None if missing is None else in_short(missing))
        return Described(otherwise, files[0])

    def _report(
        self, name: str, system: System, environment: Environment, here: tuple[HeldCertificate, ...]
    ) -> Report | PkitoolsError:
        """Return what there is to say of a file, with what the scan said of the certificates in it."""
        key = name, system.name, environment
        if key not in self._judged:
            self._judged[key] = self._of_document(name, system, environment)
        document = self._judged[key]
        if isinstance(document, PkitoolsError):
            return document
        return document + Report("", tuple(_of_certificates(name, here)))

    def _of_document(self, name: str, system: System, environment: Environment) -> Report | PkitoolsError:
        from pkitools.metadata.judgement import asked_of, judge_document  # most have none

        judging, data = self._judging, self._content(name)
        if isinstance(data, PkitoolsError):
            return data
        try:
            asked = asked_of(data, name, system, environment, judging.moment, raise_crashes=judging.raise_crashes)
            return judge_document(asked)
        except PkitoolsError as error:
            return error

    def _content(self, name: str) -> bytes | PkitoolsError:
        if name not in self._read:
            try:
                self._read[name] = read_bytes(name, limit=MAX_INPUT_BYTES)
            except PkitoolsError as error:
                self._read[name] = error
        return self._read[name]


KEY: Final = _Standing.KEY


def _described(
    certificate: HeldCertificate | None, here: Iterable[HeldCertificate], entity_id: str | None
) -> Mapping[str, tuple[_Standing, str | None]]:
    """Return how a certificate stands in each file with metadata of an entity ID, and what is wrong with its end.

    Where it stands there more than once, with several roles, the most counts: as a key, and of equal ones what is in
    force. The order of roles in a file says nothing.
    """
    found: dict[str, tuple[_Standing, str | None]] = {}
    for one in here:
        for place in one.places:
            if place.entity_id is not None and entity_id in {None, place.entity_id}:
                stands = _standing(one is certificate, place.use), place.out_of_date
                found[place.name] = max(found.get(place.name, stands), stands, key=_rank)
    return found


def _rank(stands: tuple[_Standing, str | None]) -> tuple[_Standing, bool, str]:
    standing, end = stands
    return standing, end is None, end or ""


def _standing(is_it: bool, use: str | None) -> _Standing:
    if not is_it:
        return _Standing.NONE
    return KEY if use is not None and not use.startswith(SIGNATURE) else _Standing.SIGNS


def _of_certificates(name: str, here: Iterable[HeldCertificate]) -> Iterator[Outcome]:
    """Yield what the scan said of the certificates in a file, as the entities whose keys they are."""
    for one in here:
        entities = {place.entity_id for place in one.places if place.name == name} - {None}
        for judgement in one.judgements:
            if judgement.entity_id in entities:
                yield from _said_in(name, judgement)


def _said_in(name: str, judgement: Judgement) -> Iterator[Outcome]:
    elsewhere = {one for one in judgement.beside if all(seen.value != name for seen in one.evidence)}
    return (one for one in judgement.told if one not in elsewhere)


def in_short(outcome: Outcome) -> Detail:
    """Return what is wrong in the few words of its title, in whatever language it is told.

    Args:
        outcome: violated, or not checked.
    """
    if outcome.rule.texts is not None and not outcome.reason:  # of a rule of one's own the words are with it
        return Detail("connections.own_rule", rule=outcome.rule.code)
    return Detail(f"report.reason.{outcome.reason}" if outcome.reason else outcome.rule.code, **outcome.params)


def fault_of(certificate: HeldCertificate) -> tuple[Outcome | None, str | None]:
    """Return what is wrong with a certificate itself, or kept it from being judged, and the file that says so.

    Args:
        certificate: one that did not pass.

    Returns:
        No file where it is of no one file that this is so.
    """
    worst = next((one for one in certificate.judgements if one.own_verdict is certificate.own_verdict), None)
    if worst is None:
        return None, None
    report = Report("", worst.own)
    found = report.findings if certificate.own_verdict is Verdict.FAILED else report.not_checked
    if certificate.mend is not None:  # what is wrong with its chain makes nobody order another
        found = tuple(one for one in found if not one.rule.code.startswith("path.")) or found
    first = next(iter(found), None)
    file = next((seen.value for one in worst.beside if one is first or one == first for seen in one.evidence), None)
    return first, file


def misplaced(certificate: HeldCertificate, *, in_metadata: bool) -> tuple[Outcome | None, str | None]:
    """Return what is wrong at a place of a certificate and not with itself, and the file that says so.

    Args:
        certificate: it.
        in_metadata: count what is wrong with metadata, and with the entity ID there.
    """
    metadata = {place.name for place in certificate.places if place.entity_id is not None}
    for judgement in certificate.judgements:
        for one, file in _at_places(certificate, judgement):
            if (in_metadata or file not in metadata) and Report("", (one,)).verdict is Verdict.FAILED:
                return one, file
    return None, None


def _at_places(certificate: HeldCertificate, judgement: Judgement) -> Iterator[tuple[Outcome, str]]:
    for one in judgement.of_places:
        named = [seen.value for seen in one.evidence]
        places = (each.name for each in certificate.places if each.entity_id == judgement.entity_id)
        file = next(iter(named if one in judgement.beside else places), None)
        if file is not None:
            yield one, file
