"""Certificates: one name twice, one certificate in two environments, one of a test in production, too many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from pkitools.environment import Environment
from pkitools.findings import NOT_APPLICABLE, Basis, Certainty, Severity
from pkitools.portfolio.model import HeldCertificate
from pkitools.portfolio.risk.case import Case, about, names
from pkitools.portfolio.risk.grouping import Sharing, is_in_use, last_of_each, shared
from pkitools.portfolio.risk.keys import INFERRED
from pkitools.portfolio.risk.model import CertificateUse, Hit, Told
from pkitools.systems import Stance, Statement, System, Topic

_BOTH: Final = len(Environment)


def name_twice(case: Case) -> Told:
    """Yield the names that several certificates of one issuer bear at a time, other than an old one and the next."""
    if not case.in_use:
        return NOT_APPLICABLE
    return _name_twice(case)


def _name_twice(case: Case) -> Iterator[Hit]:
    for group in case.of_one_name:
        by_issuer: dict[str, list[HeldCertificate]] = {}
        for one in group.members:  # of another issuer it is another type, or a move to another TSP or generation
            by_issuer.setdefault(one.issuer, []).append(one)
        for of_one in map(last_of_each, by_issuer.values()):
            if len(of_one) > 1:
                yield about(names(of_one), of_one, count=len(of_one), subject=of_one[0].subject)


def both_environments(case: Case) -> Told:
    """Yield the certificates that lie at places of production and of preproduction."""
    if not any(next(case.uses_of(one), None) for one in case.certificates if not one.is_authority):
        return NOT_APPLICABLE
    return _both_environments(case)


def _both_environments(case: Case) -> Iterator[Hit]:
    for one in case.certificates:
        if not is_in_use(one, case.moment):
            continue
        uses = list(case.uses_of(one))
        stated = {use.environment for use in uses if use.is_stated}
        if len({use.environment for use in uses}) == _BOTH and not may_be_in_both(_systems(uses, case), case.moment):
            severity, basis = (Severity.NOTICE, INFERRED) if len(stated) < _BOTH else _of_system(uses, case)
            yield about(_in(one, uses), [one], severity=severity, basis=basis, name=one.name)


def _in(one: HeldCertificate, uses: Iterable[CertificateUse]) -> Iterator[str]:
    # a folder says it by its name; a connection's is said as its file does
    return iter(dict.fromkeys(f"{use.name} ({use.environment})" if use.is_stated else use.name for use in uses))


def _separate(systems: Iterable[System], moment: datetime) -> Iterator[Statement]:
    for system in sorted(systems, key=lambda each: each.name):
        yield from system.statements_at(Environment.PRODUCTION, moment, Topic.SEPARATE_CERTIFICATE)


def _systems(uses: Iterable[CertificateUse], case: Case) -> set[System]:
    return {use.system for use in uses if use.system is not None} or set(case.systems)


def may_be_in_both(systems: Iterable[System], moment: datetime) -> bool:
    """Return whether whoever runs the systems says that one certificate will do in both environments.

    Nobody else is heard of that, and what none of them says anything of is no leave.

    Args:
        systems: that a certificate is for.
        moment: as of when, aware UTC.
    """
    firm = {Certainty.STANDARD, Certainty.OFFICIAL}
    said = [each.answer for each in _separate(set(systems), moment) if each.certainty in firm]
    return bool(said) and all(each is Stance.NO for each in said)


def _of_system(uses: Iterable[CertificateUse], case: Case) -> tuple[Severity | None, Basis | None]:
    said = next((each for each in _separate(_systems(uses, case), case.moment) if each.answer is Stance.YES), None)
    return (None, None) if said is None else (min(said.severity, Severity.WARNING), _basis(said))


def _basis(said: Statement) -> Basis:
    assert said.certainty is not None  # what asks something has one
    return Basis(said.source, said.certainty)


def wrong_environment(case: Case) -> Told:
    """Yield the certificates of a test hierarchy that lie at a place of production."""
    if not any(next(case.uses_of(one), None) for one in case.certificates if not one.is_authority):
        return NOT_APPLICABLE
    return _wrong_environment(case)


def _wrong_environment(case: Case) -> Iterator[Hit]:
    for one in case.certificates:
        kind = case.kind(one)
        if kind is None or kind.environment is Environment.PRODUCTION or not is_in_use(one, case.moment):
            continue
        uses = [use for use in case.uses_of(one) if use.environment is Environment.PRODUCTION]
        if uses:
            sure = any(use.is_stated for use in uses)
            severity, basis = (None, None) if sure else (Severity.NOTICE, INFERRED)
            yield about(_in(one, uses), [one], severity=severity, basis=basis, name=one.name, kind=str(kind))


# --- what a system takes ----------------------------------------------------------------------------------------------


def _services(one: HeldCertificate, case: Case) -> Iterable[tuple[System, Environment, str]]:
    """Return for what a certificate that may be in use is: a connection, or what has one OIN and one name."""
    if not is_in_use(one, case.moment):
        return ()
    uses = case.uses_of(one)
    stated = [(use.system, use.environment, use.name) for use in uses if use.system is not None]
    if stated:
        return dict.fromkeys(stated)
    where = case.environments(one, stated=True) or frozenset(one.environments)
    return [(system, each, f"{one.name}\0{one.oin}") for system in case.systems for each in sorted(where)]


def _asking(case: Case, topic: Topic) -> dict[str, tuple[System, Statement]]:
    """Return what is asked by the systems and environments that certificates are for, by a key of each."""
    found: dict[str, tuple[System, Statement]] = {}
    known: set[str] = set()
    for one in case.certificates:
        for system, environment, _ in _services(one, case):
            key = _key(system, environment)
            if key not in known:
                known.add(key)
                said = system.statements_at(environment, case.moment, topic)
                asked = next((each for each in said if each.answer is Stance.YES), None)
                found |= {} if asked is None else {key: (system, asked)}
    return found


def _key(system: System, environment: Environment) -> str:
    return f"{system.name}\0{environment}\0"


def _together(
    case: Case, asking: Mapping[str, tuple[System, Statement]], last: Callable[[HeldCertificate, str], str]
) -> Iterator[tuple[System, Statement, Sharing]]:
    """Yield what a system asks with the certificates that are for it together.

    Args:
        case: all that was found.
        asking: what systems ask.
        last: gives what those have in common that are counted together: of a certificate, and its service.
    """

    def keys(one: HeldCertificate) -> Iterator[str]:
        for system, environment, service in _services(one, case):
            if (key := _key(system, environment)) in asking:
                yield key + last(one, service)

    for group in shared(case.certificates, keys):
        name, environment, _ = group.value.split("\0", 2)
        yield (*asking[f"{name}\0{environment}\0"], group)


def maximum(case: Case) -> Told:
    """Yield the services of which there are more certificates than the system takes."""
    asking = _asking(case, Topic.MAXIMUM)
    return _maximum(case, asking) if asking else NOT_APPLICABLE


def _maximum(case: Case, asking: Mapping[str, tuple[System, Statement]]) -> Iterator[Hit]:
    for system, said, group in _together(case, asking, lambda _, service: service):
        members = group.members
        if said.number is not None and group.count > said.number:
            operands = {"count": group.count, "limit": said.number, "system": system.title, "name": members[0].name}
            severity = min(said.severity, Severity.WARNING)  # which of them are handed in, no file shows
            yield about(names(members), members, severity=severity, basis=_basis(said), **operands)


def unique_name(case: Case) -> Told:
    """Yield the names that several certificates bear, where a system wants each name once, over all services."""
    asking = _asking(case, Topic.UNIQUE_NAME)
    return _unique_name(case, asking) if asking else NOT_APPLICABLE


def _unique_name(case: Case, asking: Mapping[str, tuple[System, Statement]]) -> Iterator[Hit]:
    for system, said, group in _together(case, asking, lambda one, _: one.subject):
        members = group.members
        operands = {"count": group.count, "system": system.title, "subject": members[0].subject}
        severity = min(said.severity, Severity.WARNING)
        yield about(names(members), members, severity=severity, basis=_basis(said), **operands)
