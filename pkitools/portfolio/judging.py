"""One question for every certificate of a scan, and what asks it of each, with what other files say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

from pkitools.arguments import aware, each_of, octets, of_type, optional, optional_choice
from pkitools.checking.delivery.brought import Replaced, departures
from pkitools.checking.delivery.checks import COMPLETE, VALID, not_complete, not_valid
from pkitools.checking.delivery.issuers import beside
from pkitools.checking.judgement import Memory, judged_as_read
from pkitools.checking.question import Question, Revocation, question
from pkitools.checking.result import CheckResult
from pkitools.checking.self_made import as_of_provider
from pkitools.checking.stated_ids import check_given_entity_id, holds_nothing_to_judge
from pkitools.checking.workers import new_token
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import CertificateRef, Outcome, Severity, Status, outcome
from pkitools.frozen import dataclass, field, replace
from pkitools.portfolio.claims import Claim
from pkitools.portfolio.judgements import EnvironmentBasis, Judgement, Mend
from pkitools.portfolio.known import AboutEach, Known, read_if_it_can
from pkitools.revocation import CertificateRevocationList
from pkitools.systems import System
from pkitools.trust import HierarchyKind, TrustStore, embedded_certificates, hierarchy_of
from pkitools.validation.building import Pool, pool
from pkitools.validation.ending import above_of, way_up
from pkitools.validation.rules import ANCHOR_FOUND, BUDGET
from pkitools.x509 import CertificateFacts, oin_from_certificate, read_certificate
from pkitools.x509.above import Above
from pkitools.x509.at_hand import at_hand
from pkitools.x509.given import CERTIFICATE, several_ders
from pkitools.x509.path_certificate import load
from pkitools.x509.reader import readable

if TYPE_CHECKING:
    from pkitools.rules.own import OwnData

_OF_PATH: Final = ("path.", "revocation.")
_MOST_QUESTIONS: Final = 64
"""Questions kept by a process: of peers there is one for each host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What every certificate that is found is asked. Fit for pickling where ``revocation`` has no means of its own.

    Args:
        moment: validation time, aware UTC.
        environment: for which all are judged; ``None``: each for the environment of its hierarchy.
        systems: what they are for, one or several; none: for no system.
        intermediates: authorities at hand for every certificate, DER.
        trust: roots of a test hierarchy, as for :func:`~pkitools.checking.check`.
        revocation: as there.
        claims: connections, one or several: what lies at their places is judged by them, for their system and
            environment and with their OIN; what none of them claims as all else.
        passphrase: for keystores and encrypted keys.
        data: systems, rules and roots of one's own.
        raise_crashes: let what crashes raise; for tests and bug reports.

    Raises:
        InvalidValueError: ``moment`` is not aware, there is no such environment, or something is of another type.
    """

    moment: datetime
    environment: Environment | str | None = None
    systems: tuple[str | System, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    trust: TrustStore | None = None
    revocation: Revocation | None = None
    claims: tuple[Claim, ...] = ()
    passphrase: bytes | None = field(default=None, repr=False)
    data: OwnData | None = None
    raise_crashes: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "moment", aware(self.moment))
        object.__setattr__(self, "intermediates", several_ders(self.intermediates, CERTIFICATE, "intermediates"))
        if self.passphrase is not None:
            object.__setattr__(self, "passphrase", octets(self.passphrase, "passphrase"))
        object.__setattr__(self, "environment", optional_choice(Environment, self.environment, "environment"))
        object.__setattr__(self, "systems", each_of(self.systems, (str, System), "systems"))
        object.__setattr__(self, "claims", each_of(self.claims, Claim, "claims"))
        optional(self.trust, TrustStore, "trust")
        optional(self.revocation, Revocation, "revocation")
        if self.data is not None:
            from pkitools.rules.own import OwnData  # few have any

            of_type(self.data, OwnData, "data")

    def travelling(self) -> Judging:
        """Return the question as it goes to another process: lists as their bytes, not with what was found in them."""
        if self.revocation is None:
            return self
        crls = [crl.der if isinstance(crl, CertificateRevocationList) else crl for crl in self.revocation.material.crls]
        return replace(self, revocation=replace(self.revocation, crls=tuple(crls)))


@dataclass(frozen=True, slots=True)
class Where:
    """Where a certificate lies, for what other files may do for it.

    Args:
        name: the file; empty where that is not known.
        may_lack: its chain may lie in another file: its own brings none, and nothing sends that as it is.
        sent_with: files with authorities alone that are sent along with it.
        is_published: its file only says which certificate somebody has, as metadata do: no chain is sent from there.
        chain: what it weighs that the chain that is brought lacks an authority; ``None`` where none is asked of it.
        is_sent: something sends the file as it is, or sent the certificate.
        of_provider: as that of an identity provider, the other side: nobody who connects orders another.
    """

    name: str = ""
    may_lack: bool = True
    sent_with: tuple[str, ...] = ()
    is_published: bool = False
    chain: Severity | None = None
    is_sent: bool = False
    of_provider: bool = False


ANYWHERE: Final = Where()
"""Nothing is known of what lies in its folder."""


class Judge:
    """Judges the certificates of a scan in one process; what is verified of authorities is kept between them.

    Args:
        asked: the question.
        known: what files say of the certificates in others.
        lent: the same of files that nobody named: no more is taken from it than what a chain may be mended with.
    """

    def __init__(self, asked: Judging, known: Known | None = None, lent: Known | None = None) -> None:
        self.asked, self.known, self.lent = asked, known or Known(), lent or Known()
        self._beside = AboutEach(self.lent)
        self.token = new_token()
        self._revocation = None if asked.revocation is None else _with_lists_read(asked.revocation)
        self._about = AboutEach(self.known, _at_hand(asked))
        self._memory = Memory()
        self._questions: dict[tuple[Environment, str | None, int | None], Question] = {}

    def travelling(self) -> tuple[object, ...]:
        """Return what makes the same judge in another process: a callable, and what it is called with."""
        return Judge, self.asked.travelling(), self.known, self.lent

    def claiming(self, facts: CertificateFacts, claims: Sequence[int], *, is_own: bool) -> tuple[int, ...]:
        """Return the connections whose certificate one is: what lies beside it may be that of their counterpart.

        Args:
            facts: the certificate.
            claims: the connections at whose places it lies.
            is_own: its private key lies with it: then it is theirs, whoever it names, unless it names one of them.
        """
        if not claims:
            return ()  # as of most
        oin = oin_from_certificate(facts).oin
        whose = {each: self.asked.claims[each].oin for each in claims}
        of_holder = tuple(each for each in claims if whose[each] in {None, None if oin is None else str(oin)})
        return of_holder or (tuple(claims) if is_own else ())

    def judge(
        self,
        facts: CertificateFacts,
        between: tuple[bytes, ...],
        entity_id: str | None,
        host: str | None,
        by: int | None = None,
        *,
        where: Where = ANYWHERE,
    ) -> Judgement:
        """Judge one certificate.

        Args:
            facts: the certificate.
            between: authorities that came with it, DER.
            entity_id: the entity ID that metadata gives it to.
            host: the name of the peer that sent it.
            by: the number of the connection that claims it.
            where: in which file, and what of other files may be used for it.
        """
        claim = None if by is None else self.asked.claims[by]
        environment, basis = _placed(self.asked, claim, hierarchy_of(facts).kind)
        asked = _with_entity(self._question(environment, host, by), entity_id)
        result = self._by_what_is_known(facts, between, asked, where)
        found = result.report.told
        if where.of_provider:
            found = tuple(as_of_provider(one, facts.sha256) for one in found)
        told = *map(lean, found), *map(lean, self._of_delivery(facts, between, result, where))
        way = self._way(facts, between, where) if result.path is None else ()
        path = () if result.path is None else _told_of(result.path.certificates[1:])
        return Judgement(
            environment,
            basis,
            result.verdict,
            told,
            entity_id,
            host,
            result.path is not None,
            path,
            None if claim is None else claim.name,
            tuple(each.name for each in asked.systems),
            way=way,
            is_brought=not where.may_lack,
            of_entity=() if entity_id is None else tuple(_of_entity(entity_id, told, asked, result)),
            mend=self._mend(facts, between, asked, where, path or way),
            lies_in="" if where.may_lack or path else self._lies_in(facts, between, asked, where, result),
        )

    def _of_delivery(
        self, facts: CertificateFacts, own: tuple[bytes, ...], result: CheckResult, where: Where
    ) -> Iterator[Outcome]:
        """Yield what is wrong with a chain that others had to complete or mend.

        Who gets what is brought has only that, whatever is known here.
        """
        if result.path is None or where.may_lack or where.chain is None:
            return
        brought = _with(own, self._of_other_files(facts, where)[0])
        path = result.path.certificates
        if set(brought).issuperset(path[1:-1]):
            return  # as of most
        ref = CertificateRef(facts.sha256, "end_entity")
        for found in departures(tuple(map(read_certificate, path)), beside(brought), self.asked.moment):
            if isinstance(found, Replaced):
                yield outcome(VALID, not_valid(found, Severity.ERROR if where.is_sent else None), ref)
            else:
                yield outcome(COMPLETE, not_complete(found, facts, where.chain), ref)

    def _way(self, facts: CertificateFacts, own: tuple[bytes, ...], where: Where) -> tuple[Above, ...]:
        """Return what stands above a certificate without a proved path: by what it is judged by, in the same order."""
        near, further = self._of_other_files(facts, where)
        try:
            leaf = load(facts.der, facts.sha256)
        except InputError:
            return ()  # what no engine takes has no path either
        above = way_up(leaf, (pool(_with(own, near)), self._known_here), (pool(further),) if further else ())
        return _told_of([each.der for each in above])

    def _mend(
        self, facts: CertificateFacts, own: tuple[bytes, ...], asked: Question, where: Where, above: Sequence[Above]
    ) -> Mend | None:
        """Return by which authorities of other files a certificate lasts longer than by the chain that is brought.

        Nothing may be wrong with that way: it is proved, or what is brought leads to the same root that is not at hand.
        """
        end = min((one.not_after for one in above), default=facts.not_after)
        if where.may_lack or end >= facts.not_after:
            return None  # as of most
        brought = _with(own, self._about.in_files(where.sent_with))
        lent = self._lent(facts, brought)
        if not set(lent).difference(brought):
            return None
        try:
            leaf = load(facts.der, facts.sha256)
        except InputError:
            return None
        way = way_up(leaf, (pool(_with(brought, lent)), self._known_here))
        longer = min((one.not_after for one in way), default=end)
        if longer <= end or longer < self.asked.moment:
            return None
        ders = tuple(one.der for one in way)
        new = [der for der in ders if der not in brought]
        place = next(filter(None, (about.file_of(der) for der in new for about in (self._about, self._beside))), None)
        if place is None:
            return None
        wrong = {one.rule.code for one in self._judged(facts, ders, asked, ()).report.findings if _is_error(one)}
        # the same root is not at hand for either; of an issuer that is, nothing was proved and much may be refuted
        at_hand_too = (*pool(_with(brought, lent)).certificates, *self._known_here.certificates)
        absent = {one.issuer for one in pool(brought).certificates}.difference(one.subject for one in at_hand_too)
        if way[-1].issuer in absent:
            wrong -= {ANCHOR_FOUND.code, BUDGET.code}
        is_refuted = any(code.startswith(_OF_PATH) for code in wrong)
        return None if is_refuted else Mend(_told_of(ders), where.name, place, not wrong)

    def _lent(self, facts: CertificateFacts, brought: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Return the authorities of other files that may stand above a certificate, or above what is brought."""
        below = (facts, *readable(brought))
        found = (about.authorities(one, of_any=True) for about in (self._about, self._beside) for one in below)
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    def _lies_in(
        self, facts: CertificateFacts, own: tuple[bytes, ...], asked: Question, where: Where, result: CheckResult
    ) -> str:
        """Return the file with what the chain that is brought lacks, where there is a path by that; else nothing."""
        if result.path is not None or all(one.rule.code != ANCHOR_FOUND.code for one in result.report.findings):
            return ""
        brought = _with(own, self._about.in_files(where.sent_with))
        lent = self._lent(facts, brought)
        wider = self._judged(facts, _with(brought, lent), asked, ()) if set(lent).difference(brought) else result
        if wider.path is None:
            return ""
        new = (der for der in wider.path.certificates[1:] if der not in brought)
        return next(filter(None, (about.file_of(der) for der in new for about in (self._about, self._beside))), "")

    @cached_property
    def _known_here(self) -> Pool:
        embedded = (each.der for each in embedded_certificates())
        return pool(tuple(dict.fromkeys((*_at_hand(self.asked), *embedded))))

    def _by_what_is_known(
        self, facts: CertificateFacts, own: tuple[bytes, ...], asked: Question, where: Where
    ) -> CheckResult:
        """Judge by what came with a certificate; by the authorities of other files only where none came with it.

        Those in its own folder come first: what is wrong with them is not made good by others, what is missing is.
        """
        near, further = self._of_other_files(facts, where)
        if not where.may_lack:
            return self._judged(facts, _with(own, near), asked, ())
        result = self._judged(facts, own, asked, near)
        if not further or result.path is not None:
            return result
        if all(one.rule.code != ANCHOR_FOUND.code for one in result.report.findings):
            return result
        wider = self._judged(facts, own, asked, further)
        return result if wider.path is None else wider

    def _of_other_files(self, facts: CertificateFacts, where: Where) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Return the authorities of other files that a certificate is judged by, and those where these have a gap."""
        if not where.may_lack:
            return self._about.in_files(where.sent_with), ()
        every = self._about.authorities(facts, of_any=where.is_published)
        near = self._about.near(facts, where.name) if every else ()
        if len(near) == len(every) or not at_hand(near).named(facts.issuer.der):
            return every, ()
        return near, every

    def has_issuer_near(self, facts: CertificateFacts, name: str) -> bool:
        """Return whether an issuer of a certificate, by its name, lies by itself in the folder of a file."""
        return bool(at_hand(self._about.near(facts, name)).named(facts.issuer.der))

    def systems(self, environment: Environment, by: int | None) -> Sequence[System]:
        """Return the systems that what a connection claims is judged for, or what none of them does."""
        return self._question(environment, None, by).systems

    def entity_id(self, by: int | None) -> str | None:
        """Return the entity ID that a connection states; ``None`` where it states none."""
        return None if by is None else self.asked.claims[by].entity_id

    def _judged(
        self, facts: CertificateFacts, own: tuple[bytes, ...], asked: Question, further: tuple[bytes, ...]
    ) -> CheckResult:
        """Judge by the authorities of its own file and of others, and the lists that are about it or them."""
        between = _with(own, further)
        crls, responses = self._about.lists(facts, at_hand(between).above(facts) if between else ())
        if not (between or crls or responses):
            return judged_as_read(facts, asked, self._memory)  # nothing is known but what all are asked
        material = replace(
            asked.material,
            crls=tuple({id(crl): crl for crl in (*asked.material.crls, *crls)}.values()),
            ocsp_responses=tuple(dict.fromkeys((*asked.material.ocsp_responses, *responses))),
        ).for_several()
        together = (*between, *asked.intermediates)
        elsewhere = frozenset(further).difference(own, asked.intermediates)
        asked = replace(asked, intermediates=together, material=material, elsewhere=elsewhere)
        return judged_as_read(facts, asked, self._memory)

    def _question(self, environment: Environment, host: str | None, by: int | None) -> Question:
        key = environment, host, by
        if key not in self._questions:
            if len(self._questions) > _MOST_QUESTIONS:
                self._questions.clear()
            self._questions[key] = self._asked_for(environment, host, None if by is None else self.asked.claims[by])
        return self._questions[key]

    def _asked_for(self, environment: Environment, host: str | None, claim: Claim | None) -> Question:
        asked = self.asked
        return question(
            moment=asked.moment,
            environment=environment,
            systems=asked.systems if claim is None else claim.systems,
            entity_id=None if claim is None else claim.entity_id,
            expected=None if claim is None else claim.expected,
            intermediates=asked.intermediates,
            trust=asked.trust,
            host=host,
            revocation=self._revocation,
            data=asked.data,
            raise_crashes=asked.raise_crashes,
        )


def _with(between: tuple[bytes, ...], further: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys((*between, *further)))


def _with_entity(asked: Question, entity_id: str | None) -> Question:
    """Return the question for an entity; one whose ID is a text of somebody's choice is asked nothing about it."""
    if entity_id is None or holds_nothing_to_judge(entity_id, asked.systems):
        return asked
    return replace(asked, entity_id=entity_id)


