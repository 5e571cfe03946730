"""One question for every certificate of a scan, and the checkers that ask it: one for each environment and host."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pkitools.arguments import aware, octets, optional_choice
from pkitools.checking.checker import Checker
from pkitools.checking.judgement import CheckResult, Memory
from pkitools.checking.question import Question, Revocation, question
from pkitools.environment import Environment
from pkitools.findings import Outcome
from pkitools.frozen import dataclass, field, replace
from pkitools.portfolio.model import Above, Basis, Judgement
from pkitools.revocation import CertificateRevocationList
from pkitools.systems import System
from pkitools.trust import HierarchyKind, TrustStore, hierarchy_of
from pkitools.x509 import CertificateFacts, read_certificate

if TYPE_CHECKING:
    from pkitools.rules.own import OwnData

_MOST_CHECKERS: Final = 64
"""Checkers kept by a process: of peers there is one for each host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What every certificate that is found is asked. Fit for pickling where ``revocation`` has no means of its own.

    Args:
        moment: validation time, aware UTC.
        environment: for which all are judged; ``None``: each for the environment of its hierarchy.
        systems: what they are for; none: for no system.
        trust: roots of a test hierarchy, as for :func:`~pkitools.checking.check`.
        revocation: as there.
        passphrase: for keystores and encrypted keys.
        data: systems, rules and roots of one's own.
        raise_crashes: let what crashes raise; for tests and bug reports.

    Raises:
        InvalidValueError: ``moment`` is not aware, or there is no such environment.
    """

    moment: datetime
    environment: Environment | str | None = None
    systems: tuple[str | System, ...] = ()
    trust: TrustStore | None = None
    revocation: Revocation | None = None
    passphrase: bytes | None = field(default=None, repr=False)
    data: OwnData | None = None
    raise_crashes: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "moment", aware(self.moment))
        if self.passphrase is not None:
            object.__setattr__(self, "passphrase", octets(self.passphrase, "passphrase"))
        object.__setattr__(self, "environment", optional_choice(Environment, self.environment, "environment"))

    def travelling(self) -> Judging:
        """Return the question as it goes to another process: lists as their bytes, not with what was found in them."""
        if self.revocation is None:
            return self
        crls = [crl.der if isinstance(crl, CertificateRevocationList) else crl for crl in self.revocation.material.crls]
        return replace(self, revocation=replace(self.revocation, crls=tuple(crls)))


class Judge:
    """Judges the certificates of a scan in one process; what is verified of authorities is kept between them."""

    def __init__(self, asked: Judging) -> None:
        self.asked = asked
        self._memory = Memory()
        self._checkers: dict[tuple[Environment, str | None], Checker] = {}

    def judge(
        self, facts: CertificateFacts, between: tuple[bytes, ...], entity_id: str | None, host: str | None
    ) -> Judgement:
        """Judge one certificate.

        Args:
            facts: the certificate.
            between: authorities that came with it, DER.
            entity_id: the entity ID that metadata gives it to.
            host: the name of the peer that sent it.
        """
        environment, basis = _placed(self.asked, hierarchy_of(facts).kind)
        result = self._checker(environment, host).check(facts, intermediates=between, entity_id=entity_id)
        return _judgement(result, environment, basis, entity_id, host)

    def _checker(self, environment: Environment, host: str | None) -> Checker:
        key = environment, host
        if key not in self._checkers:
            if len(self._checkers) > _MOST_CHECKERS:
                self._checkers.clear()
            self._checkers[key] = Checker.of(self._question(environment, host), self._memory)
        return self._checkers[key]

    def _question(self, environment: Environment, host: str | None) -> Question:
        asked = self.asked
        return question(
            moment=asked.moment,
            environment=environment,
            systems=asked.systems,
            trust=asked.trust,
            host=host,
            revocation=asked.revocation,
            data=asked.data,
            raise_crashes=asked.raise_crashes,
        )


def _placed(asked: Judging, kind: HierarchyKind | None) -> tuple[Environment, Basis]:
    """Return for which environment a certificate is judged, by the kind of its hierarchy, and why for that one."""
    if asked.environment is not None:
        return Environment(asked.environment), Basis.ASKED
    if kind is not None:
        return kind.environment, Basis.HIERARCHY
    return (Environment.PREPRODUCTION if asked.trust else Environment.PRODUCTION), Basis.UNKNOWN


def _judgement(
    result: CheckResult, environment: Environment, basis: Basis, entity_id: str | None, host: str | None
) -> Judgement:
    told, path = tuple(map(_lean, result.report.told)), result.path
    above = () if path is None else tuple(map(_authority, path.certificates[1:]))
    return Judgement(environment, basis, result.verdict, told, entity_id, host, path is not None, above)


@lru_cache(maxsize=_MOST_CHECKERS)
def _authority(der: bytes) -> Above:
    """Return an authority of a path: of ten thousand certificates it is one of a few."""
    facts = read_certificate(der)
    return Above(facts.subject.text.short, facts.not_after, facts.sha256)


def _lean(outcome: Outcome) -> Outcome:
    """Return what an outcome says without what it looked at: of many certificates it is then the same.

    Which certificate it is about is kept where its remedy hangs on that.
    """
    ref = outcome.certificate if outcome.certificate is not None and outcome.certificate.make_anew else None
    return Outcome(outcome.rule, outcome.status, ref, (), outcome.params, outcome.reason)
