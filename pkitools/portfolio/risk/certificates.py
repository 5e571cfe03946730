"""Certificates: one name twice, one certificate in two environments, one of a test in production, too many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pkitools.environment import Environment
from pkitools.findings import NOT_APPLICABLE, Basis, Certainty, Severity
from pkitools.portfolio.model import HeldCertificate
from pkitools.portfolio.risk.case import Case, about, names
from pkitools.portfolio.risk.grouping import is_in_use, is_succession
from pkitools.portfolio.risk.keys import INFERRED
from pkitools.portfolio.risk.model import Hit, Told, Use
from pkitools.systems import Stance, Statement, System, Topic

_BOTH: Final = len(Environment)


def name_twice(case: Case) -> Told:
    """Yield the names that several certificates of one issuer bear at a time, other than an old one and the next."""
    if not case.in_use:
        return NOT_APPLICABLE
    return _name_twice(case)


def _name_twice(case: Case) -> Iterator[Hit]:
    for members in case.of_one_name:
        by_issuer: dict[str, list[HeldCertificate]] = {}
        for one in members:  # of another issuer it is another type, or a move to another TSP or generation
            by_issuer.setdefault(one.issuer, []).append(one)
        for of_one in by_issuer.values():
            if len(of_one) > 1 and not is_succession(of_one):
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
        if len({use.environment for use in uses}) == _BOTH and not _is_allowed(uses, case):
            severity, basis = (Severity.NOTICE, INFERRED) if len(stated) < _BOTH else _of_system(uses, case)
            yield about(_in(one, uses), [one], severity=severity, basis=basis, name=one.name)


def _in(one: HeldCertificate, uses: Iterable[Use]) -> Iterator[str]:
    return iter(dict.fromkeys(f"{use.name} ({use.environment})" for use in uses))


def _separate(uses: Iterable[Use], case: Case) -> Iterator[Statement]:
    systems = {use.system for use in uses if use.system is not None} or set(case.systems)
    for system in sorted(systems, key=lambda each: each.name):
        yield from system.statements_at(Environment.PRODUCTION, case.moment, Topic.SEPARATE_CERTIFICATE)


def _is_allowed(uses: Iterable[Use], case: Case) -> bool:
    """Return whether whoever runs the system says that one certificate will do: then nobody else is heard."""
    firm = {Certainty.STANDARD, Certainty.OFFICIAL}
    said = [each.answer for each in _separate(uses, case) if each.certainty in firm]
    return bool(said) and all(each is Stance.NO for each in said)


def _of_system(uses: Iterable[Use], case: Case) -> tuple[Severity | None, Basis | None]:
    said = next((each for each in _separate(uses, case) if each.answer is Stance.YES), None)
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


def _members(case: Case, topic: Topic) -> Iterator[tuple[Statement, System, Environment, list[HeldCertificate]]]:
    """Yield what a system says, with the certificates of one service that it says that of."""
    for system, environment, members in _services(case):
        for said in system.statements_at(environment, case.moment, topic):
            if said.answer is Stance.YES:
                yield said, system, environment, members


def _services(case: Case) -> Iterator[tuple[System, Environment, list[HeldCertificate]]]:
    """Yield the certificates of each service: a connection, or what has one OIN and one name."""
    found: dict[tuple[str, Environment, str], tuple[System, list[HeldCertificate]]] = {}
    for one in case.certificates:
        if is_in_use(one, case.moment):
            for system, environment, service in _service(one, case):
                found.setdefault((system.name, environment, service), (system, []))[1].append(one)
    for (_, environment, _), (system, members) in found.items():
        yield system, environment, members


def _service(one: HeldCertificate, case: Case) -> set[tuple[System, Environment, str]]:
    stated = {(use.system, use.environment, use.name) for use in case.uses_of(one) if use.system is not None}
    if stated:
        return stated
    where = case.environments(one, stated=True) or frozenset(one.environments)
    name = f"{one.name} ({one.oin or '–'})"
    return {(system, environment, name) for system in case.systems for environment in where}


def _are_asked(case: Case, topic: Topic) -> bool:
    return next(_members(case, topic), None) is not None


def maximum(case: Case) -> Told:
    """Yield the services of which there are more certificates than the system takes."""
    return _maximum(case) if _are_asked(case, Topic.MAXIMUM) else NOT_APPLICABLE


def _maximum(case: Case) -> Iterator[Hit]:
    for said, system, _, members in _members(case, Topic.MAXIMUM):
        if said.number is not None and len(members) > said.number:
            operands = {"count": len(members), "limit": said.number, "system": system.title, "name": members[0].name}
            severity = min(said.severity, Severity.WARNING)  # which of them are handed in, no file shows
            yield about(names(members), members, severity=severity, basis=_basis(said), **operands)


def unique_name(case: Case) -> Told:
    """Yield the names that several certificates bear, where a system wants each name once."""
    return _unique_name(case) if _are_asked(case, Topic.UNIQUE_NAME) else NOT_APPLICABLE


def _unique_name(case: Case) -> Iterator[Hit]:
    bearing: dict[tuple[str, Environment, str], dict[str, HeldCertificate]] = {}
    asking: dict[tuple[str, Environment], tuple[Statement, System]] = {}
    for said, system, environment, members in _members(case, Topic.UNIQUE_NAME):
        asking.setdefault((system.name, environment), (said, system))
        for one in members:  # over all services: that is what is asked
            bearing.setdefault((system.name, environment, one.subject), {})[one.sha256] = one
    for (name, environment, subject), held in bearing.items():
        if len(held) > 1:
            said, system = asking[name, environment]
            operands = {"count": len(held), "system": system.title, "subject": subject}
            severity = min(said.severity, Severity.WARNING)
            yield about(names(held.values()), held.values(), severity=severity, basis=_basis(said), **operands)