_ABOUT_ENTITY: Final = ("system.entity_id.", "system.oin.equals_entity_id")


def _of_entity(entity_id: str, told: Iterable[Outcome], asked: Question, result: CheckResult) -> Iterator[Outcome]:
    """Yield what of all that is told is about an entity ID: the OIN in it has the rules of that in the certificate."""
    found = check_given_entity_id(entity_id, asked.environment, asked.systems, result.oin)
    said = {(one.rule.code, tuple(one.params.items())) for one in found}
    for one in told:
        if one.rule.code.startswith(_ABOUT_ENTITY) or (one.rule.code, tuple(one.params.items())) in said:
            yield one


def _with_lists_read(revocation: Revocation) -> Revocation:
    """Return the same for many certificates, every list read that can be; what cannot is told of with each."""
    crls = revocation.material.crls
    read = tuple(read_if_it_can(crl) if isinstance(crl, bytes) else crl for crl in crls)
    return replace(revocation, crls=read).for_several()


def _at_hand(asked: Judging) -> Iterator[bytes]:
    """Yield the authorities that are at hand for every certificate, DER."""
    yield from asked.intermediates
    stores = (asked.trust, None if asked.data is None else asked.data.trust)
    for store in (each for each in stores if each is not None):
        yield from (*store.intermediates, *(anchor.der for anchor in store.anchors))


