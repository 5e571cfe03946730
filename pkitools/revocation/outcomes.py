"""Statuses and attempts → the outcomes of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Evidence,
    Met,
    NotChecked,
    Outcome,
    Violated,
    outcome,
)
from pkitools.findings.asking import CRASHED
from pkitools.messages import NOTHING
from pkitools.revocation import rules
from pkitools.revocation.codes import AttemptCode, Code, CrlFault, MaybeCode, Note
from pkitools.revocation.model import (
    HOLD,
    LASTING,
    Attempt,
    CertificateRevocation,
    Origin,
    RevocationPolicy,
    SourceKind,
    StatusKind,
)
from pkitools.text import instant
from pkitools.x509.name_matching import name_text

_NOWHERE: Final = frozenset({AttemptCode.NO_SOURCE, AttemptCode.CLOCK})
# lists of another authority or about other certificates, and last week's: a folder holds what was put into it
_NEEDLESS: Final = frozenset({AttemptCode.CRL_ISSUER, AttemptCode.SCOPE, AttemptCode.STALE})
_ABOUT_STATUS: Final = (rules.REVOKED, rules.UNKNOWN, rules.UNCONFIRMED)
# what keeps a source from being heard at all; what was heard and proves nothing (stale, forged) is another matter
_NOT_HEARD: Final = (rules.NO_SOURCE, rules.UNREACHABLE, rules.REFUSED, rules.CLOCK)
# what is told otherwise of what was handed in: by the name of its file
_TOLD_BY_NAME: Final = frozenset({rules.UNUSABLE, rules.CRL_ISSUER, rules.OCSP_ERROR, rules.OCSP_KNOWN})
# notes that could have been made of such an attempt: without one, its rule is met
_OF_A_LIST: Final = (Note.PEM, Note.LIST_VERSION, Note.LIST_EMPTY)
_POSSIBLE_NOTES: Final = {
    (SourceKind.CRL, Origin.SUPPLIED): _OF_A_LIST,
    (SourceKind.CRL, Origin.CACHE): (*_OF_A_LIST, Note.FROM_CACHE, Note.REPLAYED),
    (SourceKind.CRL, Origin.NETWORK): (
        Note.CONTENT_TYPE,
        *_OF_A_LIST,
        Note.NUMBER_BACK,
        Note.CACHE_IGNORED,
        Note.VIA_PROXY,
    ),
    (SourceKind.OCSP, Origin.SUPPLIED): (Note.OLD,),
    (SourceKind.OCSP, Origin.NETWORK): (
        Note.CONTENT_TYPE,
        Note.OLD,
        Note.NONCE_ABSENT,
        Note.CACHE_IGNORED,
        Note.VIA_PROXY,
    ),
}


def report_outcomes(
    found: tuple[CertificateRevocation, ...], labels: Mapping[str, tuple[str, str]], policy: RevocationPolicy
) -> tuple[Outcome, ...]:
    """Return one outcome for every rule considered.

    Args:
        found: status and attempts per certificate.
        labels: SHA-256 of a certificate → its name and its issuer's, for the messages.
        policy: what an unknown status weighs.
    """
    off = policy is RevocationPolicy.OFF
    outcomes = [outcome(rules.POLICY_OFF, Violated() if off else MET)]
    if off or not found:
        outcomes.extend([outcome(rule, NOT_APPLICABLE) for rule in _ABOUT_STATUS])
        return tuple(outcomes)
    for each in found:
        label = labels.get(each.certificate.sha256, ("-", "-"))
        outcomes.extend(_status(each, label[0], policy))
        if any(attempt.code not in _NOWHERE for attempt in each.attempts):
            outcomes.append(outcome(rules.NO_SOURCE, MET, each.certificate))
        others = _of_others(each)
        told_with_first = {id(other) for other in others[1:]}
        for attempt in each.attempts:
            if id(attempt) in told_with_first:
                continue
            is_told = not _is_beside(attempt, each)
            outcomes.extend(_attempt(attempt, label, len(others)) if is_told else _needless(attempt))
    return tuple(outcomes)


def _of_others(each: CertificateRevocation) -> list[Attempt]:
    """Return the lists of other authorities that were in a folder, where none of the issuer was among them."""
    found = [one for one in each.attempts if _is_found(one) and one.fault is CrlFault.ANOTHER_ISSUER]
    if len(found) < 2:
        return found
    fitting = {(one.source, one.certificate.sha256) for one in each.attempts if not one.code}
    return [] if any((one.source, one.certificate.sha256) in fitting for one in found) else found


def _is_beside(attempt: Attempt, each: CertificateRevocation) -> bool:
    """Whether a list of a folder does not fit, and one beside it does."""
    return (
        attempt.origin is Origin.SUPPLIED
        and attempt.code in _NEEDLESS
        and not attempt.named
        and any(_fits(other, attempt) for other in each.attempts)
    )


def _fits(other: Attempt, attempt: Attempt) -> bool:
    return other.source is attempt.source and not other.code and other.certificate == attempt.certificate


def _needless(attempt: Attempt) -> Iterator[Outcome]:
    assert attempt.code
    yield outcome(rules.rule_of_code(attempt.code), NOT_APPLICABLE, attempt.certificate)


def _day(moment: datetime | None) -> str:
    return instant(moment) if moment else "-"


def _nothing_came(code: MaybeCode) -> bool:
    return code is AttemptCode.OFFLINE or (code != "" and rules.rule_of_code(code) in _NOT_HEARD)


def _is_unheard(each: CertificateRevocation) -> bool:
    """Whether nothing about a certificate came: of its authority nothing was had, where lists of others alone were."""
    if each.status.code is not AttemptCode.CRL_ISSUER:
        return _nothing_came(each.status.code)
    return all(_nothing_came(one.code) or _is_list_of_another(one) for one in each.attempts)


def _is_list_of_another(attempt: Attempt) -> bool:
    # what the address in the certificate gave is what its authority says, whoever made it
    if attempt.fault is CrlFault.ANOTHER_ISSUER_LISTS:
        return attempt.origin is Origin.SUPPLIED
    return _is_found(attempt) and attempt.fault is CrlFault.ANOTHER_ISSUER


def _is_found(attempt: Attempt) -> bool:
    """Whether a list was found in a folder, that nobody named, and has another maker."""
    return attempt.origin is Origin.SUPPLIED and not attempt.named and attempt.code is AttemptCode.CRL_ISSUER


def _status(each: CertificateRevocation, subject: str, policy: RevocationPolicy) -> Iterator[Outcome]:
    certificate, status = each.certificate, each.status
    params = {
        "subject": subject,
        "code": status.code or "-",
        "reason": status.reason or "-",
        "revoked_at": _day(status.revoked_at),
        **({LASTING: NOTHING} if status.reason == HOLD else {}),
    }
    strict = policy is RevocationPolicy.REQUIRE
    applies, rests = (rules.UNKNOWN, rules.UNCONFIRMED) if strict else (rules.UNCONFIRMED, rules.UNKNOWN)
    yield outcome(rests, NOT_APPLICABLE, certificate)
    met = Met((), params)
    if status.kind in {StatusKind.GOOD, StatusKind.REVOKED}:
        yield outcome(applies, met, certificate)
        revoked = status.kind is StatusKind.REVOKED
        yield outcome(rules.REVOKED, Violated((), params) if revoked else met, certificate)
    elif status.code is AttemptCode.CRASHED:
        # whoever chose ``prefer`` accepts that sources fail, not that we do
        crashed = NotChecked(CRASHED, _detail_of_crash(each), params)
        yield outcome(applies, crashed, certificate)
        yield outcome(rules.REVOKED, crashed, certificate)
    elif strict:
        # where nobody was heard nothing is wrong yet: not valid, and not invalid either
        answer = NotChecked("not_obtained", params=params) if _is_unheard(each) else Violated((), params)
        yield outcome(rules.UNKNOWN, answer, certificate)
        yield outcome(rules.REVOKED, NotChecked("status_unknown", params=params), certificate)
    else:
        yield outcome(rules.UNCONFIRMED, Violated((), params), certificate)
        # not NOT_CHECKED: whoever chose ``prefer`` accepts an unknown status, and the warning above says so
        yield outcome(rules.REVOKED, NOT_APPLICABLE, certificate)


_NOT_LOOKED: Final[dict[Code, str]] = {AttemptCode.OFFLINE: "offline", AttemptCode.CRASHED: CRASHED}
"""Code of an attempt that judged nothing → why."""


def _detail_of_crash(each: CertificateRevocation) -> str:
    return next((attempt.detail for attempt in each.attempts if attempt.code is AttemptCode.CRASHED), "-")


def _maker(attempt: Attempt, issuer: str) -> str:
    """Return who made a list that is another's; in full where both are called the same, else empty."""
    if attempt.fault not in {CrlFault.ANOTHER_ISSUER, CrlFault.ANOTHER_ISSUER_LISTS}:
        return ""
    name = name_text(attempt.maker)
    return str(name) if name.short == issuer else name.short


