"""The file as delivered: would another program, which has only this file, read it and find the chain in it?

Nothing here is about a certificate, so nothing of it counts in a certificate's verdict. RFC 5246 and RFC 8446 say what
a server sends, not what a file holds: these are warnings, and errors only for who asks so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final, TypeAlias

from pkitools.checking.delivery.brought import Lacking, Replaced, departures
from pkitools.checking.delivery.groups import Delivery, Group, groups_of
from pkitools.checking.delivery.issuers import IssuersAtHand, above, carried
from pkitools.checking.delivery.issuers import beside as lying_beside
from pkitools.checking.delivery.refusals import Program, refusals
from pkitools.containers import ContainerFormat, Contents, Item, ItemKind
from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answers,
    Certainty,
    Evidence,
    Outcome,
    Rule,
    Severity,
    Status,
    Violated,
    ask,
)
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_LISTED
from pkitools.messages import CAUSE, NOTHING
from pkitools.rules.linting import is_made_to_connect
from pkitools.text import joined
from pkitools.trust import HierarchyKind, TrustStore, identify
from pkitools.x509 import CertificateFacts

_TLS12: Final = cite("rfc-5246", "7.4.2")
_TLS13: Final = cite("rfc-8446", "4.4.2")
_TRIED: Final = cite("tried-programs")
_OWN: Final = cite("pkitools")

COMPLETE: Final = Rule("delivery.chain.complete", Severity.WARNING, _TLS12)
VALID: Final = Rule("delivery.chain.valid", Severity.WARNING, _TLS13)
ORDER: Final = Rule("delivery.chain.order", Severity.WARNING, _TLS13)
JWK: Final = Rule("delivery.jwk.order", Severity.WARNING, cite("rfc-7517", "4.7"))
ROOT: Final = Rule("delivery.chain.root", Severity.NOTICE, _TLS13)
FOREIGN: Final = Rule("delivery.chain.foreign", Severity.WARNING, _TLS13)
TWICE: Final = Rule("delivery.certificate.twice", Severity.NOTICE, _TLS12)
GAP: Final = Rule("delivery.bundle.gap", Severity.WARNING, cite("rfc-5280", "6.1"))
READABLE: Final = Rule("delivery.text.readable", Severity.WARNING, _TRIED, Certainty.ADVICE)
PRIVATE_KEY: Final = Rule("delivery.private_key.enclosed", Severity.WARNING, _OWN, Certainty.ADVICE)
KEYSTORE: Final = Rule("delivery.keystore.readable", Severity.NOTICE, _TRIED, Certainty.ADVICE)
TRUSTED: Final = Rule("delivery.keystore.trusted", Severity.NOTICE, _OWN, Certainty.ADVICE)

RULES: Final[tuple[Rule, ...]] = (
    *(COMPLETE, VALID, ORDER, JWK, ROOT, FOREIGN, TWICE, GAP),
    *(READABLE, PRIVATE_KEY, KEYSTORE, TRUSTED),
)


@dataclass(frozen=True)
class _Context:
    """What the checks look at: the file, its groups of certificates, and what lies beside it."""

    contents: Contents
    groups: tuple[Group, ...]
    beside: IssuersAtHand
    trusted: IssuersAtHand
    carried: IssuersAtHand
    without_key: tuple[CertificateFacts, ...]
    paths: Mapping[str, Sequence[CertificateFacts]]
    moment: datetime | None

    def asked(self, wanted: Callable[[Delivery], object], *, bundles: bool = False) -> list[Group]:
        """Return the groups of which a thing is asked: those with an end entity, or those with authorities only."""
        return [group for group in self.groups if wanted(group.delivery) and bool(group.holders) is not bundles]


_Check: TypeAlias = Callable[[_Context], Answers]


def check_delivery(
    contents: Contents,
    read: Sequence[tuple[Item, CertificateFacts]],
    *,
    own: Collection[str] = (),
    beside: Iterable[bytes] = (),
    trust: TrustStore | None = None,
    paths: Iterable[Sequence[CertificateFacts]] = (),
    moment: datetime | None = None,
    strict: bool = False,
    raise_crashes: bool = False,
) -> tuple[Outcome, ...]:
    """Return an outcome for every rule about a file as it was delivered.

    Args:
        contents: the file.
        read: its certificates, in its order.
        own: SHA-256 of those that are judged: none of them is told to be a stranger.
        beside: DER of the rest of the chain, where that lies in another file on purpose.
        trust: other roots that are known.
        paths: those that were proved, of what is judged: the end entity first, the trust anchor last.
        moment: when that was, aware UTC; not needed where no path was.
        strict: each warning is an error.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.
    """
    context = _Context(
        contents,
        groups_of(contents.container, read, own),
        # of a text with values one may hold a certificate, and another its chain
        beside=lying_beside([*beside, *(item.der for item, _ in read if item.is_value)]),
        trusted=lying_beside(map(attrgetter("der"), trust.anchors) if trust else ()),
        carried=carried(),
        without_key=_without_key(read),
        paths={path[0].sha256: path for path in paths},
        moment=moment,
    )
    found = [outcome for rule, check in _CHECKS for outcome in ask(rule, check, context, raise_crashes=raise_crashes)]
    return tuple(map(_strictly, found)) if strict else tuple(found)


def check_bundle(certificates: Sequence[CertificateFacts], *, raise_crashes: bool = False) -> tuple[Outcome, ...]:
    """Return whether a bundle of authorities lacks one that stands between two of them.

    Args:
        certificates: of the bundle, in any order.
        raise_crashes: as for :func:`check_delivery`.
    """
    return tuple(ask(GAP, _gaps_of, [certificates], raise_crashes=raise_crashes))


def _strictly(found: Outcome) -> Outcome:
    if found.status is not Status.VIOLATED or found.rule.severity is not Severity.WARNING:
        return found
    rule = replace(found.rule, severity=Severity.ERROR)
    return Outcome(rule, found.status, found.certificate, found.evidence, found.params, found.reason)


# -- the chain --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Missing:
    """An authority that a file lacks: by name, and where it is to be had."""

    name: str
    where: str


def _complete(context: _Context) -> Answers:
    groups = context.asked(lambda delivery: delivery.chain is not None)
    if not groups:
        return NOT_APPLICABLE
    return [found for group in groups for found in _incomplete(context, group)] or MET


def _incomplete(context: _Context, group: Group) -> Iterator[Violated]:
    """Yield a violation for each authority that is missing, with all whom it is missing to."""
    lacking: dict[_Missing, list[CertificateFacts]] = {}
    for holder in group.holders:
        for missing in _missing(context, group, holder):
            lacking.setdefault(missing, []).append(holder)
    for missing, holders in lacking.items():
        params = {"holder": _names(holders), "missing": missing.name, "where": missing.where}
        yield Violated((Evidence("missing", missing.name),), params, severity=group.delivery.chain)


def _missing(context: _Context, group: Group, holder: CertificateFacts) -> Iterator[_Missing]:
    """Yield the authorities that neither the file nor what lies beside it holds. A root may be left out."""
    way = above(holder, group.issuers, context.beside, context.trusted, context.carried)
    at = holder
    for issuer, pool in way:
        if pool >= _KNOWN and not issuer.is_self_issued:
            yield _Missing(_name(issuer), _where(issuer, at))
        at = issuer
    # who issued the last of them is a root, or is missing too: only who names the roots knows
    if not at.is_self_issued and (at is holder or context.trusted):
        yield _Missing(at.issuer.called, _where(None, at))


_KNOWN: Final = 2  # the pools from here on are neither in the file nor beside it


_PUBLISHED_AT: Final = "https://cert.pkioverheid.nl"


def _where(authority: CertificateFacts | None, issued: CertificateFacts) -> str:
    """Return the address that a certificate gives for its issuer, else the one at which PKIoverheid publishes that."""
    address = next(iter(issued.ca_issuers_uris), None)
    if address is not None:
        return address
    key = issued.authority_key_identifier
    known = identify(sha256=authority.sha256) if authority else identify(ski=key) if key else None
    if known is None:
        return NOTHING
    return known.download or (_PUBLISHED_AT if known.kind is HierarchyKind.PRODUCTION else NOTHING)


def _valid(context: _Context) -> Answers:
    """Where another authority had to take the place of one in the file. Where none could, the path has the fault."""
    moment = context.moment
    groups = context.asked(lambda delivery: delivery.chain is not None)
    asked = [
        (group, context.paths[one.sha256]) for group in groups for one in group.holders if one.sha256 in context.paths
    ]
    if not asked or moment is None:
        return NOT_APPLICABLE
    found = [each for group, path in asked for each in departures(path, group.issuers, moment)]
    return [not_valid(each) for each in dict.fromkeys(found) if isinstance(each, Replaced)] or MET


def not_valid(found: Replaced, severity: Severity | None = None) -> Violated:
    """Return the violation of :data:`VALID` by one authority."""
    params = {"authority": _name(found.authority), CAUSE: found.fault, "holder": _name(found.child)}
    return Violated((Evidence("certificate", found.authority.sha256),), params, severity=severity)


def not_complete(found: Lacking, holder: CertificateFacts, severity: Severity) -> Violated:
    """Return the violation of :data:`COMPLETE` by an authority that is known and was not brought with a certificate."""
    missing = found.authority
    params = {"holder": _name(holder), "missing": _name(missing), "where": _where(missing, found.child)}
    return Violated((Evidence("missing", _name(missing)),), params, severity=severity)


def _order(context: _Context) -> Answers:
    return NOT_APPLICABLE if _is_jwks(context) else _ordered(context)


def _jwk(context: _Context) -> Answers:
    return _ordered(context) if _is_jwks(context) else NOT_APPLICABLE


def _is_jwks(context: _Context) -> bool:
    return context.contents.container is ContainerFormat.JWKS


def _ordered(context: _Context) -> Answers:
    groups = [group for group in context.asked(lambda delivery: delivery.ordered) if len(group.certificates) > 1]
    if not groups:
        return NOT_APPLICABLE
    return [found for group in groups for found in _out_of_order(group)] or MET


def _out_of_order(group: Group) -> Iterator[Violated]:
    """Yield a violation where an end entity is not the first, or its issuers do not follow one by one."""
    first = group.certificates[0].sha256 in {each.sha256 for each in group.holders}
    for holder in group.holders:
        way = [holder, *(issuer for issuer, _ in above(holder, group.issuers))]
        alone = len(group.holders) == 1
        wanted = [facts.sha256 for facts in way if alone or facts is not holder]
        found = group.in_order(wanted)
        if not first or [facts.sha256 for facts in found] != wanted:
            params = {"found": _names(group.certificates, " → "), "wanted": _names(way, " → ")}
            yield Violated(tuple(Evidence("certificate", _name(facts)) for facts in found[:MAX_LISTED]), params)
            return


def _root(context: _Context) -> Answers:
    groups = context.asked(lambda delivery: delivery.tells_root)
    roots = [facts for group in groups for facts in group.distinct if facts.is_self_issued and facts.is_ca]
    return _told(groups, roots)


def _foreign(context: _Context) -> Answers:
    groups = context.asked(lambda delivery: delivery.tells_foreign)
    return _told(groups, [facts for group in groups for facts in group.strangers])


def _twice(context: _Context) -> Answers:
    groups = [group for group in context.groups if group.delivery.tells_repeated]
    return _told(groups, [facts for group in groups for facts in group.repeated])


def _told(groups: Sequence[Group], offenders: Sequence[CertificateFacts]) -> Answers:
    if not groups:
        return NOT_APPLICABLE
    if not offenders:
        return MET
    evidence = tuple(Evidence("certificate", facts.sha256) for facts in offenders[:MAX_LISTED])
    return Violated(evidence, {"names": _names(offenders)})


def _gap(context: _Context) -> Answers:
    groups = context.asked(lambda delivery: delivery.chain is not None, bundles=True)
    return _gaps_of([group.distinct for group in groups])


def _gaps_of(bundles: Sequence[Sequence[CertificateFacts]]) -> Answers:
    several = [bundle for bundle in bundles if len(bundle) > 1]
    return [found for bundle in several for found in _between(bundle)] or MET if several else NOT_APPLICABLE


def _between(bundle: Sequence[CertificateFacts]) -> Iterator[Violated]:
    """Yield a violation for each authority that is known, not in the bundle, and between two that are."""
    own, known, held = IssuersAtHand(bundle), carried(), {facts.sha256 for facts in bundle}
    told: set[str] = set()
    for facts in bundle:
        way = [issuer for issuer, _ in above(facts, own, known)]
        last = max((n for n, issuer in enumerate(way) if issuer.sha256 in held), default=0)
        for n, issuer in enumerate(way[:last]):
            if issuer.sha256 not in held | told:
                told.add(issuer.sha256)
                below, top = way[n - 1] if n else facts, way[last]
                told_of = {"missing": _name(issuer), "where": _where(issuer, below)}
                params = {**told_of, "below": _name(below), "above": _name(top)}
                yield Violated((Evidence("missing", issuer.sha256),), params)


# -- how it is written ------------------------------------------------------------------------------------------------


def _readable(context: _Context) -> Answers:
    if context.contents.container not in _WRITTEN:
        return NOT_APPLICABLE
    told = refusals().text
    plain = NOTHING if any(item.is_value for item in context.contents.items) else "yes"
    return [
        Violated(
            (Evidence("form", form),),
            {CAUSE: f"delivery.form.{form}", "programs": _labels(told[form]), "plain": plain},
        )
        for form in sorted(context.contents.forms)
    ] or MET


_WRITTEN: Final = frozenset(
    {ContainerFormat.PEM, ContainerFormat.BASE64, ContainerFormat.DER, ContainerFormat.PKCS7, ContainerFormat.PKCS12}
)


def _private_key(context: _Context) -> Answers:
    if context.contents.container is not ContainerFormat.MAIL:
        return NOT_APPLICABLE  # other rules tell of a key in what others get, and of one beside its certificate
    return [_mailed(item) for item in context.contents.of_kind(ItemKind.KEY)] or MET


def _mailed(key: Item) -> Violated:
    """Return that a private key was mailed: one that needs a passphrase is not everybody's who could read the mail."""
    is_locked = key.encrypted or key.protection is not None
    params = {"position": str(key.position), "open": NOTHING if is_locked else "yes"}
    evidence = (Evidence(f"block {key.position}", key.form),)
    return Violated(evidence, params, severity=Severity.NOTICE if is_locked else None)


