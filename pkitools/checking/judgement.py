"""The whole judgement: path, revocation, environment, OIN, rules and systems, merged into one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pkitools.checking.authorities import AuthoritiesContext, Compromise, are_unmarked, authorities_block
from pkitools.checking.environment import EnvironmentContext, environment_block
from pkitools.checking.paths import judged_path, path_query, recognised, scope_of
from pkitools.checking.question import Question, Revocation, question
from pkitools.checking.ranking import first
from pkitools.checking.result import CheckResult
from pkitools.checking.same_requirement import repeats
from pkitools.checking.stated_ids import check_given_entity_id
from pkitools.environment import Environment
from pkitools.findings import NotChecked, Outcome, Report, Status, outcome
from pkitools.findings.considered import Block, Considered, Kind
from pkitools.frozen import replace
from pkitools.oin import OIN
from pkitools.profiles import get_profile
from pkitools.revocation import RevocationResult, StatusKind
from pkitools.revocation.alike import Unlisted
from pkitools.revocation.check import Statuses, revocation_of
from pkitools.revocation.rules import REVOKED
from pkitools.rules import find_issuer, role_of
from pkitools.rules.context import ARC
from pkitools.rules.in_common import Answered, Kinds
from pkitools.rules.linting import linted
from pkitools.systems import Stance, Statement, System, Topic
from pkitools.systems.evaluation import evaluated, found_hierarchy
from pkitools.trust import (
    Hierarchy,
    Recognition,
    TrustAnchor,
    TrustStore,
    embedded_intermediates,
    is_self_signed,
)
from pkitools.trust.authorities import COMPROMISES
from pkitools.validation import PolicyInput, VerifiedPath
from pkitools.validation.building import pool
from pkitools.validation.many import Standing
from pkitools.validation.path import judge
from pkitools.validation.remembered import Remembered
from pkitools.validation.rules import ANCHOR_FOUND
from pkitools.x509 import CertificateFacts, OINResult, oin_from_certificate, read_certificate
from pkitools.x509.above import Above
from pkitools.x509.at_hand import at_hand
from pkitools.x509.given import Given
from pkitools.x509.holder import Holder, holder_of, may_sign_certificates
from pkitools.x509.path_certificate import load

if TYPE_CHECKING:
    from pkitools.checking.expectation import Expectation
    from pkitools.profiles import Profile
    from pkitools.rules.own import OwnData


def check(
    certificate: Given,
    *,
    moment: datetime,
    environment: Environment | str,
    systems: str | System | Iterable[str | System] = (),
    intermediates: Given | Iterable[Given] = (),
    trust: TrustStore | Given | Iterable[Given] | None = None,
    entity_id: str | None = None,
    profile: Profile | str | None = None,
    host: str | None = None,
    revocation: Revocation | None = None,
    expected: Expectation | None = None,
    cross_check: bool = False,
    strict: bool = False,
    policies: PolicyInput | None = None,
    data: OwnData | None = None,
    raise_crashes: bool = False,
) -> CheckResult:
    """Judge whether a certificate is right, for an environment and for the systems named.

    Trust is scoped: the path may end in the root of the one hierarchy the certificate says to stand under, and in the
    roots of ``trust``. Whether that hierarchy is right here is then a rule of its own, which names the anchor asked.

    Args:
        certificate: the end entity: DER, PEM with one certificate, a path, or an object of ``cryptography``.
        moment: validation time, aware UTC.
        environment: where the certificate is to be used.
        systems: the connected system it is for, or several, by name or as data.
        intermediates: certificates that came with it, one or several; the embedded ones are added.
        trust: roots of a test hierarchy, as a store or as certificates, for preproduction. In production a path to
            one is found and refused.
        entity_id: the entity ID it is to be used with (eHerkenning, ST-SAML).
        profile: the profile it was ordered under; else recognised by its policies.
        host: DNS name or address it must name as a TLS server.
        revocation: policy, material at hand and means; by default offline.
        expected: whose certificate it should be, for which key, and what was asked for.
        cross_check: ask both path engines and require that they agree.
        strict: put the rules of RFC 5280 and of the public web PKI beside the path.
        policies: inputs to policy processing.
        data: systems, rules and roots of test hierarchies of one's own; the roots count as ``trust``.
        raise_crashes: let a rule that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.

    Raises:
        InputError: ``certificate`` is no certificate.
        InvalidValueError: a system or an environment is unknown, ``moment`` is not aware, or what was given for one of
            the others is nothing that could be it.
    """
    asked = question(
        moment=moment,
        environment=environment,
        systems=systems,
        intermediates=intermediates,
        trust=trust,
        entity_id=entity_id,
        profile=profile,
        host=host,
        revocation=revocation,
        expected=expected,
        cross_check=cross_check,
        strict=strict,
        policies=policies,
        data=data,
        raise_crashes=raise_crashes,
    )
    return judged(certificate, asked, OF_THE_PROCESS)


class Memory:
    """What was verified of authorities, and what rules say of all that they issue by one profile.

    None of it is of an end entity, and what does not hold at any moment has the time it holds for.
    """

    def __init__(self) -> None:
        self.standing: Standing = Remembered()
        self.statuses: Statuses = Remembered()
        self.unlisted: Unlisted = Remembered()
        self.answered = Answered()
        self.kinds = Kinds()


OF_THE_PROCESS: Final = Memory()
"""What :func:`check` remembers from one certificate to the next."""


def judged(certificate: Given, asked: Question, memory: Memory | None) -> CheckResult:
    """Judge one certificate as :func:`check` does.

    Args:
        certificate: as there.
        asked: all that it is asked.
        memory: of what was verified of authorities; what is verified now is added. Without one everything is verified,
            the plain way, with which every memory is compared.

    Raises:
        InputError: ``certificate`` is no certificate.
    """
    # what was read before is read again: its DER is what the path is built of
    return judged_as_read(read_certificate(certificate), asked, memory)


def judged_as_read(facts: CertificateFacts, asked: Question, memory: Memory | None) -> CheckResult:
    """Judge a certificate that the caller read himself, and as it was read.

    Args:
        facts: what :func:`~pkitools.x509.read_certificate` returned, of bytes; nothing another handed in.
        asked, memory: as of :func:`judged`.
    """
    between = asked.intermediates
    recognition = recognised(facts, between)
    self_signed = is_self_signed(facts) and "keyCertSign" not in (facts.key_usage or ())
    scope = scope_of(facts, recognition, asked.store, self_signed=self_signed)
    judged = judged_path(facts, scope, asked, memory.standing if memory else None)
    path = judged.path
    anchor = scope.find(path.as_loaded[-1].sha256) if path else None
    oin = oin_from_certificate(facts)
    withdrawn = _revocation(path, asked, memory)
    issuer = _issuer(facts, path, between)
    placed = _placed(asked, facts, anchor, recognition, issuer, self_signed=self_signed)
    came = tuple(der for der in between if der not in asked.elsewhere) if asked.elsewhere else between
    around = _authorities(facts, path, came, placed.hierarchy, asked)
    kind = None if memory is None else memory.kinds.find(facts)
    blocks = [
        judged.block,
        withdrawn.block,
        authorities_block(around, raise_crashes=asked.raise_crashes),
        environment_block(placed, kind, raise_crashes=asked.raise_crashes),
        *_linted(asked, facts, issuer, oin, memory, ends_by=judged.ends_by),
        *_asked_by_systems(asked, placed, anchor, oin.oin, kind),
    ]
    # most say nothing of these
    if asked.data is not None:
        blocks.append(Block.of(_of_own_data(asked.data, asked.untold)))
    if asked.entity_id is not None:
        blocks.append(Block.of(check_given_entity_id(asked.entity_id, asked.environment, asked.systems, oin.oin)))
    if asked.expected is not None:
        from pkitools.checking.received import check_received

        raise_crashes = asked.raise_crashes
        blocks.append(Block.of(check_received(facts, oin.oin, asked.expected, raise_crashes=raise_crashes)))
    # with several systems the same rules are asked again: what came of them is told once
    considered = Considered(blocks, distinct=len(asked.systems) > 1, repeats=repeats, first=first)
    report = Report.of(
        facts.subject.common_name or facts.sha256,
        considered,
        asked.moment,
        asked.environment,
        asked.named_systems,
    )
    if self_signed:
        from pkitools.checking.self_made import as_self_made  # few are

        report = replace(report, outcomes=tuple(as_self_made(report.outcomes, facts.sha256)))
    if asked.data is not None and asked.environment is not Environment.PRODUCTION:
        report = _without_roots(report, asked.data)
    return CheckResult(
        report, facts, oin.oin, path, placed.hierarchy, recognition, judged.engine, withdrawn, judged.ends_by
    )


def _of_own_data(data: OwnData, untold: tuple[str, ...]) -> Iterator[Outcome]:
    """Yield what there is to say of the files of one's own, beside those with rules."""
    from pkitools.rules.own.data import SYSTEMS, TRUST  # only who has facts of his own meets it

    yield from data.outcomes(TRUST)
    for name in untold:
        yield from data.outcomes(SYSTEMS, system=name)


