"""The rules of revocation: three about the status of a certificate, the others about the sources that were asked.

A source that is of no use is a WARNING and not an ERROR: another source may serve. That none did is what
``revocation.status.unknown`` says, and how much that weighs is the policy's choice.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import Certainty, Rule, Severity, Source


def _source(number: int, section: str) -> Source:
    return cite(f"rfc-{number}", section)


def _warning(slug: str, section: str, number: int = 5280) -> Rule:
    return Rule(f"revocation.{slug}", Severity.WARNING, _source(number, section))


def _own(slug: str, severity: Severity) -> Rule:
    return Rule(f"revocation.{slug}", severity, cite("pkitools"), Certainty.ADVICE)


REVOKED: Final = Rule("revocation.status.revoked", Severity.ERROR, _source(5280, "6.1.3 (a)(3)"))
UNKNOWN: Final = Rule("revocation.status.unknown", Severity.ERROR, _source(5280, "6.1.3 (a)(3)"))
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

CRL_ISSUER: Final = _warning("crl.issuer", "6.3.3 (b), (f)")
CRL_SIGNATURE: Final = _warning("crl.signature", "6.3.3 (g)")
CRL_SCOPE: Final = _warning("crl.scope", "5.2.5, 6.3.3 (b)")

OCSP_ERROR: Final = _warning("ocsp.answered", "2.3", 6960)
OCSP_RESPONDER: Final = _warning("ocsp.responder", "4.2.2.2", 6960)
OCSP_SIGNATURE: Final = _warning("ocsp.signature", "3.2", 6960)
OCSP_MATCH: Final = _warning("ocsp.match", "3.2", 6960)
OCSP_EXTENSION: Final = _warning("ocsp.extension", "4.4", 6960)
OCSP_NONCE: Final = _warning("ocsp.nonce", "2.1", 9654)
OCSP_KNOWN: Final = _warning("ocsp.known", "2.2", 6960)

CONTENT_TYPE: Final = Rule("revocation.source.content_type", Severity.NOTICE, _source(2585, "4"))
PEM: Final = Rule("revocation.source.der", Severity.NOTICE, _source(5280, "4.2.1.13"))
NONCE_ABSENT: Final = Rule("revocation.ocsp.nonce_returned", Severity.NOTICE, _source(9654, "2.1"))
REPLAYED: Final = Rule("revocation.crl.newest", Severity.NOTICE, _source(5280, "5.2.3"))
NUMBER_BACK: Final = Rule("revocation.crl.number", Severity.NOTICE, _source(5280, "5.2.3"))
CACHE_IGNORED: Final = _own("cache.usable", Severity.NOTICE)
CACHE_SERVED: Final = _own("source.refreshed", Severity.NOTICE)
PROXY: Final = _own("source.direct", Severity.INFO)

RULES: Final[tuple[Rule, ...]] = (
    REVOKED,
    UNKNOWN,
    UNCONFIRMED,
    POLICY_OFF,
    CLOCK,
    NO_SOURCE,
    UNREACHABLE,
    REFUSED,
    UNUSABLE,
    NOT_YET,
    STALE,
    NO_NEXT_UPDATE,
    CRL_ISSUER,
    CRL_SIGNATURE,
    CRL_SCOPE,
    OCSP_ERROR,
    OCSP_RESPONDER,
    OCSP_SIGNATURE,
    OCSP_MATCH,
    OCSP_EXTENSION,
    OCSP_NONCE,
    OCSP_KNOWN,
    CONTENT_TYPE,
    PEM,
    NONCE_ABSENT,
    REPLAYED,
    NUMBER_BACK,
    CACHE_IGNORED,
    CACHE_SERVED,
    PROXY,
)

STEP_RULES: Final[dict[str, Rule]] = {
    "fetched": UNREACHABLE,
    "allowed": REFUSED,
    "readable": UNUSABLE,
    "crl-issuer": CRL_ISSUER,
    "crl-signature": CRL_SIGNATURE,
    "scope": CRL_SCOPE,
    "not-yet": NOT_YET,
    "stale": STALE,
    "no-next-update": NO_NEXT_UPDATE,
    "ocsp-status": OCSP_ERROR,
    "responder": OCSP_RESPONDER,
    "signature": OCSP_SIGNATURE,
    "no-match": OCSP_MATCH,
    "ocsp-extension": OCSP_EXTENSION,
    "nonce": OCSP_NONCE,
    "ocsp-unknown": OCSP_KNOWN,
    "no-source": NO_SOURCE,
    "clock": CLOCK,
}
"""Step an attempt passed or failed → the rule it stands for."""

_FAILURES: Final[dict[str, Rule]] = {
    "url": REFUSED,
    "redirect": REFUSED,
    "address": REFUSED,
    "too-large": UNUSABLE,
    "encoding": UNUSABLE,
    "http-protocol": UNUSABLE,
    "truncated": UNUSABLE,
    "not-der": UNUSABLE,
    "malformed": UNUSABLE,
    "proxy-page": UNUSABLE,
    "limit": UNUSABLE,
}

NOTE_RULES: Final[dict[str, Rule]] = {
    "content-type": CONTENT_TYPE,
    "pem": PEM,
    "nonce-absent": NONCE_ABSENT,
    "replayed": REPLAYED,
    "number-back": NUMBER_BACK,
    "cache-ignored": CACHE_IGNORED,
    "from-cache": CACHE_SERVED,
    "via-proxy": PROXY,
}
"""Note of an attempt → its rule."""


def rule_of_code(code: str) -> Rule:
    """Return the rule that a failed attempt violates: network failures and HTTP errors are all one rule."""
    found = STEP_RULES.get(code) or _FAILURES.get(code)
    if found is not None:
        return found
    return OCSP_ERROR if code.startswith("ocsp-") else UNREACHABLE