def _placed(asked: Judging, claim: Claim | None, kind: HierarchyKind | None) -> tuple[Environment, EnvironmentBasis]:
    """Return for which environment a certificate is judged, by the kind of its hierarchy, and why for that one."""
    if claim is not None:
        return claim.environment, EnvironmentBasis.CONNECTION
    if asked.environment is not None:
        return Environment(asked.environment), EnvironmentBasis.ASKED
    if kind is not None:
        return kind.environment, EnvironmentBasis.HIERARCHY
    return (Environment.PREPRODUCTION if asked.trust else Environment.PRODUCTION), EnvironmentBasis.UNKNOWN


def _is_error(one: Outcome) -> bool:
    return one.rule.severity is Severity.ERROR and one.status is Status.VIOLATED


def _told_of(above: Sequence[bytes]) -> tuple[Above, ...]:
    """Return the authorities above a certificate, its issuer first."""
    return tuple(above_of(der, is_issuer=not number) for number, der in enumerate(above))


def lean(outcome: Outcome) -> Outcome:
    """Return what an outcome says without what it looked at: of many certificates it is then the same.

    Which certificate it is about is kept where its remedy hangs on that.
    """
    about = outcome.certificate
    ref = about if about is not None and (about.make_anew or about.of_provider) else None
    return Outcome(outcome.rule, outcome.status, ref, (), outcome.params, outcome.reason)