def _without_roots(report: Report, data: OwnData) -> Report:
    """Return the report in which a root of one's own that could not be read is not said to be missing or untrusted."""
    from pkitools.rules.own.data import TRUST  # as above

    refused = next((each for each in data.refused if each.kind == TRUST), None)
    if refused is None:
        return report
    answer = NotChecked("own_data", params=refused.told)
    told = (
        outcome(one.rule, answer, one.certificate)
        if one.rule.code == ANCHOR_FOUND.code and one.status is Status.VIOLATED
        else one
        for one in report.outcomes
    )
    return replace(report, outcomes=tuple(told))


def _authorities(
    facts: CertificateFacts,
    path: VerifiedPath | None,
    intermediates: Sequence[bytes],
    hierarchy: Hierarchy | None,
    asked: Question,
) -> AuthoritiesContext:
    above = at_hand(tuple(intermediates)).above(facts)
    if path is None:
        return AuthoritiesContext((facts, *above), asked.moment)
    way, unmarked = _way(path.certificates[1:])
    used = {facts.sha256, *[each.sha256 for each in way]}
    beside = tuple([each for each in above if each.sha256 not in used])
    if not beside:  # as of most
        return AuthoritiesContext((facts, *way), asked.moment, True, hierarchy, unmarked=unmarked)
    named = {each.subject.der for each in way}
    beside = tuple([each for each in beside if each.subject.der in named])
    keys = {each.public_key.spki for each in way}
    same_key = [each for each in beside if each.public_key.spki in keys]
    compromised = dict(_compromised(same_key, path, asked)) if same_key else {}
    return AuthoritiesContext((facts, *way), asked.moment, True, hierarchy, beside, compromised, unmarked)


