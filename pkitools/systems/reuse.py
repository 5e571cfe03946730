"""May one certificate serve here and there? Same certificate, same key or same name in several places are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from datetime import datetime

from pkitools.arguments import aware, choice
from pkitools.environment import Environment
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    CertificateRef,
    Evidence,
    Met,
    Outcome,
    Rule,
    Status,
    Violated,
    outcome,
)
from pkitools.frozen import dataclass
from pkitools.systems import rules
from pkitools.systems.model import Stance, Statement, System, Topic
from pkitools.x509.model import CertificateFacts
from pkitools.x509.subject_oin import oin_from_certificate


@dataclass(frozen=True, slots=True)
class Use:
    """A certificate in its place.

    Args:
        facts: the certificate.
        system: where it is to be used; ``None`` where no system was named.
        environment: in which environment.
        label: how to name it to people, such as its file; else its common name.
    """

    facts: CertificateFacts
    system: System | None
    environment: Environment
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", choice(Environment, self.environment, "environment"))

    @property
    def shown(self) -> str:
        """How to name it to people."""
        return self.label or self.facts.subject.common_name or self.facts.sha256


def check_reuse(items: Iterable[Use], *, moment: datetime) -> tuple[Outcome, ...]:
    """Return an outcome for every rule about reuse. With fewer than two uses none applies.

    Args:
        items: certificates in their places; the same certificate as often as it has places.
        moment: aware UTC.

    Raises:
        InvalidValueError: ``moment`` is not aware.
    """
    aware(moment)
    uses = tuple(dict.fromkeys(items))
    separate = tuple(_asked(uses, moment, Topic.SEPARATE_CERTIFICATE, rules.REUSE_SEPARATE, _not_separate))
    refused = {o.certificate.sha256 for o in separate if o.status is Status.VIOLATED and o.certificate}
    return (
        *_across_environments(uses, refused),
        *_of_whom(uses),
        *_between_systems(uses),
        *separate,
        *_asked(uses, moment, Topic.UNIQUE_NAME, rules.REUSE_UNIQUE_NAME, _names_not_unique),
        *_asked(uses, moment, Topic.MAXIMUM, rules.REUSE_MAXIMUM, _too_many),
    )


def _across_environments(uses: Sequence[Use], refused: Collection[str]) -> Iterator[Outcome]:
    """Yield what is shared; of a certificate that a system refuses for that, its finding says so already."""
    comparable = len({u.environment for u in uses}) > 1
    by_certificate = _shared(uses, lambda u: u.facts.sha256)
    by_key = _shared(uses, lambda u: u.facts.public_key.spki_sha256)
    by_name = _shared(uses, lambda u: u.facts.subject.der)
    # what is the same certificate has the same key and name as well, and what has one key is renewed under one name
    keys = [group for group in by_key if _differ(group, lambda u: u.facts.sha256)]
    names = [group for group in by_name if _differ(group, lambda u: u.facts.public_key.spki_sha256)]
    advised = [group for group in by_certificate if group[0].facts.sha256 not in refused]
    yield from _named(rules.REUSE_CERTIFICATE, advised, comparable and advised == by_certificate)
    yield from _named(rules.REUSE_KEY, keys, comparable)
    yield from _named(rules.REUSE_NAME, names, comparable)


def _of_whom(uses: Sequence[Use]) -> Iterator[Outcome]:
    """Yield whether both environments have certificates of the same organisations; test OINs are of none."""
    found: dict[Environment, dict[str, Use]] = defaultdict(dict)
    for use in uses:
        number = oin_from_certificate(use.facts).oin
        if number is not None and not number.is_test:
            found[use.environment].setdefault(str(number), use)
    first, second = found[Environment.PREPRODUCTION], found[Environment.PRODUCTION]
    other = [*(first.keys() - second.keys()), *(second.keys() - first.keys())]
    if not first or not second:
        yield outcome(rules.REUSE_OIN, NOT_APPLICABLE)
    elif not other:
        yield outcome(rules.REUSE_OIN, MET)
    else:
        numbers = {"preproduction": ", ".join(first), "production": ", ".join(second)}
        yield _outcome(rules.REUSE_OIN, Violated, [*first.values(), *second.values()], **numbers)


def _shared(uses: Sequence[Use], key: Callable[[Use], Hashable]) -> list[list[Use]]:
    return [group for group in _grouped(uses, key) if _differ(group, lambda u: u.environment)]


def _grouped(uses: Iterable[Use], key: Callable[[Use], Hashable]) -> list[list[Use]]:
    groups: dict[Hashable, list[Use]] = defaultdict(list)
    for use in uses:
        groups[key(use)].append(use)
    return list(groups.values())


def _differ(group: Iterable[Use], key: Callable[[Use], Hashable]) -> bool:
    return len({key(use) for use in group}) > 1


def _between_systems(uses: Sequence[Use]) -> Iterator[Outcome]:
    comparable = any(_differ(g, lambda u: u.system) for g in _grouped(uses, lambda u: u.environment))
    shared = _grouped(uses, lambda u: (u.facts.sha256, u.environment))
    yield from _named(rules.REUSE_SYSTEMS, [g for g in shared if _differ(g, lambda u: u.system)], comparable)


def _named(rule: Rule, groups: Sequence[Sequence[Use]], comparable: bool) -> Iterator[Outcome]:
    for group in groups:
        yield _outcome(rule, Violated, group)
    if not groups:
        yield outcome(rule, MET if comparable else NOT_APPLICABLE)


def _outcome(rule: Rule, answer: type[Violated | Met], group: Sequence[Use], **params: str) -> Outcome:
    first = group[0].facts
    systems = dict.fromkeys(use.system.title for use in group if use.system)
    operands = {
        "certificates": ", ".join(dict.fromkeys(use.shown for use in group)),
        "systems": ", ".join(systems),
        "subject": first.subject.text,
    }
    evidence = (Evidence("sha256", first.sha256), Evidence("publicKey.sha256", first.public_key.spki_sha256))
    return outcome(rule, answer(evidence, {**operands, **params}), CertificateRef(first.sha256, "end_entity"))


Find = Callable[[Sequence[Use], Statement], list[list[Use]] | None]  # None: does not apply


def _asked(uses: Sequence[Use], moment: datetime, topic: Topic, rule: Rule, find: Find) -> Iterator[Outcome]:
    """Yield what the statements of each system on a topic say of its certificates."""
    none = True
    for group in _grouped([u for u in uses if u.system], lambda u: u.system):
        system = group[0].system
        assert system is not None
        for statement in system.statements:
            there = [u for u in group if statement.holds(u.environment, moment)]
            if statement.topic is not topic or statement.answer is not Stance.YES or len(there) < 2:
                continue
            wrong = find(there, statement)
            if wrong is None:
                continue
            none = False
            asked = rules.as_asked(rule, statement, system)
            number = str(statement.number or "")
            for bad in wrong:
                yield _outcome(asked, Violated, bad, number=number)
            if not wrong:
                yield _outcome(asked, Met, there, number=number)
    if none:
        yield outcome(rule, NOT_APPLICABLE)


def _not_separate(uses: Sequence[Use], _: Statement) -> list[list[Use]] | None:
    if not _differ(uses, lambda u: u.environment):
        return None
    return _shared(uses, lambda u: u.facts.sha256)


def _names_not_unique(uses: Sequence[Use], _: Statement) -> list[list[Use]]:
    groups = _grouped(uses, lambda u: (u.facts.subject.der, u.environment))
    return [group for group in groups if _differ(group, lambda u: u.facts.sha256)]


def _too_many(uses: Sequence[Use], statement: Statement) -> list[list[Use]]:
    groups = _grouped(uses, lambda u: u.environment)
    return [group for group in groups if len({u.facts.sha256 for u in group}) > (statement.number or 0)]
