"""Is this the certificate that was meant, and the one that was asked for?

Rules of what the holder expects (:class:`~pkitools.checking.Expectation`), and of what the authority changed against
the request: RFC 2986 section 3 makes the certificate from the name and the key of the request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.checking.expectation import Expectation
from pkitools.checking.organizations import Likeness, likeness
from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Answers,
    Certainty,
    CertificateRef,
    Outcome,
    Rule,
    Severity,
    Violated,
    ask,
    violated,
)
from pkitools.frozen import dataclass
from pkitools.oin import OIN
from pkitools.profiles import trial
from pkitools.trust import hierarchy_of
from pkitools.trust.authorities import HierarchyKind
from pkitools.x509.der import DERError
from pkitools.x509.extensions import extended_key_usage, key_usage
from pkitools.x509.keys import is_same_key
from pkitools.x509.model import CertificateFacts, DistinguishedName, GeneralName
from pkitools.x509.oids import ORGANIZATION_IDENTIFIER, SUBJECT_SERIAL_NUMBER

if TYPE_CHECKING:
    from pkitools.requests import RequestFacts

_OWN: Final = cite("pkitools")
_PKCS10: Final = cite("rfc-2986", "3")

_CN: Final = "2.5.4.3"
_LOCALITY: Final = "2.5.4.7"
_STATE: Final = "2.5.4.8"
_ORGANIZATION: Final = "2.5.4.10"
_UNIT: Final = "2.5.4.11"
_KEY_USAGE: Final = "2.5.29.15"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_OWN_RULES: Final = frozenset({_CN, _ORGANIZATION, SUBJECT_SERIAL_NUMBER})  # attributes with a rule of their own
_OFTEN_DROPPED: Final = frozenset({_LOCALITY, _STATE, _UNIT})


def _expected(slug: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(f"received.{slug}", severity, _OWN, Certainty.ADVICE)


def _asked(slug: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(f"received.request.{slug}", severity, _PKCS10)


def _wished(slug: str, severity: Severity) -> Rule:
    # RFC 2986 speaks of the name and the key; what becomes of the attributes beside them is the authority's to say
    return Rule(f"received.request.{slug}", severity, _OWN, Certainty.ADVICE)


OIN_EXPECTED: Final = _expected("oin.match")
NAME: Final = _expected("organization.match")
NAME_SPELLING: Final = _expected("organization.spelling", Severity.NOTICE)
KEY: Final = _expected("key.match")

REQUEST_KEY: Final = _asked("key")
REQUEST_SIGNATURE: Final = _asked("signature", Severity.WARNING)
REQUEST_READABLE: Final = _wished("readable", Severity.WARNING)
REQUEST_OIN: Final = _asked("oin")
REQUEST_CN: Final = _asked("common_name")
REQUEST_DNS: Final = _wished("dns_missing", Severity.ERROR)
REQUEST_NAME: Final = _asked("organization")
REQUEST_SPELLING: Final = _wished("organization_spelling", Severity.NOTICE)
REQUEST_DROPPED: Final = _wished("dropped", Severity.NOTICE)
REQUEST_IDENTIFIER: Final = _wished("organization_identifier", Severity.NOTICE)
REQUEST_SUBJECT: Final = _wished("subject", Severity.WARNING)
REQUEST_SAN: Final = _wished("names", Severity.WARNING)
REQUEST_USAGE: Final = _wished("key_usage", Severity.WARNING)


@dataclass(frozen=True, slots=True)
class _Received:
    """A certificate beside what was expected."""

    facts: CertificateFacts
    oin: OIN | None
    expected: Expectation

    @property
    def request(self) -> RequestFacts | None:
        return self.expected.facts


def check_received(
    facts: CertificateFacts, oin: OIN | None, expected: Expectation, *, raise_crashes: bool = False
) -> tuple[Outcome, ...]:
    """Return the outcomes of every rule of this file.

    Args:
        facts: the certificate.
        oin: the OIN it carries.
        expected: what it is held against.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.
    """
    ref = CertificateRef(facts.sha256, "end_entity")
    received = _Received(facts, oin, expected)
    return tuple(
        outcome
        for rule, check in _CHECKS
        for outcome in ask(rule, check, received, certificate=ref, raise_crashes=raise_crashes)
    )


def _differs(path: str, found: str, wanted: str) -> Violated:
    return violated(path, found, wanted=wanted or "–")


# -- what is expected -------------------------------------------------------------------------------------------------


def _oin(received: _Received) -> Answer:
    wanted = received.expected.number
    if wanted is None:
        return NOT_APPLICABLE
    if received.oin == wanted:
        return MET
    found = ", ".join(_values(received.facts.subject, SUBJECT_SERIAL_NUMBER))
    return _differs("subject.serialNumber", found, str(wanted))


def _name(received: _Received) -> Answer:
    return _organization(received, received.expected.organization, Likeness.DIFFERENT)


def _name_spelling(received: _Received) -> Answer:
    return _organization(received, received.expected.organization, Likeness.SPELLING)


def _organization(received: _Received, wanted: str | None, bad: Likeness) -> Answer:
    """Answer whether the name in the certificate is not as unlike the one wanted as this."""
    if wanted is None:
        return NOT_APPLICABLE
    found = _values(received.facts.subject, _ORGANIZATION)
    seen = {likeness(name, wanted) for name in found} or {Likeness.DIFFERENT}
    if Likeness.DIFFERENT in seen:  # of several names each must be this one
        return _differs("subject.O", ", ".join(found), wanted) if bad is Likeness.DIFFERENT else NOT_APPLICABLE
    return _differs("subject.O", ", ".join(found), wanted) if bad in seen else MET


def _key(received: _Received) -> Answer:
    wanted = received.expected.public_key
    if wanted is None:
        return NOT_APPLICABLE
    found = received.facts.public_key
    if is_same_key(found, wanted):
        return MET
    return _differs(
        "publicKey", f"{found.label}, {found.spki_sha256[:16]}", f"{wanted.label}, {wanted.spki_sha256[:16]}"
    )


# -- what was asked for -----------------------------------------------------------------------------------------------

Compare = Callable[[CertificateFacts, "RequestFacts"], Answers]


def _when_asked(compare: Compare) -> Callable[[_Received], Answers]:
    """Return the check that compares the certificate with the request, when there is one."""

    def check(received: _Received) -> Answers:
        return NOT_APPLICABLE if received.request is None else compare(received.facts, received.request)

    return check


def _request_key(facts: CertificateFacts, request: RequestFacts) -> Answer:
    found, wanted = facts.public_key, request.public_key
    if is_same_key(found, wanted):
        return MET
    return _differs(
        "publicKey", f"{found.label}, {found.spki_sha256[:16]}", f"{wanted.label}, {wanted.spki_sha256[:16]}"
    )


def _request_signature(_: CertificateFacts, request: RequestFacts) -> Answer:
    """Whether it is the request that somebody signed: of one that was changed nothing it asks is sure."""
    from pkitools.requests.rules.whole import signed_by_its_key

    return signed_by_its_key(request)


def _request_readable(_: CertificateFacts, request: RequestFacts) -> Iterator[Violated]:
    """Whether all of it could be read: what could not was compared with nothing."""
    return (violated("request", problem, problem=problem) for problem in request.problems)


def _request_oin(facts: CertificateFacts, request: RequestFacts) -> Answer:
    return _as_asked(facts, request, SUBJECT_SERIAL_NUMBER, "subject.serialNumber")


def _request_cn(received: _Received) -> Answer:
    facts, request, ordered = received.facts, received.request, received.expected.common_name
    found: Sequence[str] = _values(facts.subject, _CN)
    wanted: Sequence[str] = _values(request.subject, _CN) if request is not None else [ordered] if ordered else []
    if hierarchy_of(facts).kind is HierarchyKind.TRIAL and all(map(_is_of_trial, found)):
        # what TRIAL puts in front of every name it issues; a request may have it already
        found, wanted = (tuple(map(trial().without_prefix, values)) for values in (found, wanted))
    return _same(found, wanted, "subject.CN")


def _is_of_trial(name: str) -> bool:
    return name.startswith(trial().name_prefix)


def _as_asked(facts: CertificateFacts, request: RequestFacts, oid: str, path: str) -> Answer:
    """Answer whether the certificate has the values of an attribute that the request has."""
    return _same(_values(facts.subject, oid), _values(request.subject, oid), path)


def _same(found: Sequence[str], wanted: Sequence[str], path: str) -> Answer:
    if not wanted:
        return NOT_APPLICABLE
    same = Counter(map(_plain, found)) == Counter(map(_plain, wanted))
    return MET if same else _differs(path, ", ".join(found), ", ".join(wanted))


def _request_dns(received: _Received) -> Answers:
    request, ordered = received.request, received.expected.dns_names
    wanted = _dns_names(request.subject_alternative_name) if request is not None else _as_compared(ordered)
    if not wanted:
        return NOT_APPLICABLE
    found = _dns_names(received.facts.subject_alternative_name)
    return (violated("subjectAltName.dns", name) for name in sorted(wanted - found))


def _request_name(facts: CertificateFacts, request: RequestFacts) -> Answers:
    return _names(facts, request, Likeness.DIFFERENT)


def _request_spelling(facts: CertificateFacts, request: RequestFacts) -> Answers:
    return _names(facts, request, Likeness.SPELLING)


def _names(facts: CertificateFacts, request: RequestFacts, bad: Likeness) -> Answer:
    found, wanted = _values(facts.subject, _ORGANIZATION), _values(request.subject, _ORGANIZATION)
    if not wanted:
        return NOT_APPLICABLE
    # each name has its like on the other side: how unlike the least alike is decides
    closest = [min((likeness(a, b) for b in wanted), key=_UNLIKE.index) for a in found]
    closest += [min((likeness(a, b) for a in found), key=_UNLIKE.index, default=Likeness.DIFFERENT) for b in wanted]
    worst = max(closest, key=_UNLIKE.index)
    if worst is Likeness.DIFFERENT and bad is not worst:
        return NOT_APPLICABLE
    return _differs("subject.O", ", ".join(found), ", ".join(wanted)) if worst is bad else MET


_UNLIKE: Final = (Likeness.SAME, Likeness.SPELLING, Likeness.DIFFERENT)


def _request_dropped(facts: CertificateFacts, request: RequestFacts) -> Iterator[Violated]:
    for attribute in request.subject:
        if attribute.oid in _OFTEN_DROPPED and not facts.subject.attributes(attribute.oid):
            yield violated(f"subject.{attribute.name}", attribute.value, attribute=attribute.name)


def _request_identifier(facts: CertificateFacts, request: RequestFacts) -> Answer:
    if request.subject.attributes(ORGANIZATION_IDENTIFIER):
        return NOT_APPLICABLE
    added = _values(facts.subject, ORGANIZATION_IDENTIFIER)
    return violated("subject.organizationIdentifier", ", ".join(added)) if added else MET


def _request_subject(facts: CertificateFacts, request: RequestFacts) -> Iterator[Violated]:
    """Every other attribute that was dropped, added or changed."""
    oids = dict.fromkeys(attribute.oid for name in (request.subject, facts.subject) for attribute in name)
    for oid in oids:
        asked, found = _values(request.subject, oid), _values(facts.subject, oid)
        if Counter(map(_plain, asked)) == Counter(map(_plain, found)) or _has_its_own_rule(oid, asked, found):
            continue
        name = next(a.name for side in (request.subject, facts.subject) for a in side if a.oid == oid)
        yield violated(f"subject.{name}", ", ".join(found), attribute=name, wanted=", ".join(asked) or "–")


def _has_its_own_rule(oid: str, asked: list[str], found: list[str]) -> bool:
    if oid in _OWN_RULES:
        return bool(asked)  # what was not asked and is there all the same is no more than another attribute
    if oid == ORGANIZATION_IDENTIFIER:
        return not asked
    return oid in _OFTEN_DROPPED and not found


def _request_san(facts: CertificateFacts, request: RequestFacts) -> Iterator[Violated]:
    """Every name beside the subject that was added, or dropped and is no DNS name."""
    asked, found = _alternatives(request.subject_alternative_name), _alternatives(facts.subject_alternative_name)
    for kind, value in sorted(found - asked):
        yield violated(f"subjectAltName.{kind}", f"+ {kind} {value}")
    for kind, value in sorted(asked - found):
        if kind != "dns":
            yield violated(f"subjectAltName.{kind}", f"- {kind} {value}")


def _request_usage(facts: CertificateFacts, request: RequestFacts) -> Iterator[Violated]:
    """The purposes that the request names are those of the certificate."""
    asked = _usages(request, _KEY_USAGE, key_usage)
    found = frozenset(facts.key_usage or ())
    if asked is not None and asked != found:
        yield _usage("keyUsage", asked, found)
    purposes = _usages(request, _EXTENDED_KEY_USAGE, extended_key_usage)
    given = frozenset(facts.extended_key_usage or ())
    if purposes is not None and purposes != given:
        yield _usage("extendedKeyUsage", purposes, given)


def _usage(path: str, asked: Iterable[str], found: Iterable[str]) -> Violated:
    return violated(path, ", ".join(sorted(found)), attribute=path, wanted=", ".join(sorted(asked)) or "–")


def _usages(request: RequestFacts, oid: str, read: Callable[[bytes], Iterable[str]]) -> frozenset[str] | None:
    for extension in request.extensions:
        if extension.oid == oid:
            try:
                return frozenset(read(extension.value))
            except DERError:
                return None  # the request has a rule for what cannot be read in it
    return None


def _values(name: DistinguishedName, oid: str) -> list[str]:
    return [attribute.value for attribute in name.attributes(oid)]


def _plain(value: str) -> str:
    """Return a value as names are compared (RFC 5280 section 7.1): without regard to capitals and runs of spaces."""
    return " ".join(value.casefold().split())


def _dns_names(names: Iterable[GeneralName] | None) -> frozenset[str]:
    return _as_compared(name.value for name in names or () if name.kind == "dns")


def _as_compared(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower().rstrip(".") for name in names)


def _alternatives(names: Iterable[GeneralName] | None) -> frozenset[tuple[str, str]]:
    return frozenset(
        (name.kind, name.value.lower().rstrip(".") if name.kind == "dns" else name.value) for name in names or ()
    )


_CHECKS: Final[tuple[tuple[Rule, Callable[[_Received], Answers]], ...]] = (
    (OIN_EXPECTED, _oin),
    (NAME, _name),
    (NAME_SPELLING, _name_spelling),
    (KEY, _key),
    (REQUEST_KEY, _when_asked(_request_key)),
    (REQUEST_SIGNATURE, _when_asked(_request_signature)),
    (REQUEST_READABLE, _when_asked(_request_readable)),
    (REQUEST_OIN, _when_asked(_request_oin)),
    (REQUEST_CN, _request_cn),
    (REQUEST_DNS, _request_dns),
    (REQUEST_NAME, _when_asked(_request_name)),
    (REQUEST_SPELLING, _when_asked(_request_spelling)),
    (REQUEST_DROPPED, _when_asked(_request_dropped)),
    (REQUEST_IDENTIFIER, _when_asked(_request_identifier)),
    (REQUEST_SUBJECT, _when_asked(_request_subject)),
    (REQUEST_SAN, _when_asked(_request_san)),
    (REQUEST_USAGE, _when_asked(_request_usage)),
)
RULES: Final[tuple[Rule, ...]] = tuple(rule for rule, _ in _CHECKS)