@lru_cache(maxsize=256)
def _way(ders: tuple[bytes, ...]) -> tuple[tuple[CertificateFacts, ...], bool]:
    """Return the authorities of a path, and whether nothing is known of any of them."""
    way = tuple(map(_authority, ders))
    return way, are_unmarked(way)


def _compromised(
    others: Iterable[CertificateFacts], path: VerifiedPath, asked: Question
) -> Iterator[tuple[bytes, Compromise]]:
    """Yield each key that a list at hand says is compromised, by what it says of another certificate of that key.

    A list counts as for a certificate in the path: where a path to the same anchor is verified. Nothing is fetched.
    """
    between, trusted = pool((*path.certificates[1:-1], *asked.intermediates)), pool(path.certificates[-1:])
    material = replace(asked.material, fetcher=None)
    for facts in others:
        proven = judge(load(facts.der, facts.sha256), between, trusted, pool(()), path_query(asked)).path
        if proven is None or len(proven.certificates) < 2:
            continue
        found = revocation_of(proven.as_loaded, material, asked.moment, asked.policy, asked.options)
        status = found.certificates[0].status
        if status.kind is StatusKind.REVOKED and status.reason in COMPROMISES:
            lister = _authority(proven.certificates[1]).subject
            shown = lister.called
            yield facts.public_key.spki, Compromise(facts.sha256, status.reason, status.revoked_at, shown)


def _issuer(
    facts: CertificateFacts, path: VerifiedPath | None, intermediates: Sequence[bytes]
) -> CertificateFacts | None:
    """Return the issuer's certificate: of the path, else one that came along or is embedded and bears its name."""
    if path is not None:
        return next((_authority(each.der) for each in path.as_loaded[1:2]), None)
    embedded = (der for der in embedded_intermediates() if facts.issuer.der in der)  # reading each takes a while
    came = at_hand(tuple(intermediates)).named(facts.issuer.der)
    return find_issuer(facts, (*came, *map(_authority, embedded)))


