"""The rules of revocation: three about the status of a certificate, the others about the sources that were asked.

A source that is of no use is a WARNING and not an ERROR: another source may serve. That none did is what
``revocation.status.unknown`` says, and how much that weighs is the policy's choice.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.fetching.model import HttpStatus
from pkitools.findings import Certainty, Rule, Severity, Source
from pkitools.revocation.codes import AttemptCode, AttemptStep, Code, Note

_BOOK: Final[list[Rule]] = []


def _rule(slug: str, severity: Severity, source: Source, certainty: Certainty = Certainty.STANDARD) -> Rule:
    """Return a rule, in its place in :data:`RULES`."""
    rule = Rule(f"revocation.{slug}", severity, source, certainty)
    _BOOK.append(rule)
    return rule


def _rfc(slug: str, severity: Severity, section: str, number: int = 5280) -> Rule:
    return _rule(slug, severity, cite(f"rfc-{number}", section))


def _warning(slug: str, section: str, number: int = 5280) -> Rule:
    return _rfc(slug, Severity.WARNING, section, number)


def _own(slug: str, severity: Severity) -> Rule:
    return _rule(slug, severity, cite("pkitools"), Certainty.ADVICE)


REVOKED: Final = _rfc("status.revoked", Severity.ERROR, "6.1.3 (a)(3)")
UNKNOWN: Final = _rfc("status.unknown", Severity.ERROR, "6.1.3 (a)(3)")
UNCONFIRMED: Final = _own("status.unconfirmed", Severity.WARNING)
POLICY_OFF: Final = _own("policy.off", Severity.NOTICE)
CLOCK: Final = _own("clock.plausible", Severity.WARNING)

NO_SOURCE: Final = _warning("source.named", "4.2.1.13")
UNREACHABLE: Final = _warning("source.reachable", "4.2.1.13")
REFUSED: Final = _own("source.allowed", Severity.WARNING)
UNUSABLE: Final = _warning("source.readable", "5, 4.2.1.13")
NOT_YET: Final = _warning("source.not_yet", "5.1.2.4")
STALE: Final = _warning("source.stale", "5.1.2.5")
NO_NEXT_UPDATE: Final = _warning("source.next_update", "5.1.2.5")

LIMIT: Final = _own("source.limit", Severity.WARNING)
WEAK_KEY: Final = _rule("source.key", Severity.WARNING, cite("etsi-ts-119-312", "8"))

CRL_ISSUER: Final = _warning("crl.issuer", "6.3.3 (b), (f)")
CRL_SIGNATURE: Final = _warning("crl.signature", "6.3.3 (g)")
CRL_SCOPE: Final = _warning("crl.scope", "5.2.5, 6.3.3 (b)")
CRL_DELTA: Final = _warning("crl.delta", "5.2.4, 6.3.3 (c)")
CERTIFICATE_ISSUER: Final = _warning("crl.certificate_issuer", "5.3.3")

OCSP_ERROR: Final = _warning("ocsp.answered", "2.3", 6960)
OCSP_RESPONDER: Final = _warning("ocsp.responder", "4.2.2.2", 6960)
OCSP_SIGNATURE: Final = _warning("ocsp.signature", "3.2", 6960)
OCSP_MATCH: Final = _warning("ocsp.match", "3.2", 6960)
OCSP_EXTENSION: Final = _warning("ocsp.extension", "4.4", 6960)
OCSP_NONCE: Final = _warning("ocsp.nonce", "2.1", 9654)
OCSP_KNOWN: Final = _warning("ocsp.known", "2.2", 6960)
OCSP_PRODUCED: Final = _warning("ocsp.produced", "2.4", 6960)

# of responses for the public web: nothing is known that PKIoverheid asks of its own
OLD: Final = _rule("ocsp.age", Severity.WARNING, cite("cabf-tls-br", "4.9.10"), Certainty.INFERRED)

CONTENT_TYPE: Final = _rfc("source.content_type", Severity.NOTICE, "4", 2585)
PEM: Final = _rfc("source.der", Severity.NOTICE, "4.2.1.13")
LIST_VERSION: Final = _warning("crl.version", "5.1.2.1")
LIST_EMPTY: Final = _warning("crl.entries", "5.1.2.6")
NONCE_ABSENT: Final = _rfc("ocsp.nonce_returned", Severity.NOTICE, "2.1", 9654)
REPLAYED: Final = _rfc("crl.newest", Severity.NOTICE, "5.2.3")
NUMBER_BACK: Final = _rfc("crl.number", Severity.NOTICE, "5.2.3")
CACHE_IGNORED: Final = _own("cache.usable", Severity.NOTICE)
CACHE_SERVED: Final = _own("source.refreshed", Severity.NOTICE)
PROXY: Final = _own("source.direct", Severity.INFO)

RULES: Final[tuple[Rule, ...]] = tuple(_BOOK)
"""All of them, in the order of a report."""

STEP_RULES: Final[dict[AttemptStep, Rule]] = {
    AttemptStep.ALLOWED: REFUSED,
    AttemptStep.FETCHED: UNREACHABLE,
    AttemptStep.READABLE: UNUSABLE,
    AttemptStep.CRL_ISSUER: CRL_ISSUER,
    AttemptStep.CRL_SIGNATURE: CRL_SIGNATURE,
    AttemptStep.SCOPE: CRL_SCOPE,
    AttemptStep.DELTA: CRL_DELTA,
    AttemptStep.CERTIFICATE_ISSUER: CERTIFICATE_ISSUER,
    AttemptStep.WEAK_KEY: WEAK_KEY,
    AttemptStep.LIMIT: LIMIT,
    AttemptStep.OCSP_STATUS: OCSP_ERROR,
    AttemptStep.RESPONDER: OCSP_RESPONDER,
    AttemptStep.SIGNATURE: OCSP_SIGNATURE,
    AttemptStep.MATCH: OCSP_MATCH,
    AttemptStep.OCSP_EXTENSION: OCSP_EXTENSION,
    AttemptStep.NONCE: OCSP_NONCE,
    AttemptStep.NOT_YET: NOT_YET,
    AttemptStep.STALE: STALE,
    AttemptStep.NEXT_UPDATE: NO_NEXT_UPDATE,
    AttemptStep.OCSP_KNOWN: OCSP_KNOWN,
    AttemptStep.PRODUCED_AT: OCSP_PRODUCED,
}
"""Step an attempt came through → the rule that is met by it."""

NOTE_RULES: Final[dict[Note, Rule]] = {
    Note.CONTENT_TYPE: CONTENT_TYPE,
    Note.PEM: PEM,
    Note.LIST_VERSION: LIST_VERSION,
    Note.LIST_EMPTY: LIST_EMPTY,
    Note.OLD: OLD,
    Note.NONCE_ABSENT: NONCE_ABSENT,
    Note.REPLAYED: REPLAYED,
    Note.NUMBER_BACK: NUMBER_BACK,
    Note.CACHE_IGNORED: CACHE_IGNORED,
    Note.FROM_CACHE: CACHE_SERVED,
    Note.VIA_PROXY: PROXY,
}
"""Note of an attempt → the rule that is violated by it."""

_CODES: Final[tuple[tuple[Rule, tuple[AttemptCode, ...]], ...]] = (
    (POLICY_OFF, (AttemptCode.OFF,)),
    (CLOCK, (AttemptCode.CLOCK,)),
    (NO_SOURCE, (AttemptCode.NO_SOURCE,)),
    (
        UNREACHABLE,
        (
            AttemptCode.OFFLINE,
            AttemptCode.DNS,
            AttemptCode.CONNECT,
            AttemptCode.TLS,
            AttemptCode.TIMEOUT,
            AttemptCode.PROXY_CONNECT,
            AttemptCode.PROXY_AUTH,
        ),
    ),
    (REFUSED, (AttemptCode.URL, AttemptCode.ADDRESS, AttemptCode.REDIRECT)),
    (
        UNUSABLE,
        (
            AttemptCode.TOO_LARGE,
            AttemptCode.TRUNCATED,
            AttemptCode.ENCODING,
            AttemptCode.HTTP_PROTOCOL,
            AttemptCode.PROXY_PAGE,
            AttemptCode.NOT_DER,
            AttemptCode.MALFORMED,
            AttemptCode.CRASHED,
        ),
    ),
    (NOT_YET, (AttemptCode.NOT_YET,)),
    (STALE, (AttemptCode.STALE,)),
    (NO_NEXT_UPDATE, (AttemptCode.NO_NEXT_UPDATE,)),
    (LIMIT, (AttemptCode.LIMIT,)),
    (WEAK_KEY, (AttemptCode.WEAK_KEY,)),
    (CRL_ISSUER, (AttemptCode.CRL_ISSUER,)),
    (CRL_SIGNATURE, (AttemptCode.CRL_SIGNATURE,)),
    (CRL_SCOPE, (AttemptCode.SCOPE,)),
    (CRL_DELTA, (AttemptCode.DELTA,)),
    (CERTIFICATE_ISSUER, (AttemptCode.CERTIFICATE_ISSUER,)),
    (
        OCSP_ERROR,
        (
            AttemptCode.OCSP_MALFORMED_REQUEST,
            AttemptCode.OCSP_INTERNAL_ERROR,
            AttemptCode.OCSP_TRY_LATER,
            AttemptCode.OCSP_SIG_REQUIRED,
            AttemptCode.OCSP_UNAUTHORIZED,
        ),
    ),
    (OCSP_RESPONDER, (AttemptCode.RESPONDER,)),
    (OCSP_SIGNATURE, (AttemptCode.SIGNATURE,)),
    (OCSP_MATCH, (AttemptCode.NO_MATCH,)),
    (OCSP_EXTENSION, (AttemptCode.OCSP_EXTENSION,)),
    (OCSP_NONCE, (AttemptCode.NONCE,)),
    (OCSP_KNOWN, (AttemptCode.OCSP_UNKNOWN,)),
    (OCSP_PRODUCED, (AttemptCode.PRODUCED_AT,)),
)
_RULE_OF_CODE: Final = {code: rule for rule, codes in _CODES for code in codes}


def rule_of_code(code: Code) -> Rule:
    """Return the rule that a failed attempt violates: every HTTP status is one rule, every other code has its own.

    Raises:
        KeyError: there is no such code.
    """
    return UNREACHABLE if isinstance(code, HttpStatus) else _RULE_OF_CODE[code]