def _names_no_place(attempt: Attempt) -> bool:
    """Return whether nothing was read at all: where the list is cannot be read in the certificate."""
    return attempt.origin is Origin.NONE and attempt.code is AttemptCode.MALFORMED


def _attempt(attempt: Attempt, label: tuple[str, str], others: int = 0) -> Iterator[Outcome]:
    is_one_of_many = others > 1 and _is_list_of_another(attempt)
    maker = _maker(attempt, label[1])
    params = {
        "subject": label[0],
        "source": attempt.source.upper(),
        "url": attempt.url or attempt.given or maker or label[1],
        "address": (not is_one_of_many and (attempt.url or attempt.given)) or NOTHING,
        "maker": maker or NOTHING,
        "issuer": label[1],
        "crl_fault": attempt.fault or "-",
        "code": attempt.code or "-",
        "detail": attempt.detail or "-",
        "produced": _day(attempt.produced),
        "expires": _day(attempt.expires),
    }
    seen = (("url", attempt.url), ("detail", attempt.detail))
    evidence = tuple([Evidence(name, value) for name, value in seen if value])
    certificate, code = attempt.certificate, attempt.code
    met = Met(evidence, params)
    for step in attempt.passed:
        yield outcome(rules.STEP_RULES[step], met, certificate)
    if code:
        if rules.rule_of_code(code) in _TOLD_BY_NAME:
            params = {
                "place": NOTHING if _names_no_place(attempt) else "-",
                "given": NOTHING if is_one_of_many else attempt.given or NOTHING,
                "list": NOTHING if is_one_of_many else "-",
                **params,
            }
        reason = _NOT_LOOKED.get(code)
        answer = NotChecked(reason, "", params, evidence) if reason else Violated(evidence, params)
        yield outcome(rules.rule_of_code(code), answer, certificate)
    for note in attempt.notes:
        yield outcome(rules.NOTE_RULES[note], Violated(evidence, params), certificate)
    if not code:
        for note in _POSSIBLE_NOTES.get((attempt.source, attempt.origin), ()):
            if note not in attempt.notes:
                yield outcome(rules.NOTE_RULES[note], met, certificate)