def _keystore(context: _Context) -> Answers:
    keystore = context.contents.keystore
    if keystore is None:
        return NOT_APPLICABLE
    parts = (("cipher", keystore.key), ("cipher", keystore.certificates), ("mac", keystore.integrity))
    used = {(part, protection.cipher, protection.derivation): protection for part, protection in parts if protection}
    return [
        Violated(
            (Evidence(part, protection.cipher),),
            {"protection": f"{protection.cipher} ({protection.derivation})", "programs": _labels(refused)},
        )
        for (part, *_), protection in used.items()
        if (refused := refusals().of_protection(part, protection))
    ] or MET


def _without_key(read: Sequence[tuple[Item, CertificateFacts]]) -> tuple[CertificateFacts, ...]:
    """Return what a keystore has without a key; openssl also writes twice what the file of its chain has."""
    own = {item.der for item, _ in read if item.has_key}
    return tuple(facts for item, facts in read if item.has_key is False and item.place is None and item.der not in own)


def _trusted(context: _Context) -> Answers:
    """Who has a key entry means those: what stands beside them as trusted and was made to connect is not judged."""
    if not context.without_key:
        return NOT_APPLICABLE
    found = [facts for facts in context.without_key if is_made_to_connect(facts)]
    evidence = tuple(Evidence("certificate", facts.sha256) for facts in found[:MAX_LISTED])
    return Violated(evidence, {"names": _names(found)}) if found else MET


def _labels(programs: Iterable[Program]) -> str:
    return ", ".join(program.label for program in programs)


def _names(certificates: Iterable[CertificateFacts], between: str = ", ") -> str:
    return joined([_name(facts) for facts in certificates], between=between)


def _name(facts: CertificateFacts) -> str:
    return facts.subject.called or facts.sha256


_CHECKS: Final[tuple[tuple[Rule, _Check], ...]] = (
    (COMPLETE, _complete),
    (VALID, _valid),
    (ORDER, _order),
    (JWK, _jwk),
    (ROOT, _root),
    (FOREIGN, _foreign),
    (TWICE, _twice),
    (GAP, _gap),
    (READABLE, _readable),
    (PRIVATE_KEY, _private_key),
    (KEYSTORE, _keystore),
    (TRUSTED, _trusted),
)
