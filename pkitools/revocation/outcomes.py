"""Statuses and attempts → the outcomes of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from pkitools.findings import CertificateRef, Evidence, Outcome, Rule, Status
from pkitools.revocation import rules
from pkitools.revocation.model import (
    Attempt,
    CertificateRevocation,
    Origin,
    RevocationPolicy,
    RevocationStatus,
    SourceKind,
    StatusKind,
)

_ABOUT_STATUS: Final = (rules.REVOKED, rules.UNKNOWN, rules.UNCONFIRMED)
# what keeps a source from being heard at all; what was heard and proves nothing (stale, forged) is another matter
_NOT_HEARD: Final = (rules.NO_SOURCE, rules.UNREACHABLE, rules.REFUSED, rules.CLOCK)
# notes that could have been made of such an attempt: without one, its rule is met
_POSSIBLE_NOTES: Final = {
    (SourceKind.CRL, Origin.SUPPLIED): ("pem",),
    (SourceKind.CRL, Origin.CACHE): ("pem", "from-cache", "replayed"),
    (SourceKind.CRL, Origin.NETWORK): ("content-type", "pem", "number-back", "cache-ignored", "via-proxy"),
    (SourceKind.OCSP, Origin.NETWORK): ("content-type", "nonce-absent", "cache-ignored", "via-proxy"),
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
    outcomes = [Outcome(rules.POLICY_OFF, Status.VIOLATED if off else Status.MET)]
    if off or not found:
        outcomes.extend(Outcome(rule, Status.NOT_APPLICABLE) for rule in _ABOUT_STATUS)
        return tuple(outcomes)
    for each in found:
        label = labels.get(each.certificate.sha256, ("-", "-"))
        outcomes.extend(_status(each.certificate, each.status, label[0], policy))
        if any(attempt.code not in {"no-source", "clock"} for attempt in each.attempts):
            outcomes.append(Outcome(rules.NO_SOURCE, Status.MET, each.certificate))
        for attempt in each.attempts:
            outcomes.extend(_attempt(attempt, label))
    return tuple(outcomes)


def _day(moment: datetime | None) -> str:
    return moment.isoformat().replace("+00:00", "Z") if moment else "-"


def _nothing_came(code: str) -> bool:
    return code == "offline" or rules.rule_of_code(code) in _NOT_HEARD


def _status(
    certificate: CertificateRef, status: RevocationStatus, subject: str, policy: RevocationPolicy
) -> Iterator[Outcome]:
    params = {
        "subject": subject,
        "code": status.code or "-",
        "reason": status.reason or "-",
        "revoked_at": _day(status.revoked_at),
    }
    strict = policy is RevocationPolicy.REQUIRE
    applies, rests = (rules.UNKNOWN, rules.UNCONFIRMED) if strict else (rules.UNCONFIRMED, rules.UNKNOWN)
    yield Outcome(rests, Status.NOT_APPLICABLE, certificate, params=params)
    if status.kind in {StatusKind.GOOD, StatusKind.REVOKED}:
        yield Outcome(applies, Status.MET, certificate, params=params)
        revoked = status.kind is StatusKind.REVOKED
        yield Outcome(rules.REVOKED, Status.VIOLATED if revoked else Status.MET, certificate, params=params)
        return
    if strict and _nothing_came(status.code):
        # nobody was heard, so nothing is wrong yet: not valid, and not invalid either
        yield Outcome(rules.UNKNOWN, Status.NOT_CHECKED, certificate, params=params, reason="not_obtained")
    else:
        yield Outcome(applies, Status.VIOLATED, certificate, params=params)
    if strict:
        yield Outcome(rules.REVOKED, Status.NOT_CHECKED, certificate, params=params, reason="status_unknown")
    else:
        # not NOT_CHECKED: whoever chose ``prefer`` accepts an unknown status, and the warning above says so
        yield Outcome(rules.REVOKED, Status.NOT_APPLICABLE, certificate, params=params)


def _attempt(attempt: Attempt, label: tuple[str, str]) -> Iterator[Outcome]:
    params = {
        "subject": label[0],
        "source": attempt.source.upper(),
        "url": attempt.url or label[1],  # what was handed in goes by its issuer
        "code": attempt.code or "-",
        "detail": attempt.detail or "-",
        "produced": _day(attempt.produced),
        "expires": _day(attempt.expires),
    }
    evidence = tuple(
        Evidence(name, value) for name, value in (("url", attempt.url), ("detail", attempt.detail)) if value
    )

    def outcome(rule: Rule, status: Status, reason: str = "") -> Outcome:
        return Outcome(rule, status, attempt.certificate, evidence, params, reason)

    for step in attempt.passed:
        yield outcome(rules.STEP_RULES[step], Status.MET)
    if attempt.code == "offline":
        yield outcome(rules.UNREACHABLE, Status.NOT_CHECKED, "offline")
    elif attempt.code:
        yield outcome(rules.rule_of_code(attempt.code), Status.VIOLATED)
    for note in attempt.notes:
        yield outcome(rules.NOTE_RULES[note], Status.VIOLATED)
    if not attempt.code:
        for note in _POSSIBLE_NOTES.get((attempt.source, attempt.origin), ()):
            if note not in attempt.notes:
                yield outcome(rules.NOTE_RULES[note], Status.MET)