def _placed(
    use: Question,
    facts: CertificateFacts,
    anchor: TrustAnchor | None,
    recognition: Recognition,
    issuer: CertificateFacts | None,
    *,
    self_signed: bool,
) -> EnvironmentContext:
    """Return the certificate as it stands before its environment."""
    above = tuple(policy.oid for policy in issuer.certificate_policies or ()) if issuer else ()
    return EnvironmentContext(
        facts,
        use.environment,
        anchored=anchor is not None,
        hierarchy=anchor.hierarchy if anchor else None,
        claimed=recognition.hierarchy,
        claimed_kind=recognition.kind,
        self_signed=self_signed,
        system_named=bool(use.systems),
        meant_for_use=use.meant_for_use,
        of_pkioverheid=bool(anchor and anchor.hierarchy) or any(oid.startswith(ARC) for oid in above),
        issuer_policies=above,
        profile=get_profile(use.profile) if isinstance(use.profile, str) else use.profile,
        asked=_asking_a_profile(use),
    )


def _asking_a_profile(use: Question) -> tuple[Statement, ...]:
    return _asked_of_profiles(use.systems, use.environment, use.moment.date())


@lru_cache(maxsize=64)
def _asked_of_profiles(systems: tuple[System, ...], environment: Environment, day: date) -> tuple[Statement, ...]:
    """Return what the systems say of the policy, or of the hierarchy, a certificate has to have; the firmest first."""
    noon = datetime.combine(day, time(12), UTC)  # a statement holds for whole days
    said = [
        statement
        for system in systems
        for topic in (Topic.POLICY, Topic.HIERARCHY)
        for statement in system.statements_at(environment, noon, topic)
        if statement.answer is Stance.YES
    ]
    return tuple(sorted(said, key=lambda statement: (statement.topic is not Topic.POLICY, -statement.severity)))


def _revocation(path: VerifiedPath | None, asked: Question, memory: Memory | None) -> RevocationResult:
    if path is None:
        # no address of a certificate is followed before its path is signature-valid to a root
        return RevocationResult((), (outcome(REVOKED, NotChecked("no_path")),), asked.policy)
    known, unlisted = (memory.statuses, memory.unlisted) if memory else (None, None)
    return revocation_of(
        path.as_loaded, asked.material, asked.moment, asked.policy, asked.options, known=known, unlisted=unlisted
    )


def _linted(
    use: Question,
    facts: CertificateFacts,
    issuer: CertificateFacts | None,
    oin: OINResult,
    memory: Memory | None,
    *,
    ends_by: Above | None,
) -> list[Block]:
    # one that is marked as a CA and may not sign certificates is no authority; the mark is told
    authority = holder_of(facts) is Holder.AUTHORITY
    return linted(
        facts,
        moment=use.moment,
        profile=use.profile,
        environment=use.environment,
        systems=() if authority else use.systems,
        role=role_of(facts) if may_sign_certificates(facts) else "end_entity",
        issuer=issuer,
        ends_by=ends_by,
        oin=oin,
        data=use.data,
        answered=memory.answered if memory is not None else None,
        raise_crashes=use.raise_crashes,
    )


@lru_cache(maxsize=256)
def _authority(der: bytes) -> CertificateFacts:
    return read_certificate(der)


def _asked_by_systems(
    use: Question,
    context: EnvironmentContext,
    anchor: TrustAnchor | None,
    oin: OIN | None,
    kind: Kind[CertificateFacts] | None,
) -> Iterator[Block]:
    if holder_of(context.facts) is Holder.AUTHORITY:
        return  # that it is one is told by itself, and is enough
    root = anchor.sha256 if anchor and not context.self_signed else None
    found = found_hierarchy(context.facts, context.hierarchy, root)
    for system in use.systems:
        yield evaluated(
            system,
            use.environment,
            context.facts,
            moment=use.moment,
            found=found,
            self_signed=context.self_signed,
            oin=oin,
            entity_id=use.entity_id,
            kind=kind,
            raise_crashes=use.raise_crashes,
        )
